"""Writing findings and sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Connection, Insert, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from app.scores.models import findings, sheets


def _upsert_finding(added: postgresql.Insert | sqlite.Insert) -> Insert:
    kept = {name: added.excluded[name] for name in ("corrections", "reasons", "evidence", "submitted_at")}
    return added.on_conflict_do_update(index_elements=["case_id", "round", "scorer_id"], set_=kept)


_RECORD_FINDING: Mapping[str, Insert] = {
    "postgresql": _upsert_finding(postgresql.insert(findings)),
    "sqlite": _upsert_finding(sqlite.insert(findings)),
}
_ADD_SHEET = insert(sheets)
_SUPERSEDE = (
    update(sheets).where(sheets.c.case_id == bindparam("of_case"), sheets.c.state == "draft").values(state="superseded")
)


def record_finding(
    connection: Connection,
    case_id: int,
    round_: int,
    scorer_id: int,
    corrections: Mapping[str, object],
    reasons: Mapping[str, str],
    evidence: Mapping[str, list[int]],
    now: dt.datetime,
) -> None:
    """Record what a scorer found in a round, with reasons and evidence by fact; scoring again in it replaces it."""
    values = {
        "case_id": case_id,
        "round": round_,
        "scorer_id": scorer_id,
        "corrections": dict(corrections),
        "reasons": dict(reasons),
        "evidence": dict(evidence),
        "submitted_at": now,
    }
    connection.execute(_RECORD_FINDING[connection.dialect.name], values)


def add_sheet(connection: Connection, values: Mapping[str, object]) -> None:
    """Add a version of a case's sheet (the columns of `sheets`, without what approval adds)."""
    connection.execute(_ADD_SHEET, dict(values))


def change_sheet(connection: Connection, sheet_id: int, **values: object) -> None:
    """Write what a draft sheet learns: contested lines, accepted facts and their points, signatures."""
    given = {f"new_{name}": value for name, value in values.items()}
    connection.execute(_build_change(tuple(values)), {"sheet_id": sheet_id, **given})


@lru_cache(maxsize=32)
def _build_change(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=sheets.c[name].type) for name in names}
    return update(sheets).where(sheets.c.id == bindparam("sheet_id")).values(values)


def supersede_sheets(connection: Connection, case_id: int) -> None:
    """Mark earlier drafts as superseded before a new version is added."""
    connection.execute(_SUPERSEDE, {"of_case": case_id})
