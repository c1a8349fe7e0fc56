CREATE TABLE audit_entries (
    id INTEGER NOT NULL,
    chain VARCHAR(100) NOT NULL,
    place INTEGER NOT NULL,
    at DATETIME NOT NULL,
    actor_id INTEGER,
    actor_name VARCHAR(100) NOT NULL,
    action VARCHAR(60) NOT NULL,
    details TEXT NOT NULL,
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_audit_entries PRIMARY KEY (id),
    CONSTRAINT uq_audit_entries_chain_place UNIQUE (chain, place)
);
-- next
CREATE INDEX ix_audit_entries_at ON audit_entries (at);
-- next
CREATE TRIGGER audit_entries_append_only_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
-- next
CREATE TRIGGER audit_entries_append_only_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
-- next
CREATE TABLE audit_seals (
    id INTEGER NOT NULL,
    organisation_id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    heads TEXT NOT NULL,
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_audit_seals PRIMARY KEY (id),
    CONSTRAINT uq_audit_seals_organisation_id_previous_hash UNIQUE (organisation_id, previous_hash)
);
-- next
CREATE TRIGGER audit_seals_append_only_update BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
-- next
CREATE TRIGGER audit_seals_append_only_delete BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
-- next
CREATE TABLE files (
    id INTEGER NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size BIGINT NOT NULL,
    media_type VARCHAR(100) NOT NULL,
    extension VARCHAR(10) NOT NULL,
    stored_at DATETIME NOT NULL,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT ck_files_size CHECK (size > 0),
    CONSTRAINT uq_files_sha256 UNIQUE (sha256)
);
-- next
CREATE TABLE organisations (
    id INTEGER NOT NULL,
    code VARCHAR(60) NOT NULL,
    name VARCHAR(200) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_organisations PRIMARY KEY (id),
    CONSTRAINT ck_organisations_kind CHECK (kind IN ('authority', 'vendor', 'operator')),
    CONSTRAINT uq_organisations_code UNIQUE (code)
);
-- next
CREATE TABLE unknown_sign_ins (
    id INTEGER NOT NULL,
    name_hash VARCHAR(64) NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until DATETIME,
    last_at DATETIME NOT NULL,
    CONSTRAINT pk_unknown_sign_ins PRIMARY KEY (id),
    CONSTRAINT uq_unknown_sign_ins_name_hash UNIQUE (name_hash)
);
-- next
CREATE INDEX ix_unknown_sign_ins_last_at ON unknown_sign_ins (last_at);
-- next
CREATE TABLE outbox_messages (
    id INTEGER NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    state VARCHAR(20) NOT NULL,
    person_id INTEGER NOT NULL,
    organisation_id INTEGER,
    case_id INTEGER,
    template VARCHAR(60) NOT NULL,
    payload TEXT NOT NULL,
    not_before DATETIME NOT NULL,
    created_at DATETIME NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at DATETIME NOT NULL,
    lease_until DATETIME,
    leased_by VARCHAR(100),
    last_error TEXT,
    sent_at DATETIME,
    message_id VARCHAR(120) NOT NULL,
    address VARCHAR(200),
    merged_into INTEGER,
    CONSTRAINT pk_outbox_messages PRIMARY KEY (id),
    CONSTRAINT ck_outbox_messages_kind CHECK (kind IN ('notice', 'reminder', 'mail')),
    CONSTRAINT ck_outbox_messages_state CHECK (state IN ('waiting', 'sent', 'merged', 'stopped', 'dead')),
    CONSTRAINT uq_outbox_messages_key UNIQUE ("key"),
    CONSTRAINT fk_outbox_messages_merged_into FOREIGN KEY(merged_into) REFERENCES outbox_messages (id)
);
-- next
CREATE INDEX ix_outbox_messages_dead ON outbox_messages (id) WHERE state = 'dead';
-- next
CREATE INDEX ix_outbox_messages_case_id ON outbox_messages (case_id, id);
-- next
CREATE INDEX ix_outbox_messages_waiting ON outbox_messages (next_try_at, id) WHERE state = 'waiting';
-- next
CREATE INDEX ix_outbox_messages_person_id ON outbox_messages (person_id, id);
-- next
CREATE TABLE process_versions (
    id INTEGER NOT NULL,
    name VARCHAR(60) NOT NULL,
    number INTEGER NOT NULL,
    content_hash VARCHAR(64) NOT NULL,
    bpmn TEXT NOT NULL,
    decisions TEXT NOT NULL,
    spec TEXT NOT NULL,
    template TEXT,
    variables TEXT NOT NULL,
    flows TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_process_versions PRIMARY KEY (id),
    CONSTRAINT uq_process_versions_name_content_hash UNIQUE (name, content_hash),
    CONSTRAINT uq_process_versions_number UNIQUE (name, number)
);
-- next
CREATE UNIQUE INDEX ix_process_versions_active ON process_versions (name) WHERE is_active;
-- next
CREATE TABLE marks (
    name VARCHAR(60) NOT NULL,
    value VARCHAR(200) NOT NULL,
    CONSTRAINT pk_marks PRIMARY KEY (name)
);
-- next
CREATE TABLE contracts (
    id INTEGER NOT NULL,
    code VARCHAR(60) NOT NULL,
    name VARCHAR(200) NOT NULL,
    programme VARCHAR(60) NOT NULL,
    programme_version INTEGER NOT NULL,
    authority_id INTEGER NOT NULL,
    vendor_id INTEGER NOT NULL,
    start DATE NOT NULL,
    years INTEGER NOT NULL,
    annual_fee BIGINT NOT NULL,
    fees TEXT NOT NULL,
    paid BIGINT NOT NULL,
    opening TEXT NOT NULL,
    state VARCHAR(30) NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_contracts PRIMARY KEY (id),
    CONSTRAINT ck_contracts_state CHECK (state IN ('active', 'termination_proposed', 'terminated', 'settled')),
    CONSTRAINT ck_contracts_years CHECK (years BETWEEN 1 AND 30),
    CONSTRAINT ck_contracts_money CHECK (annual_fee >= 0 AND paid >= 0),
    CONSTRAINT uq_contracts_code UNIQUE (code),
    CONSTRAINT fk_contracts_authority_id FOREIGN KEY(authority_id) REFERENCES organisations (id),
    CONSTRAINT fk_contracts_vendor_id FOREIGN KEY(vendor_id) REFERENCES organisations (id)
);
-- next
CREATE INDEX ix_contracts_authority_id ON contracts (authority_id);
-- next
CREATE INDEX ix_contracts_vendor_id ON contracts (vendor_id);
-- next
CREATE TABLE people (
    id INTEGER NOT NULL,
    username VARCHAR(60) NOT NULL,
    name VARCHAR(100) NOT NULL,
    email VARCHAR(200) NOT NULL,
    organisation_id INTEGER NOT NULL,
    password_hash VARCHAR(200),
    language VARCHAR(2) NOT NULL,
    state VARCHAR(20) NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until DATETIME,
    password_changed_at DATETIME,
    must_change_password BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT ck_people_language CHECK (language IN ('zh', 'en')),
    CONSTRAINT ck_people_state CHECK (state IN ('active', 'disabled')),
    CONSTRAINT uq_people_username UNIQUE (username),
    CONSTRAINT fk_people_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
-- next
CREATE INDEX ix_people_organisation_id ON people (organisation_id);
-- next
CREATE TABLE process_instances (
    id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    state BLOB NOT NULL,
    version INTEGER NOT NULL,
    due_at DATETIME,
    is_completed BOOLEAN NOT NULL,
    trail TEXT NOT NULL,
    CONSTRAINT pk_process_instances PRIMARY KEY (id),
    CONSTRAINT fk_process_instances_version_id FOREIGN KEY(version_id) REFERENCES process_versions (id)
);
-- next
CREATE INDEX ix_process_instances_version_id ON process_instances (version_id);
-- next
CREATE INDEX ix_process_instances_due_at ON process_instances (due_at) WHERE due_at IS NOT NULL;
-- next
CREATE TABLE cases (
    id INTEGER NOT NULL,
    code VARCHAR(80) NOT NULL,
    process VARCHAR(60) NOT NULL,
    contract_id INTEGER NOT NULL,
    period VARCHAR(10) NOT NULL,
    parent_id INTEGER,
    authority_id INTEGER NOT NULL,
    party_id INTEGER NOT NULL,
    programme VARCHAR(60) NOT NULL,
    rubric VARCHAR(60) NOT NULL,
    rubric_version INTEGER NOT NULL,
    part VARCHAR(4) NOT NULL,
    instance_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    filing_due DATETIME,
    status VARCHAR(30) NOT NULL,
    opened_at DATETIME NOT NULL,
    closed_at DATETIME,
    audit_place INTEGER NOT NULL,
    audit_hash VARCHAR(64) NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT uq_cases_code UNIQUE (code),
    CONSTRAINT fk_cases_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id),
    CONSTRAINT fk_cases_parent_id FOREIGN KEY(parent_id) REFERENCES cases (id),
    CONSTRAINT fk_cases_authority_id FOREIGN KEY(authority_id) REFERENCES organisations (id),
    CONSTRAINT fk_cases_party_id FOREIGN KEY(party_id) REFERENCES organisations (id),
    CONSTRAINT fk_cases_instance_id FOREIGN KEY(instance_id) REFERENCES process_instances (id)
);
-- next
CREATE INDEX ix_cases_contract_id_period ON cases (contract_id, period);
-- next
CREATE UNIQUE INDEX ix_cases_process_contract_id_period ON cases (process, contract_id, period) WHERE status != 'withdrawn';
-- next
CREATE UNIQUE INDEX ix_cases_instance_id ON cases (instance_id);
-- next
CREATE TABLE periods (
    id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    code VARCHAR(10) NOT NULL,
    year INTEGER NOT NULL,
    part VARCHAR(4) NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    opens DATE NOT NULL,
    rubric VARCHAR(60) NOT NULL,
    rubric_version INTEGER NOT NULL,
    opened_at DATETIME,
    cancelled_at DATETIME,
    CONSTRAINT pk_periods PRIMARY KEY (id),
    CONSTRAINT uq_periods_contract_id_code UNIQUE (contract_id, code),
    CONSTRAINT fk_periods_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id)
);
-- next
CREATE INDEX ix_periods_waiting ON periods (opens) WHERE opened_at IS NULL;
-- next
CREATE TABLE role_holdings (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    role VARCHAR(40) NOT NULL,
    organisation_id INTEGER NOT NULL,
    programme VARCHAR(60),
    from_date DATE NOT NULL,
    to_date DATE,
    CONSTRAINT pk_role_holdings PRIMARY KEY (id),
    CONSTRAINT fk_role_holdings_person_id FOREIGN KEY(person_id) REFERENCES people (id),
    CONSTRAINT fk_role_holdings_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
);
-- next
CREATE UNIQUE INDEX uq_role_holdings_open_every_programme ON role_holdings (person_id, role, organisation_id) WHERE to_date IS NULL AND programme IS NULL;
-- next
CREATE INDEX ix_role_holdings_role_organisation_id ON role_holdings (role, organisation_id);
-- next
CREATE INDEX ix_role_holdings_person_id ON role_holdings (person_id);
-- next
CREATE UNIQUE INDEX uq_role_holdings_open ON role_holdings (person_id, role, organisation_id, programme) WHERE to_date IS NULL;
-- next
CREATE TABLE sign_ins (
    id INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    person_id INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    ended_at DATETIME,
    address VARCHAR(60) NOT NULL,
    agent TEXT NOT NULL,
    CONSTRAINT pk_sign_ins PRIMARY KEY (id),
    CONSTRAINT uq_sign_ins_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_sign_ins_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
-- next
CREATE INDEX ix_sign_ins_person_id ON sign_ins (person_id);
-- next
CREATE TABLE case_steps (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    step VARCHAR(60) NOT NULL,
    engine_id VARCHAR(36) NOT NULL,
    role VARCHAR(40) NOT NULL,
    person_id INTEGER,
    person_name VARCHAR(100) NOT NULL,
    started_at DATETIME NOT NULL,
    due_at DATETIME,
    finished_at DATETIME NOT NULL,
    outcome VARCHAR(20) NOT NULL,
    decision VARCHAR(60) NOT NULL,
    opinion TEXT NOT NULL,
    entry_data TEXT NOT NULL,
    CONSTRAINT pk_case_steps PRIMARY KEY (id),
    CONSTRAINT ck_case_steps_outcome CHECK (outcome IN ('done', 'returned', 'lapsed', 'undone')),
    CONSTRAINT fk_case_steps_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_case_steps_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
-- next
CREATE INDEX ix_case_steps_case_id ON case_steps (case_id, id);
-- next
CREATE TABLE incidents (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    operation VARCHAR(60) NOT NULL,
    message TEXT NOT NULL,
    tries INTEGER NOT NULL,
    state VARCHAR(20) NOT NULL,
    next_try_at DATETIME,
    first_at DATETIME NOT NULL,
    last_at DATETIME NOT NULL,
    resolved_by INTEGER,
    CONSTRAINT pk_incidents PRIMARY KEY (id),
    CONSTRAINT ck_incidents_state CHECK (state IN ('retrying', 'open', 'resolved')),
    CONSTRAINT fk_incidents_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_incidents_resolved_by FOREIGN KEY(resolved_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_incidents_case_id ON incidents (case_id);
-- next
CREATE INDEX ix_incidents_next_try_at ON incidents (next_try_at) WHERE state = 'retrying';
-- next
CREATE TABLE evidence (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    indicator VARCHAR(60) NOT NULL,
    requirement INTEGER,
    file_id INTEGER,
    link VARCHAR(2000),
    name VARCHAR(200) NOT NULL,
    number INTEGER NOT NULL,
    supersedes INTEGER,
    uploaded_by INTEGER NOT NULL,
    uploaded_at DATETIME NOT NULL,
    organisation_id INTEGER NOT NULL,
    withdrawn_at DATETIME,
    withdrawn_by INTEGER,
    reason TEXT NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (id),
    CONSTRAINT ck_evidence_file_or_link CHECK ((file_id IS NULL) <> (link IS NULL)),
    CONSTRAINT ck_evidence_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CONSTRAINT ck_evidence_number CHECK (number >= 1 AND (number = 1) = (supersedes IS NULL)),
    CONSTRAINT fk_evidence_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_evidence_file_id FOREIGN KEY(file_id) REFERENCES files (id),
    CONSTRAINT uq_evidence_supersedes UNIQUE (supersedes),
    CONSTRAINT fk_evidence_supersedes FOREIGN KEY(supersedes) REFERENCES evidence (id),
    CONSTRAINT fk_evidence_uploaded_by FOREIGN KEY(uploaded_by) REFERENCES people (id),
    CONSTRAINT fk_evidence_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_evidence_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_evidence_file_id ON evidence (file_id);
-- next
CREATE INDEX ix_evidence_case_id ON evidence (case_id, indicator, requirement, number);
-- next
CREATE TABLE occurrences (
    id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    fact VARCHAR(80) NOT NULL,
    happened_on DATE NOT NULL,
    source VARCHAR(200) NOT NULL,
    description TEXT NOT NULL,
    file_id INTEGER,
    file_name VARCHAR(200) NOT NULL,
    recorded_by INTEGER NOT NULL,
    recorded_at DATETIME NOT NULL,
    answer_due DATETIME NOT NULL,
    answer TEXT NOT NULL,
    answer_file_id INTEGER,
    answer_file_name VARCHAR(200) NOT NULL,
    answered_by INTEGER,
    answered_at DATETIME,
    verdict VARCHAR(20),
    finding TEXT NOT NULL,
    checked_by INTEGER,
    checked_at DATETIME,
    counted_in INTEGER,
    CONSTRAINT pk_occurrences PRIMARY KEY (id),
    CONSTRAINT ck_occurrences_verdict CHECK (verdict IN ('valid', 'unfounded')),
    CONSTRAINT ck_occurrences_checked CHECK ((verdict IS NULL) = (checked_at IS NULL) AND (checked_at IS NULL) = (checked_by IS NULL)),
    CONSTRAINT ck_occurrences_answered CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
    CONSTRAINT ck_occurrences_second_person CHECK (checked_by <> recorded_by),
    CONSTRAINT ck_occurrences_counted CHECK (counted_in IS NULL OR verdict = 'valid'),
    CONSTRAINT uq_occurrences_contract_id_number UNIQUE (contract_id, number),
    CONSTRAINT fk_occurrences_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id),
    CONSTRAINT fk_occurrences_file_id FOREIGN KEY(file_id) REFERENCES files (id),
    CONSTRAINT fk_occurrences_recorded_by FOREIGN KEY(recorded_by) REFERENCES people (id),
    CONSTRAINT fk_occurrences_answer_file_id FOREIGN KEY(answer_file_id) REFERENCES files (id),
    CONSTRAINT fk_occurrences_answered_by FOREIGN KEY(answered_by) REFERENCES people (id),
    CONSTRAINT fk_occurrences_checked_by FOREIGN KEY(checked_by) REFERENCES people (id),
    CONSTRAINT fk_occurrences_counted_in FOREIGN KEY(counted_in) REFERENCES cases (id)
);
-- next
CREATE INDEX ix_occurrences_counted_in ON occurrences (counted_in);
-- next
CREATE INDEX ix_occurrences_unchecked ON occurrences (contract_id) WHERE checked_at IS NULL;
-- next
CREATE TABLE facts (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    stage VARCHAR(10) NOT NULL,
    fact VARCHAR(80) NOT NULL,
    value TEXT NOT NULL,
    note TEXT NOT NULL,
    evidence TEXT NOT NULL,
    entered_by INTEGER NOT NULL,
    entered_at DATETIME NOT NULL,
    CONSTRAINT pk_facts PRIMARY KEY (id),
    CONSTRAINT ck_facts_stage CHECK (stage IN ('filed', 'reviewed')),
    CONSTRAINT uq_facts_case_id_round_stage_fact UNIQUE (case_id, round, stage, fact),
    CONSTRAINT fk_facts_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_facts_entered_by FOREIGN KEY(entered_by) REFERENCES people (id)
);
-- next
CREATE TABLE ledger_events (
    id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL,
    case_id INTEGER NOT NULL,
    data TEXT NOT NULL,
    at DATETIME NOT NULL,
    CONSTRAINT pk_ledger_events PRIMARY KEY (id),
    CONSTRAINT ck_ledger_events_kind CHECK (kind IN ('approved', 'appealed', 'decided', 'settled')),
    CONSTRAINT uq_ledger_events_contract_id_place UNIQUE (contract_id, place),
    CONSTRAINT fk_ledger_events_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id),
    CONSTRAINT fk_ledger_events_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
-- next
CREATE TRIGGER ledger_events_append_only_update BEFORE UPDATE ON ledger_events BEGIN SELECT RAISE(ABORT, 'ledger_events is append-only'); END;
-- next
CREATE TRIGGER ledger_events_append_only_delete BEFORE DELETE ON ledger_events BEGIN SELECT RAISE(ABORT, 'ledger_events is append-only'); END;
-- next
CREATE TABLE ledger_entries (
    id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    quarter VARCHAR(10) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    points BIGINT NOT NULL,
    money BIGINT NOT NULL,
    cause VARCHAR(20) NOT NULL,
    reverses INTEGER,
    case_id INTEGER,
    posted_at DATETIME NOT NULL,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (id),
    CONSTRAINT ck_ledger_entries_kind CHECK (kind IN ('points', 'money', 'held', 'released', 'reversal', 'settlement')),
    CONSTRAINT uq_ledger_entries_contract_id_place UNIQUE (contract_id, place),
    CONSTRAINT fk_ledger_entries_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id),
    CONSTRAINT fk_ledger_entries_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
-- next
CREATE TRIGGER ledger_entries_append_only_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;
-- next
CREATE TRIGGER ledger_entries_append_only_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;
-- next
CREATE TABLE findings (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    scorer_id INTEGER NOT NULL,
    corrections TEXT NOT NULL,
    reasons TEXT NOT NULL,
    evidence TEXT NOT NULL,
    submitted_at DATETIME NOT NULL,
    CONSTRAINT pk_findings PRIMARY KEY (id),
    CONSTRAINT uq_findings_case_id_round_scorer_id UNIQUE (case_id, round, scorer_id),
    CONSTRAINT fk_findings_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_findings_scorer_id FOREIGN KEY(scorer_id) REFERENCES people (id)
);
-- next
CREATE TABLE sheets (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    round INTEGER NOT NULL,
    state VARCHAR(20) NOT NULL,
    reviewed TEXT NOT NULL,
    differing TEXT NOT NULL,
    agreed TEXT NOT NULL,
    reasons TEXT NOT NULL,
    facts TEXT NOT NULL,
    contested TEXT NOT NULL,
    accepted TEXT NOT NULL,
    answers TEXT NOT NULL,
    indicators TEXT NOT NULL,
    special BIGINT NOT NULL,
    score BIGINT,
    made_at DATETIME NOT NULL,
    approved_by INTEGER,
    approved_at DATETIME,
    second_signed_by INTEGER,
    CONSTRAINT pk_sheets PRIMARY KEY (id),
    CONSTRAINT ck_sheets_state CHECK (state IN ('draft', 'approved', 'superseded')),
    CONSTRAINT uq_sheets_case_id_number UNIQUE (case_id, number),
    CONSTRAINT fk_sheets_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_sheets_approved_by FOREIGN KEY(approved_by) REFERENCES people (id),
    CONSTRAINT fk_sheets_second_signed_by FOREIGN KEY(second_signed_by) REFERENCES people (id)
);
-- next
CREATE TABLE submissions (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    round INTEGER NOT NULL,
    note TEXT NOT NULL,
    filed_by INTEGER NOT NULL,
    filed_at DATETIME NOT NULL,
    due_at DATETIME NOT NULL,
    is_late BOOLEAN NOT NULL,
    signed_by INTEGER,
    signed_at DATETIME,
    state VARCHAR(20) NOT NULL,
    reason TEXT NOT NULL,
    defer TEXT NOT NULL,
    made_up TEXT NOT NULL,
    deferrals TEXT NOT NULL,
    verified TEXT NOT NULL,
    CONSTRAINT pk_submissions PRIMARY KEY (id),
    CONSTRAINT ck_submissions_state CHECK (state IN ('filed', 'signed', 'accepted', 'returned')),
    CONSTRAINT uq_submissions_case_id_number UNIQUE (case_id, number),
    CONSTRAINT fk_submissions_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_submissions_filed_by FOREIGN KEY(filed_by) REFERENCES people (id),
    CONSTRAINT fk_submissions_signed_by FOREIGN KEY(signed_by) REFERENCES people (id)
);
-- next
CREATE TABLE tasks (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    engine_id VARCHAR(36) NOT NULL,
    step VARCHAR(60) NOT NULL,
    role VARCHAR(40) NOT NULL,
    organisation_id INTEGER NOT NULL,
    programme VARCHAR(60) NOT NULL,
    assigned_to INTEGER,
    claimed_by INTEGER,
    claimed_at DATETIME,
    opened_at DATETIME NOT NULL,
    start_day VARCHAR(10) NOT NULL,
    due_at DATETIME NOT NULL,
    due_explained TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    closed_by INTEGER,
    closed_at DATETIME,
    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT ck_tasks_state CHECK (state IN ('open', 'done', 'returned', 'lapsed', 'cancelled')),
    CONSTRAINT fk_tasks_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_tasks_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_tasks_assigned_to FOREIGN KEY(assigned_to) REFERENCES people (id),
    CONSTRAINT fk_tasks_claimed_by FOREIGN KEY(claimed_by) REFERENCES people (id),
    CONSTRAINT fk_tasks_closed_by FOREIGN KEY(closed_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_tasks_closed_by ON tasks (closed_by, closed_at);
-- next
CREATE INDEX ix_tasks_inbox_role ON tasks (role, organisation_id, programme, due_at, id, step) WHERE state = 'open' AND assigned_to IS NULL AND claimed_by IS NULL;
-- next
CREATE INDEX ix_tasks_inbox_claimed ON tasks (claimed_by, due_at, id) WHERE state = 'open';
-- next
CREATE INDEX ix_tasks_done ON tasks (closed_by, closed_at, id) WHERE closed_by IS NOT NULL;
-- next
CREATE INDEX ix_tasks_inbox_assigned ON tasks (assigned_to, due_at, id) WHERE state = 'open';
-- next
CREATE UNIQUE INDEX uq_tasks_open ON tasks (case_id, engine_id) WHERE state = 'open';
-- next
CREATE INDEX ix_tasks_case_id ON tasks (case_id);
-- next
CREATE TABLE task_drafts (
    id INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    form TEXT NOT NULL,
    saved_at DATETIME NOT NULL,
    CONSTRAINT pk_task_drafts PRIMARY KEY (id),
    CONSTRAINT uq_task_drafts_task_id_person_id UNIQUE (task_id, person_id),
    CONSTRAINT fk_task_drafts_task_id FOREIGN KEY(task_id) REFERENCES tasks (id),
    CONSTRAINT fk_task_drafts_person_id FOREIGN KEY(person_id) REFERENCES people (id)
);
-- next
CREATE TABLE papers (
    id INTEGER NOT NULL,
    authority_id INTEGER NOT NULL,
    year INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    number VARCHAR(60) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    contract_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    title VARCHAR(200) NOT NULL,
    content TEXT NOT NULL,
    issued_by INTEGER,
    issued_at DATETIME NOT NULL,
    CONSTRAINT pk_papers PRIMARY KEY (id),
    CONSTRAINT ck_papers_kind CHECK (kind IN ('rectification_notice', 'deduction_notice', 'termination_notice', 'termination_decision', 'continuation_decision', 'appeal_decision', 'settlement')),
    CONSTRAINT uq_papers_authority_id_year_sequence UNIQUE (authority_id, year, sequence),
    CONSTRAINT fk_papers_authority_id FOREIGN KEY(authority_id) REFERENCES organisations (id),
    CONSTRAINT fk_papers_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id),
    CONSTRAINT fk_papers_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_papers_issued_by FOREIGN KEY(issued_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_papers_case_id ON papers (case_id);
-- next
CREATE INDEX ix_papers_contract_id ON papers (contract_id);
-- next
CREATE TABLE rectification_items (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    round INTEGER NOT NULL,
    indicator VARCHAR(60) NOT NULL,
    lost BIGINT NOT NULL,
    is_repeated BOOLEAN NOT NULL,
    measure TEXT NOT NULL,
    responsible VARCHAR(100) NOT NULL,
    finish_on DATE,
    report TEXT NOT NULL,
    verdict VARCHAR(10) NOT NULL,
    finding TEXT NOT NULL,
    CONSTRAINT pk_rectification_items PRIMARY KEY (id),
    CONSTRAINT ck_rectification_items_verdict CHECK (verdict IN ('', 'passed', 'failed')),
    CONSTRAINT uq_rectification_items_case_id_round_indicator UNIQUE (case_id, round, indicator),
    CONSTRAINT fk_rectification_items_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
-- next
CREATE TABLE paper_services (
    id INTEGER NOT NULL,
    paper_id INTEGER NOT NULL,
    manner VARCHAR(20) NOT NULL,
    arrived_at DATETIME NOT NULL,
    note TEXT NOT NULL,
    evidence_id INTEGER,
    recorded_by INTEGER,
    recorded_at DATETIME NOT NULL,
    CONSTRAINT pk_paper_services PRIMARY KEY (id),
    CONSTRAINT ck_paper_services_manner CHECK (manner IN ('portal', 'mail', 'receipt', 'announcement')),
    CONSTRAINT uq_paper_services_paper_id UNIQUE (paper_id),
    CONSTRAINT fk_paper_services_paper_id FOREIGN KEY(paper_id) REFERENCES papers (id),
    CONSTRAINT fk_paper_services_evidence_id FOREIGN KEY(evidence_id) REFERENCES evidence (id),
    CONSTRAINT fk_paper_services_recorded_by FOREIGN KEY(recorded_by) REFERENCES people (id)
);
-- next
CREATE TABLE paper_scans (
    id INTEGER NOT NULL,
    paper_id INTEGER,
    sheet_id INTEGER,
    number INTEGER NOT NULL,
    supersedes INTEGER,
    kind VARCHAR(10) NOT NULL,
    file_id INTEGER NOT NULL,
    name VARCHAR(200) NOT NULL,
    note TEXT NOT NULL,
    reason TEXT NOT NULL,
    filed_by INTEGER NOT NULL,
    filed_at DATETIME NOT NULL,
    CONSTRAINT pk_paper_scans PRIMARY KEY (id),
    CONSTRAINT ck_paper_scans_paper_or_sheet CHECK ((paper_id IS NULL) <> (sheet_id IS NULL)),
    CONSTRAINT ck_paper_scans_kind CHECK (kind IN ('sealed', 'signed', 'both')),
    CONSTRAINT ck_paper_scans_number CHECK (number >= 1 AND (number = 1) = (supersedes IS NULL)),
    CONSTRAINT ck_paper_scans_reason CHECK ((reason = '') = (supersedes IS NULL)),
    CONSTRAINT uq_paper_scans_paper_id_number UNIQUE (paper_id, number),
    CONSTRAINT uq_paper_scans_sheet_id_number UNIQUE (sheet_id, number),
    CONSTRAINT fk_paper_scans_paper_id FOREIGN KEY(paper_id) REFERENCES papers (id),
    CONSTRAINT fk_paper_scans_sheet_id FOREIGN KEY(sheet_id) REFERENCES sheets (id),
    CONSTRAINT uq_paper_scans_supersedes UNIQUE (supersedes),
    CONSTRAINT fk_paper_scans_supersedes FOREIGN KEY(supersedes) REFERENCES paper_scans (id),
    CONSTRAINT fk_paper_scans_file_id FOREIGN KEY(file_id) REFERENCES files (id),
    CONSTRAINT fk_paper_scans_filed_by FOREIGN KEY(filed_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_paper_scans_file_id ON paper_scans (file_id);
-- next
CREATE TABLE payments (
    id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    amount BIGINT NOT NULL,
    paid_on DATE NOT NULL,
    voucher VARCHAR(100) NOT NULL,
    reverses INTEGER,
    note TEXT NOT NULL,
    recorded_by INTEGER NOT NULL,
    recorded_at DATETIME NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT ck_payments_amount CHECK (amount <> 0 AND (reverses IS NULL) = (amount > 0)),
    CONSTRAINT uq_payments_reverses UNIQUE (reverses),
    CONSTRAINT fk_payments_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_payments_reverses FOREIGN KEY(reverses) REFERENCES payments (id),
    CONSTRAINT fk_payments_recorded_by FOREIGN KEY(recorded_by) REFERENCES people (id)
);
-- next
CREATE INDEX ix_payments_case_id ON payments (case_id, id);
-- next
CREATE TRIGGER payments_append_only_update BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'payments is append-only'); END;
-- next
CREATE TRIGGER payments_append_only_delete BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments is append-only'); END;
