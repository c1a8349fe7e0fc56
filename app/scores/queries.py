"""Reading findings and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection, bindparam, func, select

from app.scores.models import Finding, SheetRow, findings, sheets

_LAST_ROUND = (
    select(func.max(findings.c.round)).where(findings.c.case_id == bindparam("id")).correlate(None).scalar_subquery()
)
_LATEST = (
    select(findings)
    .where(findings.c.case_id == bindparam("id"), findings.c.round == _LAST_ROUND)
    .order_by(findings.c.scorer_id)
)
_OWN = (
    select(findings)
    .where(findings.c.case_id == bindparam("id"), findings.c.scorer_id == bindparam("scorer_id"))
    .order_by(findings.c.round.desc())
    .limit(1)
)
_LAST_SHEET = select(sheets).where(sheets.c.case_id == bindparam("id")).order_by(sheets.c.number.desc()).limit(1)
_SCORES = (
    select(sheets.c.case_id, sheets.c.score)
    .where(sheets.c.case_id.in_(bindparam("cases", expanding=True)), sheets.c.score.is_not(None))
    .order_by(sheets.c.number)
)


def list_findings(connection: Connection, case_id: int) -> list[Finding]:
    """Return what the scorers found in the latest round of scoring."""
    return [Finding(*row) for row in connection.execute(_LATEST, {"id": case_id})]


def find_own_finding(connection: Connection, case_id: int, scorer_id: int) -> Finding | None:
    """Return what one scorer found last, to start from after a return, or None."""
    row = connection.execute(_OWN, {"id": case_id, "scorer_id": scorer_id}).one_or_none()
    return None if row is None else Finding(*row)


def find_sheet(connection: Connection, case_id: int) -> SheetRow | None:
    """Return a case's newest sheet, or None before scoring ended."""
    row = connection.execute(_LAST_SHEET, {"id": case_id}).one_or_none()
    return None if row is None else SheetRow(*row)


def list_sheets(connection: Connection, case_id: int) -> list[SheetRow]:
    """Return all versions of a case's sheet, first one first."""
    found = select(sheets).where(sheets.c.case_id == case_id).order_by(sheets.c.number)
    return [SheetRow(*row) for row in connection.execute(found)]


def list_scores(connection: Connection, case_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return the scores of cases by their newest sheets that have one."""
    if not case_ids:
        return {}
    rows = connection.execute(_SCORES, {"cases": list(case_ids)})
    return {row.case_id: row.score for row in rows}
