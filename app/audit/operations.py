"""Adding to the audit trail: entries and seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, bindparam, func, insert, select

from app.audit.models import Seal, audit_entries, audit_seals
from app.audit.queries import find_head, find_last_seal, list_heads
from app.audit.rules import EMPTY, Head, chain_entry, hash_seal, write_details
from app.audit.values import Actor

Entry = tuple[Actor | None, str, Mapping[str, object]]
"""What is to be recorded: who did it (None: the system), the action's code, details."""

_INSERT = insert(audit_entries).inline()
_INSERT_SEAL = insert(audit_seals).returning(audit_seals.c.id)
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


def record(
    connection: Connection,
    chain: str,
    actor: Actor | None,
    action: str,
    details: Mapping[str, object],
    now: dt.datetime,
) -> Head:
    """Add one entry to a chain whose head nobody else keeps; other writers of that chain wait for this transaction."""
    _lock(connection, f"audit:{chain}")
    head = find_head(connection, chain) or EMPTY
    return append(connection, head, chain, [(actor, action, details)], now)


def append(connection: Connection, head: Head, chain: str, entries: Iterable[Entry], now: dt.datetime) -> Head:
    """Add entries to a chain by one INSERT and return its new head, for a caller that keeps the head and its lock."""
    rows = []
    for actor, action, details in entries:
        row, head = chain_entry(head, chain, now, actor, action, details)
        rows.append(row)
    if rows:
        connection.execute(_INSERT, rows)
    return head


def seal_chains(
    connection: Connection, chains_by_organisation: Mapping[int, Collection[str]], now: dt.datetime
) -> list[Seal]:
    """Seal the heads of chains, per organisation, and return the seals made, in the order of organisations.

    Chains without entries are passed over; an organisation left with none gets no seal.
    """
    made = []
    for organisation_id in sorted(chains_by_organisation):
        _lock(connection, f"seal:{organisation_id}")
        heads = list_heads(connection, chains_by_organisation[organisation_id])
        if heads:
            made.append(_seal(connection, organisation_id, heads, now))
    return made


def _seal(connection: Connection, organisation_id: int, heads: Mapping[str, Head], now: dt.datetime) -> Seal:
    last = find_last_seal(connection, organisation_id)
    previous_hash = EMPTY.hash if last is None else last.hash
    text = write_details(heads)
    digest = hash_seal(organisation_id, now, text, previous_hash)
    values = {
        "organisation_id": organisation_id,
        "at": now,
        "heads": text,
        "previous_hash": previous_hash,
        "hash": digest,
    }
    number = connection.execute(_INSERT_SEAL, values).scalar_one()
    return Seal(number, organisation_id, now, text, previous_hash, digest)


def _lock(connection: Connection, name: str) -> None:
    """Let one transaction at a time continue a chain; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"name": name})
