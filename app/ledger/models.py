"""Tables and values of the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

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

payments = Table(
    "payments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("amount", Money, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("voucher", String(100), nullable=False),
    Column("reverses", ForeignKey("payments.id"), unique=True),
    Column("note", Text, nullable=False),
    Column("recorded_by", ForeignKey("people.id"), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("amount <> 0 AND (reverses IS NULL) = (amount > 0)", name="amount"),
    Index("ix_payments_case_id", "case_id", "id"),
)

GUARDED = (ledger_events, ledger_entries, payments)
for _table in GUARDED:
    guard_append_only(_table)

GUARDS: tuple[tuple[str, str], ...] = tuple(
    (dialect, statement)
    for table in GUARDED
    for dialect, statements in make_append_only_guards(table.name).items()
    for statement in statements
)
"""Statements that guard the tables, each with its dialect, for the migration that creates them."""


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


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a settlement in CNY, on a day in China; `reverses` names the payment that a negative one takes back.

    `note`: of a payment what finance remarks, of a reversal its reason.
    """

    id: int
    case_id: int
    amount: Decimal
    paid_on: dt.date
    voucher: str
    reverses: int | None
    note: str
    recorded_by: int
    recorded_at: dt.datetime
    recorder: str
