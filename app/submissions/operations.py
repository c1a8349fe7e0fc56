"""Recording filings and how they were received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.db import insert_row
from app.submissions.models import MadeUp, Submission, rectification_items, submissions

_OF_CASE = submissions.c.case_id == bindparam("of_case")
_FIRST_LATE = select(submissions.c.is_late).where(_OF_CASE, submissions.c.number == 1).scalar_subquery()
_EARLIER = select(func.count(), _FIRST_LATE).select_from(submissions).where(_OF_CASE)
_NEWEST = (
    _OF_CASE,
    submissions.c.number == select(func.max(submissions.c.number)).where(_OF_CASE).correlate(None).scalar_subquery(),
)
_SIGN = (
    update(submissions)
    .where(*_NEWEST, submissions.c.state == "filed")
    .values(state="signed", signed_by=bindparam("by"), signed_at=bindparam("at"))
)
_RECEIVE = (
    update(submissions)
    .where(*_NEWEST, submissions.c.state.in_(("filed", "signed", "accepted")))
    .values(state=bindparam("new_state"), reason=bindparam("why"))
)
_ANSWER = (
    update(submissions)
    .where(*_NEWEST)
    .values(
        deferrals=bindparam("new_answers", type_=submissions.c.deferrals.type),
        verified=bindparam("new_verified", type_=submissions.c.verified.type),
    )
)
_UNSIGN = (
    update(submissions)
    .where(*_NEWEST, submissions.c.state != "returned")
    .values(state="filed", reason=bindparam("why"), signed_by=None, signed_at=None)
)


@dataclass(frozen=True, slots=True)
class Filed:
    """What a filing says beside its facts: a note, what is to be deferred and why, what was made up."""

    note: str = ""
    defer: Mapping[str, str] = field(default_factory=dict)
    made_up: MadeUp = field(default_factory=dict)


def record_submission(
    connection: Connection,
    case_id: int,
    round_: int,
    filed: Filed,
    filed_by: int,
    due_at: dt.datetime,
    now: dt.datetime,
) -> Submission:
    """Record a filing; what was on time at first stays on time after a return (rules.md, reading)."""
    count, was_late = connection.execute(_EARLIER, {"of_case": case_id}).one()
    new = Submission(
        id=0,
        case_id=case_id,
        number=count + 1,
        round=round_,
        note=filed.note,
        filed_by=filed_by,
        filed_at=now,
        due_at=due_at,
        is_late=now > due_at if was_late is None else bool(was_late),
        signed_by=None,
        signed_at=None,
        state="filed",
        reason="",
        defer=dict(filed.defer),
        made_up=dict(filed.made_up),
        deferrals={},
        verified={},
    )
    values = {column.name: getattr(new, column.name) for column in submissions.columns if column.name != "id"}
    return replace(new, id=insert_row(connection, submissions, values))


def answer_deferrals(
    connection: Connection, case_id: int, answers: Mapping[str, Mapping[str, object]], verified: MadeUp
) -> None:
    """Record what the review says to the newest filing's deferrals and to what was made up."""
    values = {"of_case": case_id, "new_answers": dict(answers), "new_verified": dict(verified)}
    connection.execute(_ANSWER, values)


def add_rectification_items(
    connection: Connection, case_id: int, round_: int, items: Sequence[tuple[str, Decimal, bool]]
) -> None:
    """Begin a round of a rectification with its failed criteria: code, points lost, whether it failed before too."""
    blank = {"measure": "", "responsible": "", "finish_on": None, "report": "", "verdict": "", "finding": ""}
    rows = [
        {"case_id": case_id, "round": round_, "indicator": code, "lost": lost, "is_repeated": is_repeated, **blank}
        for code, lost, is_repeated in items
    ]
    if rows:
        connection.execute(insert(rectification_items), rows)


def change_rectification_item(connection: Connection, item_id: int, **columns: object) -> None:
    """Write what a criterion's rectification learns: measure, report, verdict."""
    connection.execute(update(rectification_items).where(rectification_items.c.id == item_id).values(columns))


def sign_submission(connection: Connection, case_id: int, signed_by: int, now: dt.datetime) -> None:
    """Sign the filing that waits for it."""
    connection.execute(_SIGN, {"of_case": case_id, "by": signed_by, "at": now})


def unsign_submission(connection: Connection, case_id: int, reason: str) -> None:
    """Let the current filing wait for its signature again: it came back, with the reason, to be signed anew."""
    connection.execute(_UNSIGN, {"of_case": case_id, "why": reason})


def receive_submission(connection: Connection, case_id: int, state: str, reason: str = "") -> None:
    """Mark the current filing as accepted, or returned with the reason."""
    connection.execute(_RECEIVE, {"of_case": case_id, "new_state": state, "why": reason})
