"""The audit trail sealed every hour, an anchor of each seal kept outside the database, and the whole trail checked."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, select

from app.audit.models import Finding, Seal, audit_seals
from app.audit.operations import seal_chains
from app.audit.queries import find_last_seal, list_changed_chains
from app.audit.rules import Head
from app.audit.verification import make_anchor, read_anchor, verify_chains
from app.cases.models import cases
from app.contracts.models import contracts
from app.db import reading, transaction
from app.identity.models import organisations, people
from app.identity.queries import list_organisations

EVERY = dt.timedelta(hours=1)
LATE_ENTRIES = dt.timedelta(minutes=10)
"""How long before a seal entries may have been written that only show after it: a transaction takes no longer."""
PLATFORM = 0
"""Whose seals hold what belongs to no organisation."""
ANCHORS = "anchors.txt"
AT_ONCE = 500
MOST_LINE_BYTES = 4096
WHOLE_ANCHOR = re.compile(rb"\d+ \S+ [0-9a-f]{64}")
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_OWNERS: dict[str, tuple[Column[int], Column[int]]] = {
    "case": (cases.c.id, cases.c.authority_id),
    "contract": (contracts.c.id, contracts.c.authority_id),
    "person": (people.c.id, people.c.organisation_id),
    "organisation": (organisations.c.id, organisations.c.id),
}
"""Whose a chain is, by the first part of its name."""


def seal_when_due(now: dt.datetime, anchors: Path, every: dt.timedelta = EVERY) -> list[Seal]:
    """Seal what changed, for each organisation whose last seal is old enough; keep the anchors, once it is certain.

    Anchors of newer seals that a crash kept from the file are added first; `restore_anchors` looks at all of them.
    """
    restore_anchors(anchors, most=AT_ONCE)
    with transaction() as connection:
        made = seal_chains(connection, _list_chains(connection, now, every), now)
    keep_anchors(anchors, made)
    return made


def restore_anchors(path: Path, most: int | None = None) -> int:
    """Add to the file the anchors of seals (of the newest `most`) that it lacks; return how many.

    A process that ends between the commit of its seals and the file leaves such a gap.
    """
    _mend_end(path)
    kept = _read_hashes(path)
    newest = select(audit_seals.c.id, audit_seals.c.hash).order_by(audit_seals.c.id.desc()).limit(most)
    with reading() as connection:
        missing = sorted(row.id for row in connection.execute(newest) if row.hash not in kept)
        for start in range(0, len(missing), AT_ONCE):
            some = select(audit_seals).where(audit_seals.c.id.in_(missing[start : start + AT_ONCE]))
            keep_anchors(path, [Seal(*row) for row in connection.execute(some.order_by(audit_seals.c.id))])
    return len(missing)


def _read_hashes(path: Path) -> set[str]:
    """Return the hashes of all seals that a file of anchors names."""
    if not path.is_file():
        return set()
    with path.open(encoding="ascii", errors="replace") as file:
        return {line.split()[-1] for line in file if line.strip()}


def _mend_end(path: Path) -> None:
    """End a last line that a crash broke off: a whole anchor is kept, a part of one is removed."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, end - MOST_LINE_BYTES))
        tail = file.read()
        last = tail.rpartition(b"\n")[2]
        if not last:
            return
        if WHOLE_ANCHOR.fullmatch(last):
            file.write(b"\n")
        else:
            file.truncate(start + len(tail) - len(last))


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


def read_anchors(path: Path) -> list[str]:
    """Return the lines of a file of anchors; none before the first seal."""
    return path.read_text("ascii", errors="replace").splitlines() if path.is_file() else []


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
