"""Reading the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, bindparam, func, select

from app.audit.models import AuditEntry, Seal, audit_entries, audit_seals
from app.audit.rules import Head

_CHAINS_AT_ONCE = 500
_CHAIN = select(audit_entries).where(audit_entries.c.chain == bindparam("chain")).order_by(audit_entries.c.place)
_HEAD = (
    select(audit_entries.c.place, audit_entries.c.hash)
    .where(audit_entries.c.chain == bindparam("chain"))
    .order_by(audit_entries.c.place.desc())
    .limit(1)
)
_LAST_PLACES = (
    select(audit_entries.c.chain, func.max(audit_entries.c.place).label("place"))
    .where(audit_entries.c.chain.in_(bindparam("chains", expanding=True)))
    .group_by(audit_entries.c.chain)
    .subquery()
)
_HEADS = select(audit_entries.c.chain, audit_entries.c.place, audit_entries.c.hash).join(
    _LAST_PLACES,
    (audit_entries.c.chain == _LAST_PLACES.c.chain) & (audit_entries.c.place == _LAST_PLACES.c.place),
)
_LAST_SEAL = (
    select(audit_seals)
    .where(audit_seals.c.organisation_id == bindparam("organisation_id"))
    .order_by(audit_seals.c.id.desc())
    .limit(1)
)
_CHANGED = (
    select(audit_entries.c.chain)
    .where(audit_entries.c.at >= bindparam("since"))
    .distinct()
    .order_by(audit_entries.c.chain)
)


def list_entries(connection: Connection, chain: str) -> list[AuditEntry]:
    """Return a chain's entries, oldest first."""
    return [AuditEntry(*row) for row in connection.execute(_CHAIN, {"chain": chain})]


def list_recent_entries(
    connection: Connection,
    *,
    most: int = 100,
    before_id: int | None = None,
    chain: str | None = None,
    actor_id: int | None = None,
    from_: dt.datetime | None = None,
    to: dt.datetime | None = None,
) -> list[AuditEntry]:
    """Return at most `most` entries, newest first, of a chain, an actor or a stretch of time [from, to) where given.

    `before_id`: continue below this row number, for the next page.
    """
    table = audit_entries.c
    wanted = [
        None if before_id is None else table.id < before_id,
        None if chain is None else table.chain == chain,
        None if actor_id is None else table.actor_id == actor_id,
        None if from_ is None else table.at >= from_,
        None if to is None else table.at < to,
    ]
    where = [one for one in wanted if one is not None]
    found = connection.execute(select(audit_entries).where(*where).order_by(table.id.desc()).limit(most))
    return [AuditEntry(*row) for row in found]


def find_head(connection: Connection, chain: str) -> Head | None:
    """Return the last link of a chain, None when it has no entries."""
    row = connection.execute(_HEAD, {"chain": chain}).one_or_none()
    return None if row is None else Head(*row)


def list_heads(connection: Connection, chains: Collection[str]) -> dict[str, Head]:
    """Return the last links of those chains that have entries, by name, in the order of names."""
    found: dict[str, Head] = {}
    for some in _split(sorted(set(chains))):
        found |= {row.chain: Head(row.place, row.hash) for row in connection.execute(_HEADS, {"chains": some})}
    return dict(sorted(found.items()))


def list_changed_chains(connection: Connection, since: dt.datetime) -> list[str]:
    """Return the chains with an entry at or after a moment, by name.

    Entries show once their transaction ends: ask from a while before the last seal, sealing twice does no harm.
    """
    return list(connection.execute(_CHANGED, {"since": since}).scalars())


def find_last_seal(connection: Connection, organisation_id: int) -> Seal | None:
    """Return an organisation's newest seal, None before the first."""
    row = connection.execute(_LAST_SEAL, {"organisation_id": organisation_id}).one_or_none()
    return None if row is None else Seal(*row)


def _split(chains: list[str]) -> Iterator[list[str]]:
    """Yield the names in portions that a statement's parameters can hold."""
    for start in range(0, len(chains), _CHAINS_AT_ONCE):
        yield chains[start : start + _CHAINS_AT_ONCE]
