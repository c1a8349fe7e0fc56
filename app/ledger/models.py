"""Tables and values of the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from app.audit.guards import guard_append_only, make_append_only_guards
from app.db import Id, Json, Moment, Money, Points, metadata

EVENT_KINDS = ("approved", "appealed", "decided", "settled")
KINDS = ("points", "money", "held", "released", "reversal", "settlement")

ledger_events = Table(
    "ledger_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("data", Json, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint(f"kind IN {EVENT_KINDS}", name="kind"),
    UniqueConstraint("contract_id", "place"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("quarter", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("points", Points, nullable=False),
    Column("money", Money, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("reverses", Integer),
    Column("case_id", ForeignKey("cases.id")),
    Column("posted_at", Moment, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    UniqueConstraint("contract_id", "place"),
)

GUARDED = (ledger_events, ledger_entries)
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
class LedgerEvent:
    """What binds points or money: an approval with its settled facts, an appeal, a decision, a settlement, in order."""

    place: int
    kind: str
    case_id: int
    data: dict[str, object]
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry as posted: points lost or held, CNY deducted or released; `reverses` is a place in the ledger."""

    place: int
    quarter: str
    kind: str
    points: Decimal
    money: Decimal
    cause: str
    reverses: int | None
    case_id: int | None
    posted_at: dt.datetime
