"""Adding evidence and its versions, withdrawing it, entering facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Insert, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.audit.values import Actor
from app.errors import KaoheError, Message
from app.evidence.models import LONGEST_NAME, EnteredFact, Evidence, evidence, facts, files
from app.evidence.queries import get_evidence
from app.evidence.rules import check_link, clean_name, name_link
from app.evidence.sniffing import LARGEST, Sniffed, sniff
from app.evidence.store import FileStore, Readable, Stored

__all__ = [
    "EnteredFact",
    "EvidenceRefused",
    "Received",
    "add_file",
    "add_link",
    "add_received",
    "enter_facts",
    "keep_file",
    "receive_file",
    "withdraw",
    "withdraw_own",
]

LONGEST_REASON = 1000


class EvidenceRefused(KaoheError):
    """What can't be done with a piece of evidence, and why."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was checked and stored, before any row names it."""

    name: str
    stored: Stored
    sniffed: Sniffed


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece of evidence belongs, and which one it supersedes there."""

    case_id: int
    indicator: str
    requirement: int | None
    supersedes: int | None


_FACT_KEY = ("case_id", "round", "stage", "fact")
_FACT_VALUES = ("value", "note", "evidence", "entered_by", "entered_at")


def _upsert_facts(added: postgresql.Insert | sqlite.Insert) -> Insert:
    kept = {name: added.excluded[name] for name in _FACT_VALUES}
    return added.on_conflict_do_update(index_elements=_FACT_KEY, set_=kept)


_ENTER_FACTS: Mapping[str, Insert] = {
    "postgresql": _upsert_facts(postgresql.insert(facts)),
    "sqlite": _upsert_facts(sqlite.insert(facts)),
}
_ADD_FILE: Mapping[str, Insert] = {
    "postgresql": postgresql.insert(files).on_conflict_do_nothing(index_elements=["sha256"]),
    "sqlite": sqlite.insert(files).on_conflict_do_nothing(index_elements=["sha256"]),
}
_LOCK_FILE = select(files.c.id).where(files.c.sha256 == bindparam("sha256")).with_for_update()
_later = evidence.alias("later")
_IS_SUPERSEDED = select(_later.c.id).where(_later.c.supersedes == evidence.c.id).exists()
_FIND_SAME = (
    select(evidence.c.id)
    .where(
        evidence.c.case_id == bindparam("case_id"),
        evidence.c.indicator == bindparam("indicator"),
        evidence.c.requirement.is_not_distinct_from(bindparam("requirement")),
        evidence.c.file_id.is_not_distinct_from(bindparam("file_id")),
        evidence.c.link.is_not_distinct_from(bindparam("link")),
        evidence.c.withdrawn_at.is_(None),
        ~_IS_SUPERSEDED,
    )
    .order_by(evidence.c.id)
    .limit(1)
)
_LOCK_EVIDENCE = select(evidence.c.id).where(evidence.c.id == bindparam("id")).with_for_update()
_WITHDRAW = (
    update(evidence)
    .where(evidence.c.id == bindparam("evidence_id"), evidence.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("at"), withdrawn_by=bindparam("by"), reason=bindparam("why"))
)


def receive_file(store: FileStore, name: str, stream: Readable, limit: int = LARGEST) -> Received:
    """Check and store an upload of at most `limit` bytes, before and outside any transaction.

    Raise `UploadRefused`, `NameRefused`, `FileTooLarge` or `StorageFull`; nothing is kept then. A file that no row
    comes to name is removed later (`FileStore.remove_orphans`).
    """
    cleaned = clean_name(name)
    with store.receive(stream, limit) as incoming:
        sniffed = sniff(cleaned, incoming.file, limit)
        stored = incoming.keep()
    return Received(cleaned, stored, sniffed)


def add_file(
    connection: Connection,
    store: FileStore,
    actor: Actor,
    case_id: int,
    indicator: str,
    requirement: int | None,
    name: str,
    stream: Readable,
    organisation_id: int,
    now: dt.datetime,
    *,
    supersedes: int | None = None,
    limit: int = LARGEST,
) -> Evidence:
    """Check, store and add an upload as evidence; see `receive_file` for what is refused.

    The transaction stays open while the file is written: where many upload at once, receive first and `add_received`.
    """
    received = receive_file(store, name, stream, limit)
    return add_received(
        connection, actor, case_id, indicator, requirement, received, organisation_id, now, supersedes=supersedes
    )


def add_received(
    connection: Connection,
    actor: Actor,
    case_id: int,
    indicator: str,
    requirement: int | None,
    received: Received,
    organisation_id: int,
    now: dt.datetime,
    *,
    supersedes: int | None = None,
) -> Evidence:
    """Add a stored file as evidence, or as the next version of `supersedes`.

    The same content that already stands at that place is returned, not added again.
    """
    file_id = keep_file(connection, received, now)
    place = _Place(case_id, indicator, requirement, supersedes)
    content = {"file_id": file_id, "link": None, "name": received.name}
    return _add(connection, actor, place, content, organisation_id, now)


def add_link(
    connection: Connection,
    actor: Actor,
    case_id: int,
    indicator: str,
    requirement: int | None,
    link: str,
    organisation_id: int,
    now: dt.datetime,
    *,
    name: str = "",
    supersedes: int | None = None,
) -> Evidence:
    """Add a web address as evidence; it is never fetched. Raise `LinkRefused`; without a name it shows its website."""
    checked = check_link(link)
    place = _Place(case_id, indicator, requirement, supersedes)
    shown = clean_name(name)[:LONGEST_NAME] if name.strip() else name_link(checked)
    return _add(connection, actor, place, {"file_id": None, "link": checked, "name": shown}, organisation_id, now)


def withdraw(connection: Connection, actor: Actor, evidence_id: int, reason: str, now: dt.datetime) -> Evidence:
    """Withdraw a piece of evidence with a reason; it stays on record, and an older version does not come back."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise EvidenceRefused(Message("give a reason of at most {most} characters", most=LONGEST_REASON))
    before = get_evidence(connection, evidence_id)
    values = {"evidence_id": evidence_id, "at": now, "by": actor.id, "why": reason}
    if before.superseded_by is not None:
        raise EvidenceRefused(Message("“{name}” has a newer version; withdraw that one", name=before.name))
    if connection.execute(_WITHDRAW, values).rowcount == 0:
        raise EvidenceRefused(Message("“{name}” is withdrawn already", name=before.name))
    return get_evidence(connection, evidence_id)


def withdraw_own(
    connection: Connection,
    actor: Actor,
    organisation_id: int,
    case_id: int,
    evidence_id: int,
    reason: str,
    now: dt.datetime,
) -> Evidence:
    """Withdraw what one's own organisation added to a case; `EvidenceRefused` for anything else."""
    found = get_evidence(connection, evidence_id)
    if found.case_id != case_id:
        raise EvidenceRefused(Message("this evidence belongs to another case"))
    if found.organisation_id != organisation_id:
        raise EvidenceRefused(Message("only whoever uploaded this evidence takes it back"))
    return withdraw(connection, actor, evidence_id, reason, now)


def enter_facts(
    connection: Connection,
    actor: Actor,
    case_id: int,
    round_: int,
    stage: str,
    entered: Mapping[str, EnteredFact],
    now: dt.datetime,
) -> None:
    """Enter facts of a round at a stage (`filed`, `reviewed`), over what was entered there under the same names.

    Values come checked by the scorer; evidence must be of the case and stand.
    """
    if not entered:
        return
    _require_evidence(connection, case_id, {one for fact in entered.values() for one in fact.evidence_ids})
    rows = [
        {
            "case_id": case_id,
            "round": round_,
            "stage": stage,
            "fact": name,
            "value": fact.value,
            "note": fact.note,
            "evidence": list(dict.fromkeys(fact.evidence_ids)),
            "entered_by": actor.id,
            "entered_at": now,
        }
        for name, fact in entered.items()
    ]
    connection.execute(_ENTER_FACTS[connection.dialect.name], rows)


def keep_file(connection: Connection, received: Received, now: dt.datetime) -> int:
    """Return the row of a content, locked: uploads of the same content wait for each other, so none is added twice."""
    stored, sniffed = received.stored, received.sniffed
    values = {"sha256": stored.sha256, "size": stored.size, "stored_at": now}
    kind = {"media_type": sniffed.media_type, "extension": sniffed.extension}
    connection.execute(_ADD_FILE[connection.dialect.name], {**values, **kind})
    return int(connection.execute(_LOCK_FILE, {"sha256": stored.sha256}).scalar_one())


def _add(
    connection: Connection,
    actor: Actor,
    place: _Place,
    content: Mapping[str, object],
    organisation_id: int,
    now: dt.datetime,
) -> Evidence:
    before = _find_superseded(connection, place)
    where = {"case_id": place.case_id, "indicator": place.indicator, "requirement": place.requirement}
    same = connection.execute(_FIND_SAME, {**where, "file_id": content["file_id"], "link": content["link"]}).scalar()
    if same is not None:
        return get_evidence(connection, same)
    if before is not None and not before.is_current:
        raise EvidenceRefused(Message("“{name}” is withdrawn or has a newer version already", name=before.name))
    values = {
        **where,
        **content,
        "number": 1 if before is None else before.number + 1,
        "supersedes": place.supersedes,
        "uploaded_by": actor.id,
        "uploaded_at": now,
        "organisation_id": organisation_id,
        "reason": "",
    }
    added = connection.execute(insert(evidence).values(values).returning(evidence.c.id))
    return get_evidence(connection, added.scalar_one())


def _find_superseded(connection: Connection, place: _Place) -> Evidence | None:
    if place.supersedes is None:
        return None
    connection.execute(_LOCK_EVIDENCE, {"id": place.supersedes})
    before = get_evidence(connection, place.supersedes)
    if (before.case_id, before.indicator, before.requirement) != (place.case_id, place.indicator, place.requirement):
        raise EvidenceRefused(Message("“{name}” is evidence of something else", name=before.name))
    return before


def _require_evidence(connection: Connection, case_id: int, ids: Iterable[int]) -> None:
    wanted = set(ids)
    if not wanted:
        return
    standing = select(evidence.c.id).where(
        evidence.c.case_id == case_id, evidence.c.id.in_(wanted), evidence.c.withdrawn_at.is_(None)
    )
    unknown = wanted - set(connection.execute(standing).scalars())
    if unknown:
        raise EvidenceRefused(Message("no evidence of this case: {ids}", ids=tuple(sorted(unknown))))
