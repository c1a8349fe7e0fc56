"""Reading evidence, its reuse, and entered facts."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, or_, select

from app.errors import Message, UnknownName
from app.evidence.models import EnteredFact, Evidence, ReusedEvidence, StoredFile, evidence, facts, files

_later = evidence.alias("later")
_other = evidence.alias("other")
_COLUMNS = [*evidence.columns, files.c.sha256, files.c.size, files.c.media_type, files.c.extension, _later.c.id]
_EVIDENCE = select(*_COLUMNS).select_from(
    evidence.outerjoin(files, files.c.id == evidence.c.file_id).outerjoin(_later, _later.c.supersedes == evidence.c.id)
)
_BY_ID = _EVIDENCE.where(evidence.c.id == bindparam("id"))
_ALL_OF_CASE = _EVIDENCE.where(evidence.c.case_id == bindparam("id")).order_by(
    evidence.c.indicator, evidence.c.requirement.asc().nulls_first(), evidence.c.number, evidence.c.id
)
_STANDING_OF_CASE = _ALL_OF_CASE.where(evidence.c.withdrawn_at.is_(None))
_REUSE = (
    _other.c.id,
    _other.c.case_id,
    _other.c.indicator,
    _other.c.requirement,
    _other.c.name,
    _other.c.organisation_id,
    _other.c.uploaded_at,
)
_REUSED = (
    select(*_REUSE)
    .select_from(_other.join(files, files.c.id == _other.c.file_id))
    .where(
        files.c.sha256 == bindparam("sha256"),
        _other.c.withdrawn_at.is_(None),
        or_(_other.c.case_id != bindparam("case_id"), _other.c.indicator != bindparam("indicator")),
    )
    .order_by(_other.c.id)
)
_REUSED_OF_CASE = (
    select(evidence.c.id, *_REUSE)
    .select_from(evidence.join(_other, _other.c.file_id == evidence.c.file_id))
    .where(
        evidence.c.case_id == bindparam("case_id"),
        evidence.c.withdrawn_at.is_(None),
        _other.c.withdrawn_at.is_(None),
        or_(_other.c.case_id != evidence.c.case_id, _other.c.indicator != evidence.c.indicator),
    )
    .order_by(evidence.c.id, _other.c.id)
)
_FILE = select(files).where(files.c.id == bindparam("id"))
_HASHES = select(files.c.sha256)
_FACTS = (
    select(facts.c.fact, facts.c.value, facts.c.note, facts.c.evidence)
    .where(
        facts.c.case_id == bindparam("case_id"),
        facts.c.round == bindparam("round"),
        facts.c.stage == bindparam("stage"),
    )
    .order_by(facts.c.fact)
)

_latest = facts.alias("latest")
_LATEST_FACTS = (
    select(facts.c.fact, facts.c.value, facts.c.note, facts.c.evidence)
    .where(
        facts.c.case_id == bindparam("case_id"),
        facts.c.stage == bindparam("stage"),
        facts.c.round
        == select(func.max(_latest.c.round))
        .where(_latest.c.case_id == bindparam("case_id"), _latest.c.stage == bindparam("stage"))
        .scalar_subquery(),
    )
    .order_by(facts.c.fact)
)


def get_evidence(connection: Connection, evidence_id: int) -> Evidence:
    """Return a piece of evidence, withdrawn ones too; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": evidence_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown evidence {name}", name=evidence_id))
    return Evidence(*row)


def get_file(connection: Connection, file_id: int) -> StoredFile:
    """Return the row of a stored content; `UnknownName` when there is none."""
    row = connection.execute(_FILE, {"id": file_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown file {name}", name=file_id))
    return StoredFile(*row)


def list_evidence(connection: Connection, case_id: int, *, with_withdrawn: bool = False) -> list[Evidence]:
    """Return a case's evidence by indicator, requirement (None first) and version; superseded versions included."""
    found = _ALL_OF_CASE if with_withdrawn else _STANDING_OF_CASE
    return [Evidence(*row) for row in connection.execute(found, {"id": case_id})]


def list_hashes(connection: Connection) -> frozenset[str]:
    """Return the hashes of all contents that rows name: what `FileStore.remove_orphans` must leave alone."""
    return frozenset(connection.execute(_HASHES).scalars())


def list_reused(connection: Connection, case_id: int) -> dict[int, list[ReusedEvidence]]:
    """Return a case's evidence whose content stands elsewhere too, by its id: one question for a whole page."""
    found: dict[int, list[ReusedEvidence]] = {}
    for row in connection.execute(_REUSED_OF_CASE, {"case_id": case_id}):
        found.setdefault(row[0], []).append(ReusedEvidence(*row[1:]))
    return found


def list_facts(connection: Connection, case_id: int, round_: int, stage: str) -> dict[str, EnteredFact]:
    """Return the facts entered in a round of a case at a stage (`filed`, `reviewed`), by name."""
    rows = connection.execute(_FACTS, {"case_id": case_id, "round": round_, "stage": stage})
    return {name: EnteredFact(value, note, tuple(ids)) for name, value, note, ids in rows}


def list_latest_facts(connection: Connection, case_id: int, stage: str) -> dict[str, EnteredFact]:
    """Return the facts of the last round in which any were entered at a stage: a return may skip it (退回)."""
    rows = connection.execute(_LATEST_FACTS, {"case_id": case_id, "stage": stage})
    return {name: EnteredFact(value, note, tuple(ids)) for name, value, note, ids in rows}
