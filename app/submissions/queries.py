"""Reading submissions."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from app.submissions.models import Submission, submissions

_OF_CASE = select(submissions).where(submissions.c.case_id == bindparam("id")).order_by(submissions.c.number)


def list_submissions(connection: Connection, case_id: int) -> list[Submission]:
    """Return a case's filings, first one first."""
    return [Submission(*row) for row in connection.execute(_OF_CASE, {"id": case_id})]
