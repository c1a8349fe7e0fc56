"""Tables and values of the audit trail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from app.audit.guards import guard_append_only, make_append_only_guards
from app.audit.rules import Head
from app.db import Id, Moment, metadata
from app.errors import Message

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chain", String(100), nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor_id", Id),
    Column("actor_name", String(100), nullable=False),
    Column("action", String(60), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("chain", "place"),
    # Rows come in the order of time: a block range index finds a day and costs next to nothing to keep.
    Index("ix_audit_entries_at", "at", postgresql_using="brin"),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organisation_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("heads", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    # Two seals after the same one would be a fork.
    UniqueConstraint("organisation_id", "previous_hash"),
)

GUARDED = (audit_entries, audit_seals)
for _table in GUARDED:
    guard_append_only(_table)

GUARDS: tuple[tuple[str, str], ...] = tuple(
    (dialect, statement)
    for table in GUARDED
    for dialect, statements in make_append_only_guards(table.name).items()
    for statement in statements
)
"""Statements that guard the two tables, each with its dialect, for the migration that creates them."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry: who did what when, as text and numbers of that time; `details` is canonical JSON."""

    id: int
    chain: str
    place: int
    at: dt.datetime
    actor_id: int | None
    actor_name: str
    action: str
    details: str
    previous_hash: str
    hash: str

    @property
    def head(self) -> Head:
        """The entry as the last link of its chain."""
        return Head(self.place, self.hash)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal over the heads of an organisation's chains that changed; `heads` is JSON: chain → [place, hash]."""

    id: int
    organisation_id: int
    at: dt.datetime
    heads: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is kept of a seal outside the database: whose, when, its hash."""

    organisation_id: int
    at: dt.datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the trail doesn't hold; organisation 3's seals are the chain `seal:3`, their places row numbers."""

    chain: str
    place: int
    message: Message
