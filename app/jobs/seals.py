"""The audit trail sealed every hour, an anchor of each seal kept outside the database, and the whole trail checked."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, select

from app.audit.models import Finding, Seal
from app.audit.operations import seal_chains
from app.audit.queries import find_last_seal, list_changed_chains
from app.audit.rules import Head
from app.audit.verification import make_anchor, read_anchor, verify_chains
from app.cases.models import cases
from app.contracts.models import contracts
from app.db import transaction
from app.identity.models import organisations, people
from app.identity.queries import list_organisations

EVERY = dt.timedelta(hours=1)
LATE_ENTRIES = dt.timedelta(minutes=10)
"""How long before a seal entries may have been written that only show after it: a transaction takes no longer."""
PLATFORM = 0
"""Whose seals hold what belongs to no organisation."""
ANCHORS = "anchors.txt"
AT_ONCE = 500
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_OWNERS: dict[str, tuple[Column[int], Column[int]]] = {
    "case": (cases.c.id, cases.c.authority_id),
    "contract": (contracts.c.id, contracts.c.authority_id),
    "person": (people.c.id, people.c.organisation_id),
    "organisation": (organisations.c.id, organisations.c.id),
}
"""Whose a chain is, by the first part of its name."""


def seal_when_due(now: dt.datetime, anchors: Path, every: dt.timedelta = EVERY) -> list[Seal]:
    """Seal what changed, for each organisation whose last seal is old enough; keep the anchors, once it is certain."""
    with transaction() as connection:
        made = seal_chains(connection, _list_chains(connection, now, every), now)
    keep_anchors(anchors, made)
    return made


def keep_anchors(path: Path, seals: Iterable[Seal]) -> None:
    """Append the anchors of seals to a file and see it written to the disk."""
    lines = "".join(f"{make_anchor(seal)}\n" for seal in seals)
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def verify_trail(connection: Connection, anchor_lines: Iterable[str]) -> list[Finding]:
    """Return everything that doesn't hold in the whole trail: chains, seals, anchors, the heads that cases keep.

    Nobody may write in between: on PostgreSQL the connection must read one snapshot (REPEATABLE READ).
    """
    anchors = [read_anchor(line) for line in anchor_lines if line.strip()]
    heads = select(cases.c.id, cases.c.audit_place, cases.c.audit_hash)
    kept = {f"case:{number}": Head(place, digest) for number, place, digest in connection.execute(heads)}
    return verify_chains(connection, anchors, kept)


def _list_chains(connection: Connection, now: dt.datetime, every: dt.timedelta) -> dict[int, list[str]]:
    """Return the chains to seal by organisation: those with entries since shortly before its last seal."""

    @cache
    def list_changed(since: dt.datetime) -> list[tuple[str, int]]:
        chains = list_changed_chains(connection, since)
        owners = dict(_find_owners(connection, chains))
        return [(chain, owners.get(chain, PLATFORM)) for chain in chains]

    wanted: dict[int, list[str]] = {}
    for organisation_id in (PLATFORM, *(one.id for one in list_organisations(connection))):
        last = find_last_seal(connection, organisation_id)
        if last is None or now - last.at >= every:
            since = EARLIEST if last is None else last.at - LATE_ENTRIES
            wanted[organisation_id] = [chain for chain, owner in list_changed(since) if owner == organisation_id]
    return wanted


def _find_owners(connection: Connection, chains: list[str]) -> Iterator[tuple[str, int]]:
    """Yield each chain with the organisation that it belongs to; one of an unknown kind belongs to none."""
    for kind, (number, owner) in _OWNERS.items():
        ids = [int(chain.partition(":")[2]) for chain in chains if chain.startswith(f"{kind}:")]
        for start in range(0, len(ids), AT_ONCE):
            found = select(number, owner).where(number.in_(ids[start : start + AT_ONCE]))
            yield from ((f"{kind}:{one}", organisation_id) for one, organisation_id in connection.execute(found))
