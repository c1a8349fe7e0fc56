"""Recording filings and how they were received."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, select, update

from app.db import insert_row
from app.submissions.models import Submission, submissions

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
_UNSIGN = (
    update(submissions)
    .where(*_NEWEST, submissions.c.state != "returned")
    .values(state="filed", reason=bindparam("why"), signed_by=None, signed_at=None)
)


def record_submission(
    connection: Connection, case_id: int, round_: int, note: str, filed_by: int, due_at: dt.datetime, now: dt.datetime
) -> Submission:
    """Record a filing; what was on time at first stays on time after a return (rules.md, reading)."""
    count, was_late = connection.execute(_EARLIER, {"of_case": case_id}).one()
    is_late = now > due_at if was_late is None else bool(was_late)
    new = Submission(0, case_id, count + 1, round_, note, filed_by, now, due_at, is_late, None, None, "filed", "")
    values = {column.name: getattr(new, column.name) for column in submissions.columns if column.name != "id"}
    return replace(new, id=insert_row(connection, submissions, values))


def sign_submission(connection: Connection, case_id: int, signed_by: int, now: dt.datetime) -> None:
    """Sign the filing that waits for it."""
    connection.execute(_SIGN, {"of_case": case_id, "by": signed_by, "at": now})


def unsign_submission(connection: Connection, case_id: int, reason: str) -> None:
    """Let the current filing wait for its signature again: it came back, with the reason, to be signed anew."""
    connection.execute(_UNSIGN, {"of_case": case_id, "why": reason})


def receive_submission(connection: Connection, case_id: int, state: str, reason: str = "") -> None:
    """Mark the current filing as accepted, or returned with the reason."""
    connection.execute(_RECEIVE, {"of_case": case_id, "new_state": state, "why": reason})
