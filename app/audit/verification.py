"""Finding out whether the audit trail still is what was written: edits, deletes, changes of order, tails cut off.

Entries are read once, in the order of chain and place, and never held: memory grows with what was sealed, not with
them. A cut tail leaves a chain that is right in itself; it is found by the seals, by heads kept elsewhere (a case's own
row) and, where seals were cut too, by their anchors outside the database.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from sqlalchemy import Connection, Table, Text, TypeDecorator, select, type_coerce
from sqlalchemy.engine.interfaces import Dialect

from app.audit.models import Anchor, AuditEntry, Finding, Seal, audit_entries, audit_seals
from app.audit.rules import EMPTY, Head, hash_entry, hash_seal, write_moment
from app.errors import KaoheError, Message

Sealed = dict[str, dict[int, str]]
"""The hashes that were sealed, by chain and place."""
Row = TypeVar("Row")
_AT_ONCE = 1000


class _AnyMoment(TypeDecorator[dt.datetime]):
    """A moment, or None for a text that is none: SQLite lets a tamperer write anything."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: object, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC, None where none can be read."""
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC)
        try:
            return dt.datetime.fromisoformat(str(value)).replace(tzinfo=dt.UTC)
        except ValueError:
            return None


def make_anchor(seal: Seal) -> str:
    """Return the line to be kept outside the database: `organisation moment hash`."""
    return f"{seal.organisation_id} {write_moment(seal.at)} {seal.hash}"


def read_anchor(line: str) -> Anchor:
    """Return the anchor of a line; `KaoheError` when it is none."""
    try:
        organisation_id, at, digest = line.split()
        return Anchor(int(organisation_id), dt.datetime.fromisoformat(at), digest)
    except ValueError:
        raise KaoheError(Message("not an anchor of the audit trail: {line}", line=line.strip())) from None


def verify_chains(
    connection: Connection, anchors: Iterable[Anchor] = (), expected_heads: Mapping[str, Head] | None = None
) -> list[Finding]:
    """Return everything that doesn't hold in the whole trail, seals first; an empty list when it is whole.

    `expected_heads` must be of the same moment: read them in this transaction, REPEATABLE READ on PostgreSQL, or
    while nobody writes.
    """
    findings, sealed = check_seals(_stream(connection, audit_seals, Seal), anchors)
    entries = _stream(connection, audit_entries, AuditEntry)
    findings.extend(check_entries(entries, sealed, expected_heads or {}))
    return findings


def check_seals(seals: Iterable[Seal], anchors: Iterable[Anchor] = ()) -> tuple[list[Finding], Sealed]:
    """Check seals given in their order; return what doesn't hold, and what was sealed."""
    findings: list[Finding] = []
    last: dict[int, str] = {}
    sealed: Sealed = {}
    awaited = {(anchor.organisation_id, anchor.hash): anchor for anchor in anchors}
    for seal in seals:
        messages = [*_check_seal(seal, last.get(seal.organisation_id, EMPTY.hash)), *_note_heads(seal, sealed)]
        findings.extend(Finding(f"seal:{seal.organisation_id}", seal.id, message) for message in messages)
        last[seal.organisation_id] = seal.hash
        awaited.pop((seal.organisation_id, seal.hash), None)
    for anchor in awaited.values():
        text = Message("the anchored seal {hash} is missing", hash=anchor.hash)
        findings.append(Finding(f"seal:{anchor.organisation_id}", 0, text))
    return findings, sealed


def _check_seal(seal: Seal, previous_hash: str) -> Iterator[Message]:
    if hash_seal(seal.organisation_id, seal.at, seal.heads, seal.previous_hash) != seal.hash:
        yield Message("the seal was changed")
    if seal.previous_hash != previous_hash:
        yield Message("the seal doesn't follow the one before it")


def _note_heads(seal: Seal, sealed: Sealed) -> Iterator[Message]:
    """Add what a seal says to what was sealed; yield where two seals say different things of one entry."""
    for chain, head in _read_heads(seal.heads).items():
        if sealed.setdefault(chain, {}).setdefault(head.place, head.hash) != head.hash:
            text = Message("entry {place} of {chain} was sealed otherwise before", place=head.place, chain=chain)
            yield text


def _read_heads(text: str) -> dict[str, Head]:
    """Return the heads of a seal; none where the text was made unreadable, which its hash tells anyway."""
    try:
        return {chain: Head(int(place), str(digest)) for chain, (place, digest) in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def check_entries(
    entries: Iterable[AuditEntry], sealed: Mapping[str, Mapping[int, str]], expected_heads: Mapping[str, Head]
) -> Iterator[Finding]:
    """Yield what doesn't hold in entries given by chain and place, and chains that are gone altogether."""
    awaited = {*sealed, *(name for name, one in expected_heads.items() if one != EMPTY)}
    chain, head = "", EMPTY
    for entry in entries:
        if entry.chain != chain:
            yield from _check_end(chain, head, sealed, expected_heads)
            chain, head = entry.chain, EMPTY
            awaited.discard(chain)
        yield from (Finding(chain, entry.place, text) for text in _check_entry(entry, head, sealed.get(chain, {})))
        head = Head(entry.place if isinstance(entry.place, int) else head.place + 1, entry.hash)
    yield from _check_end(chain, head, sealed, expected_heads)
    for name in sorted(awaited):
        yield from _check_end(name, EMPTY, sealed, expected_heads)


def _check_entry(entry: AuditEntry, before: Head, sealed: Mapping[int, str]) -> Iterator[Message]:
    if _hash(entry) != entry.hash:
        yield Message("the entry was changed")
    if entry.place != before.place + 1:
        yield Message("entry {place} stands where {expected} should", place=entry.place, expected=before.place + 1)
    elif entry.previous_hash != before.hash:
        yield Message("the entry doesn't follow the one before it")
    if sealed.get(entry.place, entry.hash) != entry.hash:
        yield Message("the entry isn't the one that was sealed")


def _check_end(
    chain: str, head: Head, sealed: Mapping[str, Mapping[int, str]], expected_heads: Mapping[str, Head]
) -> Iterator[Finding]:
    last = max(sealed.get(chain, ()), default=0)
    if head.place < last:
        text = Message("entries {first} to {last} are missing", first=head.place + 1, last=last)
        yield Finding(chain, head.place, text)
    kept = expected_heads.get(chain, head)
    if head != kept:
        text = Message("the last entry is {found}, its owner knows another {kept}", found=head.place, kept=kept.place)
        yield Finding(chain, head.place, text)


def _hash(entry: AuditEntry) -> str:
    return hash_entry(
        entry.chain,
        entry.place,
        entry.at,
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.details,
        entry.previous_hash,
    )


def _stream(connection: Connection, table: Table, make: Callable[..., Row]) -> Iterator[Row]:
    order = (table.c.chain, table.c.place, table.c.id) if table is audit_entries else (table.c.id,)
    columns = [type_coerce(one, _AnyMoment).label(one.name) if one.name == "at" else one for one in table.columns]
    statement = select(*columns).order_by(*order).execution_options(yield_per=_AT_ONCE)
    return (make(*row) for row in connection.execute(statement))
