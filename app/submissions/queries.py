"""Reading submissions."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from app.submissions.models import RectificationItem, Submission, rectification_items, submissions

_OF_CASE = select(submissions).where(submissions.c.case_id == bindparam("id")).order_by(submissions.c.number)
_NEWEST = (
    select(submissions).where(submissions.c.case_id == bindparam("id")).order_by(submissions.c.number.desc()).limit(1)
)
_ITEMS = (
    select(rectification_items)
    .where(rectification_items.c.case_id == bindparam("id"))
    .order_by(rectification_items.c.round, rectification_items.c.id)
)
_of_round = rectification_items.alias("of_round")
_LATEST_ITEMS = _ITEMS.where(
    rectification_items.c.round
    == select(func.max(_of_round.c.round)).where(_of_round.c.case_id == bindparam("id")).scalar_subquery()
)


def list_submissions(connection: Connection, case_id: int) -> list[Submission]:
    """Return a case's filings, first one first."""
    return [Submission(*row) for row in connection.execute(_OF_CASE, {"id": case_id})]


def find_submission(connection: Connection, case_id: int) -> Submission | None:
    """Return a case's newest filing, or None where none ever came."""
    row = connection.execute(_NEWEST, {"id": case_id}).one_or_none()
    return None if row is None else Submission(*row)


def list_rectification_items(connection: Connection, case_id: int) -> list[RectificationItem]:
    """Return the failed criteria of a rectification's latest round, in the order of the rubric."""
    return [RectificationItem(*row) for row in connection.execute(_LATEST_ITEMS, {"id": case_id})]


def list_all_rectification_items(connection: Connection, case_id: int) -> list[RectificationItem]:
    """Return the failed criteria of all rounds of a rectification, first round first."""
    return [RectificationItem(*row) for row in connection.execute(_ITEMS, {"id": case_id})]
