"""Writing cases: adding them, recording finished steps, moving their state, incidents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from app.audit.rules import EMPTY, Head
from app.cases.models import Case, CaseStep, Incident, case_steps, cases, incidents
from app.db import insert_row

RETRY_AFTER = (dt.timedelta(minutes=1), dt.timedelta(minutes=10))
"""How long after the first and second failure an automatic step is tried again; the third failure asks a person."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is about when it opens."""

    code: str
    process: str
    contract_id: int
    period: str
    authority_id: int
    party_id: int
    programme: str
    rubric: str
    rubric_version: int
    part: str
    instance_id: int
    status: str
    filing_due: dt.datetime | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewStep:
    """A finished step to record; person_id None and the name 系统 for what nobody did."""

    step: str
    engine_id: str
    role: str
    person_id: int | None
    person_name: str
    started_at: dt.datetime
    due_at: dt.datetime | None
    outcome: str
    decision: str = ""
    opinion: str = ""
    entry_data: dict[str, object] | None = None


_INSERT_STEPS = insert(case_steps).inline()
_UNDO = (
    update(case_steps)
    .where(
        case_steps.c.case_id == bindparam("of_case"),
        case_steps.c.id >= bindparam("first_id"),
        case_steps.c.outcome == "done",
    )
    .values(outcome="undone")
)
_SET_HEAD = (
    update(cases)
    .where(cases.c.id == bindparam("case_id"))
    .values(audit_place=bindparam("new_place"), audit_hash=bindparam("new_hash"))
)
_ADD_MANY = insert(cases)
_OF_INSTANCES = select(cases.c.id, cases.c.instance_id).where(
    cases.c.instance_id.in_(bindparam("instances", expanding=True))
)
_MOVE = (
    update(cases)
    .where(cases.c.id == bindparam("case_id"))
    .values(
        status=bindparam("new_status"),
        round=bindparam("new_round"),
        filing_due=bindparam("new_filing_due"),
        closed_at=bindparam("new_closed_at"),
        audit_place=bindparam("new_place"),
        audit_hash=bindparam("new_hash"),
    )
)


def add_case(connection: Connection, new: NewCase, now: dt.datetime) -> Case:
    """Add a case in its first round, with an empty audit chain."""
    row = _make_row(new, now)
    return _make_case(insert_row(connection, cases, row), row)


def add_cases(connection: Connection, new: Sequence[NewCase], now: dt.datetime) -> list[Case]:
    """Add many cases at once; return them in the same order."""
    if not new:
        return []
    rows = [_make_row(one, now) for one in new]
    connection.execute(_ADD_MANY, rows)
    found = connection.execute(_OF_INSTANCES, {"instances": [one.instance_id for one in new]})
    ids = {row.instance_id: row.id for row in found}
    return [_make_case(ids[row["instance_id"]], row) for row in rows]


def _make_case(case_id: int, row: Mapping[str, object]) -> Case:
    return Case(**{**row, "id": case_id})  # type: ignore[arg-type]  # the columns are the fields


def _make_row(new: NewCase, now: dt.datetime) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(new, name) for name in NewCase.__slots__}
    start = {"round": 1, "opened_at": now, "closed_at": None, "audit_place": EMPTY.place, "audit_hash": EMPTY.hash}
    return values | start


def set_heads(connection: Connection, heads: Mapping[int, Head]) -> None:
    """Write the last links of the audit chains of cases, by the cases' numbers."""
    rows = [{"case_id": number, "new_place": head.place, "new_hash": head.hash} for number, head in heads.items()]
    if rows:
        connection.execute(_SET_HEAD, rows)


def record_steps(connection: Connection, case: Case, steps: Sequence[NewStep], now: dt.datetime) -> None:
    """Append finished steps to a case's history: the engine prunes its own tree, this is the record."""
    if not steps:
        return
    rows = [{name: getattr(step, name) for name in NewStep.__slots__} for step in steps]
    for row in rows:
        row |= {"case_id": case.id, "round": case.round, "finished_at": now, "entry_data": row["entry_data"] or {}}
    connection.execute(_INSERT_STEPS, rows)


def mark_steps_undone(connection: Connection, first: CaseStep) -> None:
    """Mark a finished step and all that were finished after it as undone by a return; they stay on record."""
    connection.execute(_UNDO, {"of_case": first.case_id, "first_id": first.id})


def move_case(
    connection: Connection,
    case: Case,
    *,
    status: str,
    round_: int,
    filing_due: dt.datetime | None,
    closed_at: dt.datetime | None,
    head: Head,
) -> None:
    """Write what changed on a case's row after a step: its status, round, due date, end, and audit head."""
    values = {
        "case_id": case.id,
        "new_status": status,
        "new_round": round_,
        "new_filing_due": filing_due,
        "new_closed_at": closed_at,
        "new_place": head.place,
        "new_hash": head.hash,
    }
    connection.execute(_MOVE, values)


def record_failure(
    connection: Connection, case_id: int, operation: str, message: str, before: Incident | None, now: dt.datetime
) -> Incident:
    """Record that an automatic step failed: tried again twice by itself, then open for a person."""
    tries = 1 if before is None or before.state == "resolved" else before.tries + 1
    is_left = tries > len(RETRY_AFTER)
    next_try_at = None if is_left else now + RETRY_AFTER[tries - 1]
    values: dict[str, object] = {
        "operation": operation,
        "message": message,
        "tries": tries,
        "state": "open" if is_left else "retrying",
        "next_try_at": next_try_at,
        "last_at": now,
    }
    if before is not None and tries > 1:
        connection.execute(update(incidents).where(incidents.c.id == before.id).values(values))
        return Incident(
            before.id, case_id, operation, message, tries, str(values["state"]), next_try_at, before.first_at, now, None
        )
    number = insert_row(connection, incidents, {"case_id": case_id, "first_at": now, **values})
    return Incident(number, case_id, operation, message, tries, str(values["state"]), next_try_at, now, now, None)


def resolve_incident(connection: Connection, incident_id: int, resolved_by: int | None, now: dt.datetime) -> None:
    """Mark an incident as over."""
    values = {"state": "resolved", "next_try_at": None, "resolved_by": resolved_by, "last_at": now}
    connection.execute(update(incidents).where(incidents.c.id == incident_id).values(values))
