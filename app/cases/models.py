"""Tables and values of cases, their step history and incidents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from app.audit.rules import Head
from app.db import Id, Json, Moment, metadata

OUTCOMES = ("done", "returned", "lapsed", "undone")
WITHDRAWN = "withdrawn"
"""The status of a case that ended where it stood: another may be opened about the same period."""
INCIDENT_STATES = ("retrying", "open", "resolved")

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(80), nullable=False, unique=True),
    Column("process", String(60), nullable=False),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("period", String(10), nullable=False),
    Column("parent_id", ForeignKey("cases.id")),
    Column("authority_id", ForeignKey("organisations.id"), nullable=False),
    Column("party_id", ForeignKey("organisations.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("rubric", String(60), nullable=False),
    Column("rubric_version", Integer, nullable=False),
    Column("part", String(4), nullable=False),
    Column("instance_id", ForeignKey("process_instances.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("filing_due", Moment),
    Column("status", String(30), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("audit_place", Integer, nullable=False),
    Column("audit_hash", String(64), nullable=False),
    Index("ix_cases_contract_id_period", "contract_id", "period"),
    Index("ix_cases_instance_id", "instance_id", unique=True),
)

Index(
    "ix_cases_process_contract_id_period",
    cases.c.process,
    cases.c.contract_id,
    cases.c.period,
    unique=True,
    sqlite_where=cases.c.status != WITHDRAWN,
    postgresql_where=cases.c.status != WITHDRAWN,
)

case_steps = Table(
    "case_steps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", String(60), nullable=False),
    Column("engine_id", String(36), nullable=False),
    Column("role", String(40), nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("person_name", String(100), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("finished_at", Moment, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("decision", String(60), nullable=False),
    Column("opinion", Text, nullable=False),
    Column("entry_data", Json, nullable=False),
    CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
    Index("ix_case_steps_case_id", "case_id", "id"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("operation", String(60), nullable=False),
    Column("message", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("next_try_at", Moment),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("resolved_by", ForeignKey("people.id")),
    CheckConstraint(f"state IN {INCIDENT_STATES}", name="state"),
)
Index(
    "ix_incidents_next_try_at",
    incidents.c.next_try_at,
    sqlite_where=incidents.c.state == "retrying",
    postgresql_where=incidents.c.state == "retrying",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case: whose, about which period, by which rubric version; `round` counts from 1 and grows with each return.

    `status` is the phase that its open step belongs to, in words of the field (`STATUS_OF_STEP`), for lists; where the
    case stands is the engine's to say.
    """

    id: int
    code: str
    process: str
    contract_id: int
    period: str
    parent_id: int | None
    authority_id: int
    party_id: int
    programme: str
    rubric: str
    rubric_version: int
    part: str
    instance_id: int
    round: int
    filing_due: dt.datetime | None
    status: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    audit_place: int
    audit_hash: str

    @property
    def head(self) -> Head:
        """The last link of the case's audit chain."""
        return Head(self.audit_place, self.audit_hash)

    @property
    def chain(self) -> str:
        """The name of the case's audit chain."""
        return f"case:{self.id}"


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A finished step: who did it, when, with which decision and opinion.

    `outcome`: done; returned (the step from which the case went back); lapsed (a timer took it); undone (by a return).
    """

    id: int
    case_id: int
    round: int
    step: str
    engine_id: str
    role: str
    person_id: int | None
    person_name: str
    started_at: dt.datetime
    due_at: dt.datetime | None
    finished_at: dt.datetime
    outcome: str
    decision: str
    opinion: str
    entry_data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Incident:
    """An automatic step that failed: tried again by itself twice, then left to a person."""

    id: int
    case_id: int
    operation: str
    message: str
    tries: int
    state: str
    next_try_at: dt.datetime | None
    first_at: dt.datetime
    last_at: dt.datetime
    resolved_by: int | None
