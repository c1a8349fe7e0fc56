"""What the page of a case is made from: read once, as one reader may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.audit.queries import list_entries as list_audit
from app.cases.models import WITHDRAWN, Case, CaseStep, Incident
from app.cases.queries import find_incident_of_case, list_cases_by_id, list_following, list_steps
from app.casework.obstacles import find_appeal_due, find_appeal_refusal
from app.casework.withdraw_appeal import find_time_left, find_withdrawal_refusal
from app.casework.work import APPEAL, QUARTER, get_part_scorer, make_case_target, make_task_target
from app.contracts.models import Contract, ContractPeriod
from app.contracts.queries import get_contract, list_periods
from app.db import load_json
from app.errors import Message
from app.evidence.models import EnteredFact, Evidence, ReusedEvidence
from app.evidence.queries import list_evidence, list_latest_facts, list_reused
from app.identity.models import Organisation, Person
from app.identity.queries import get_organisation, list_people_by_id
from app.ledger.models import LedgerEntry
from app.ledger.queries import list_entries
from app.outbox.models import Message as Letter
from app.outbox.queries import list_by_case
from app.papers.queries import list_scans_of_sheets
from app.permissions import Permission, Viewer, may
from app.scores.models import Finding, SheetRow
from app.scores.queries import list_findings, list_sheets
from app.scoring.scorer import PartScorer
from app.tasks.models import Task
from app.tasks.queries import list_tasks
from app.web.case_sides import Names, Reader, find_reader, find_shown_sheet, is_scoring_over
from app.web.case_timeline import DeadlineView, StepView, explain_task, make_deadline, make_step
from app.web.case_words import SHEET_STATES
from app.web.following import FollowingView, read_following
from app.web.inbox import find_whose
from app.web.letters import name_template, reads_all_letters
from app.web.scan_views import ScansView, view_sheet_scans
from app.web.sheets import FactView, SheetSource, SheetView, make_evidence, make_fact, make_sheet
from app.web.steps_words import STEP_NAMES


@dataclass(frozen=True, slots=True)
class NowView:
    """What a case waits for: a step, whose it is, and where the reader can do it ("" where somebody else must)."""

    task: Task
    what: Message | str
    who: str
    role: str
    whose: Message
    reason: Message
    href: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """What one scorer found: corrected values and marks with their reasons."""

    who: str
    when: dt.datetime
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class LetterView:
    """A notice of the case: what it is, to whom, how its delivery stands."""

    letter: Letter
    to: str
    title: str


@dataclass(frozen=True, slots=True)
class AppealView:
    """Whether the reader may appeal the result now: until when, or why not; nothing for who can't appeal at all.

    `may_withdraw`: an appeal that isn't answered yet; `until` then says until when another may follow (None: none may).
    """

    may_appeal: bool = False
    until: dt.datetime | None = None
    refusal: Message | None = None
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """Why a case ended where it stood, and when; `who` withdrew it where that was the party ("" otherwise)."""

    reason: str
    at: dt.datetime
    who: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that the page of a case shows to one reader."""

    case: Case
    contract: Contract
    period: ContractPeriod | None
    authority: Organisation
    party: Organisation
    reader: Reader
    now: tuple[NowView, ...]
    steps: tuple[StepView, ...]
    deadlines: tuple[DeadlineView, ...]
    sheet: SheetView
    sheet_row: SheetRow | None
    stage: Message
    findings: tuple[FindingView, ...]
    joint: tuple[FactView, ...]
    letters: tuple[LetterView, ...]
    reads_all_letters: bool
    entries: tuple[LedgerEntry, ...]
    following: tuple[Case, ...]
    parent: Case | None
    incident: Incident | None
    more: FollowingView
    appeal: AppealView
    signed: ScansView | None
    withdrawal: WithdrawalView | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a case, before anybody's eyes."""

    case: Case
    tasks: list[Task]
    steps: list[CaseStep]
    sheets: list[SheetRow]
    findings: list[Finding]
    letters: list[Letter]
    filed: dict[str, EnteredFact]
    reviewed: dict[str, EnteredFact]
    evidence: list[Evidence]
    reused: dict[int, list[ReusedEvidence]]
    people: dict[int, Person]

    @property
    def open_tasks(self) -> list[Task]:
        """What is open, due first."""
        return sorted((one for one in self.tasks if one.state == "open"), key=lambda one: (one.due_at, one.id))

    @property
    def scoring_is_over(self) -> bool:
        """Whether all findings are in."""
        return is_scoring_over(self.tasks, self.sheets)

    @property
    def scorers(self) -> set[int]:
        """Everybody who scores or scored the case."""
        named = {one.assigned_to for one in self.tasks if one.role == "scorer"}
        done = {one.person_id for one in self.steps if one.role == "scorer"}
        return {one for one in named | done if one is not None} | {one.scorer_id for one in self.findings}


def read_rows(connection: Connection, case: Case) -> Rows:
    """Return the rows of a case with the people whom they name."""
    tasks, steps = list_tasks(connection, case.id), list_steps(connection, case.id)
    result = find_result_case(case)
    letters, evidence = list_by_case(connection, case.id), list_evidence(connection, result)
    if case.process == APPEAL:
        evidence += list_evidence(connection, case.id)
    findings = list_findings(connection, case.id)
    named = {one.person_id for one in steps} | {one.person_id for one in letters}
    named |= {one.uploaded_by for one in evidence} | {one.scorer_id for one in findings}
    named |= {number for one in tasks for number in (one.assigned_to, one.claimed_by)}
    return Rows(
        case=case,
        tasks=tasks,
        steps=steps,
        sheets=list_sheets(connection, case.id if case.process == APPEAL else result),
        findings=findings,
        letters=letters,
        filed=list_latest_facts(connection, result, "filed"),
        reviewed=list_latest_facts(connection, result, "reviewed"),
        evidence=evidence,
        reused=list_reused(connection, result),
        people=list_people_by_id(connection, {one for one in named if one is not None}),
    )


def find_result_case(case: Case) -> int:
    """Return the number of the quarter's case whose result a case is about: its own, or the one it follows from."""
    return case.id if case.process == QUARTER or case.parent_id is None else case.parent_id


def read_case_page(connection: Connection, case: Case, viewer: Viewer, now: dt.datetime) -> CasePage:
    """Return the page of a case as a viewer may see it; whether they may see it at all was asked before."""
    rows, reader = read_rows(connection, case), find_reader(viewer, case)
    names, contract = Names(reader, rows.people, rows.scorers), get_contract(connection, case.contract_id)
    sheet_row = find_shown_sheet(reader, rows.tasks, rows.sheets)
    scorer = get_part_scorer(case.rubric, case.rubric_version, case.part)
    entries = [one for one in list_entries(connection, contract.id) if one.quarter == case.period]
    periods = list_periods(connection, contract.id)
    related = [case.parent_id] if case.parent_id else []
    return CasePage(
        case=case,
        contract=contract,
        period=next((one for one in periods if one.code == case.period), None),
        authority=get_organisation(connection, case.authority_id),
        party=get_organisation(connection, case.party_id),
        reader=reader,
        now=tuple(make_now(one, case, viewer, names) for one in rows.open_tasks),
        steps=tuple(make_steps(rows, reader, names)),
        deadlines=tuple(make_deadline(one, now) for one in rows.tasks),
        sheet=make_case_sheet(connection, rows, scorer, reader, names, sheet_row),
        sheet_row=sheet_row,
        stage=find_stage(rows, reader, sheet_row),
        findings=tuple(list_finding_views(rows, scorer, reader, names)),
        joint=tuple(list_joint(sheet_row, scorer, reader)),
        letters=tuple(list_letters(rows, reader)),
        reads_all_letters=reads_all_letters(viewer, case),
        entries=tuple(entries),
        following=tuple(list_following(connection, case.id)),
        parent=next(iter(list_cases_by_id(connection, related).values()), None),
        incident=find_incident_of_case(connection, case.id),
        more=read_following(connection, case, now),
        appeal=read_appeal(connection, case, viewer, now),
        signed=read_signed(connection, sheet_row, reader),
        withdrawal=read_withdrawal(connection, case),
    )


def read_appeal(connection: Connection, case: Case, viewer: Viewer, now: dt.datetime) -> AppealView:
    """Return whether the viewer may appeal a published result, or withdraw the appeal that this case is."""
    due = find_appeal_due(case)
    if case.process == APPEAL and may(viewer, Permission.WITHDRAW_APPEAL, make_case_target(case)):
        left = find_time_left(connection, case, now)
        may_withdraw = find_withdrawal_refusal(connection, case) is None
        return AppealView(until=None if left is None else left.due, may_withdraw=may_withdraw)
    if due is None or not may(viewer, Permission.APPEAL, make_case_target(case)):
        return AppealView()
    refusal = find_appeal_refusal(connection, case, now)
    return AppealView(refusal is None, due.due, refusal)


def read_signed(connection: Connection, sheet: SheetRow | None, reader: Reader) -> ScansView | None:
    """Return the scans of the shown sheet as it was signed; it names the scorers, so the party has none of it."""
    if sheet is None or not reader.is_authority:
        return None
    found = view_sheet_scans(sheet, list_scans_of_sheets(connection, sheet.case_id))
    return found if found.path or found.scans else None


def read_withdrawal(connection: Connection, case: Case) -> WithdrawalView | None:
    """Return why a case was withdrawn, as its audit chain has it; None for one that wasn't."""
    if case.status != WITHDRAWN:
        return None
    entries = [one for one in list_audit(connection, case.chain) if one.action in WITHDRAWALS]
    if not entries:
        return None
    last = entries[-1]
    who = (last.actor_name or "") if last.action == "appeal_withdrawn" else ""
    return WithdrawalView(str(load_json(last.details)["reason"]), last.at, who)


WITHDRAWALS = ("case_withdrawn", "appeal_withdrawn")


def make_now(task: Task, case: Case, viewer: Viewer, names: Names) -> NowView:
    """Return what an open task asks for, with its link where the viewer may do it."""
    is_mine = may(viewer, Permission.WORK_ON_TASK, make_task_target(task, case))
    return NowView(
        task=task,
        what=STEP_NAMES.get(task.step, task.step),
        who=names.find(task.claimed_by or task.assigned_to),
        role=task.role,
        whose=find_whose(task.role),
        reason=explain_task(task),
        href=f"/tasks/{task.id}" if is_mine else "",
    )


def make_steps(rows: Rows, reader: Reader, names: Names) -> list[StepView]:
    """Return the finished steps as a reader may see them, in order."""
    over = rows.scoring_is_over
    return [make_step(one, reader, names, scoring_is_over=over) for one in rows.steps]


def find_stage(rows: Rows, reader: Reader, sheet: SheetRow | None) -> Message:
    """Return as of when the values on the sheet count."""
    if sheet is not None:
        return SHEET_STATES[sheet.state]
    if rows.reviewed and reader.is_authority:
        return Message("values as reviewed, not yet scored")
    return Message("values as filed, not yet scored") if rows.filed else Message("nothing filed yet")


def make_case_sheet(
    connection: Connection, rows: Rows, scorer: PartScorer, reader: Reader, names: Names, sheet: SheetRow | None
) -> SheetView:
    """Return the score sheet with the values that the reader may see at this stage."""
    filed = {name: one.value for name, one in rows.filed.items()}
    reviewed = {name: one.value for name, one in rows.reviewed.items()}
    shows_review = reader.is_authority or sheet is not None
    values: Mapping[str, object] = reviewed if reviewed and shows_review else filed
    if sheet is not None:
        values = {**sheet.facts, **sheet.accepted}
    source = SheetSource(
        scorer=scorer,
        values=values,  # type: ignore[arg-type]  # stored only after a check
        filed=filed,
        notes={name: one.note for name, one in rows.reviewed.items() if shows_review},
        sheet=sheet,
        evidence=make_evidence(rows.evidence, rows.reused, scorer, names, name_reuse(connection, rows, reader)),
    )
    return make_sheet(source)


def name_reuse(connection: Connection, rows: Rows, reader: Reader) -> dict[int, str]:
    """Return how the cases are called in which the same content stands too: a party learns only of its own."""
    numbers = {one.case_id for found in rows.reused.values() for one in found}
    cases = list_cases_by_id(connection, numbers)
    theirs = "authority_id" if reader.is_authority else "party_id"
    mine = getattr(rows.case, theirs)
    return {number: one.code for number, one in cases.items() if getattr(one, theirs) == mine}


def list_finding_views(rows: Rows, scorer: PartScorer, reader: Reader, names: Names) -> Iterator[FindingView]:
    """Yield what each scorer found: for the authority's people, once all findings are in."""
    if not reader.is_authority or not rows.scoring_is_over:
        return
    for one in rows.findings:
        facts = [
            make_fact(scorer, name, value, note=one.reasons.get(name, ""))  # type: ignore[arg-type]  # stored only after a check
            for name, value in one.corrections.items()
        ]
        yield FindingView(names.find(one.scorer_id), one.submitted_at, tuple(facts))


def list_joint(sheet: SheetRow | None, scorer: PartScorer, reader: Reader) -> Iterator[FactView]:
    """Yield what the joint look agreed on, with the reasons: for the authority's people."""
    if sheet is not None and reader.is_authority:
        for name, value in sheet.agreed.items():
            yield make_fact(scorer, name, value, note=sheet.reasons.get(name, ""))  # type: ignore[arg-type]  # stored only after a check


def list_letters(rows: Rows, reader: Reader) -> Iterator[LetterView]:
    """Yield the notices of the case with their delivery state; a party sees those to its own people."""
    for one in rows.letters:
        person = rows.people.get(one.person_id)
        if person is not None and (reader.is_authority or person.organisation_id == rows.case.party_id):
            yield LetterView(one, person.name, name_template(one.template))
