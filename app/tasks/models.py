"""Tables and values of human tasks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint

from app.db import Id, Json, Moment, metadata

STATES = ("open", "done", "returned", "lapsed", "cancelled")

tasks = Table(
    "tasks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("engine_id", String(36), nullable=False),
    Column("step", String(60), nullable=False),
    Column("role", String(40), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("assigned_to", ForeignKey("people.id")),
    Column("claimed_by", ForeignKey("people.id")),
    Column("claimed_at", Moment),
    Column("opened_at", Moment, nullable=False),
    Column("start_day", String(10), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("due_explained", Json, nullable=False),
    Column("state", String(20), nullable=False),
    Column("closed_by", ForeignKey("people.id")),
    Column("closed_at", Moment),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index("ix_tasks_closed_by", "closed_by", "closed_at"),
)
_OPEN = tasks.c.state == "open"
_FREE = _OPEN & tasks.c.assigned_to.is_(None) & tasks.c.claimed_by.is_(None)
Index(
    "ix_tasks_inbox_role",
    tasks.c.role,
    tasks.c.organisation_id,
    tasks.c.programme,
    tasks.c.due_at,
    tasks.c.id,
    tasks.c.step,
    sqlite_where=_FREE,
    postgresql_where=_FREE,
)
Index(
    "ix_tasks_inbox_assigned",
    tasks.c.assigned_to,
    tasks.c.due_at,
    tasks.c.id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index(
    "ix_tasks_inbox_claimed", tasks.c.claimed_by, tasks.c.due_at, tasks.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN
)
Index(
    "ix_tasks_done",
    tasks.c.closed_by,
    tasks.c.closed_at,
    tasks.c.id,
    sqlite_where=tasks.c.closed_by.is_not(None),
    postgresql_where=tasks.c.closed_by.is_not(None),
)

Index(
    "uq_tasks_open",
    tasks.c.case_id,
    tasks.c.engine_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
"""A step that a return makes ready again bears the same number in the engine: only one of its tasks is ever open."""

task_drafts = Table(
    "task_drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("form", Json, nullable=False),
    Column("saved_at", Moment, nullable=False),
    UniqueConstraint("task_id", "person_id"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """Open or finished work on a step of a case, for a role at an organisation or for one person."""

    id: int
    case_id: int
    engine_id: str
    step: str
    role: str
    organisation_id: int
    programme: str
    assigned_to: int | None
    claimed_by: int | None
    claimed_at: dt.datetime | None
    opened_at: dt.datetime
    start_day: str
    due_at: dt.datetime
    due_explained: dict[str, object]
    state: str
    closed_by: int | None
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has typed into a task's form so far."""

    form: dict[str, object]
    saved_at: dt.datetime
