"""Tables and values of contracts and their periods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from app.db import Id, Json, Moment, Money, metadata

LONGEST_DOCUMENT = 300
STATES = ("active", "termination_proposed", "terminated", "settled")

contracts = Table(
    "contracts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("authority_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("vendor_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("start", Date, nullable=False),
    Column("years", Integer, nullable=False),
    Column("annual_fee", Money, nullable=False),
    Column("fees", Json, nullable=False),
    Column("paid", Money, nullable=False),
    Column("opening", Json, nullable=False),
    Column("state", String(30), nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    CheckConstraint("years BETWEEN 1 AND 30", name="years"),
    CheckConstraint("annual_fee >= 0 AND paid >= 0", name="money"),
)

periods = Table(
    "periods",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("code", String(10), nullable=False),
    Column("year", Integer, nullable=False),
    Column("part", String(4), nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("opens", Date, nullable=False),
    Column("rubric", String(60), nullable=False),
    Column("rubric_version", Integer, nullable=False),
    Column("opened_at", Moment),
    Column("cancelled_at", Moment),
    UniqueConstraint("contract_id", "code"),
)
Index(
    "ix_periods_waiting",
    periods.c.opens,
    sqlite_where=periods.c.opened_at.is_(None),
    postgresql_where=periods.c.opened_at.is_(None),
)


duty_records = Table(
    "duty_records",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("duty", String(60), nullable=False),
    Column("is_met", Boolean, nullable=False),
    Column("met_on", Date),
    Column("document", String(LONGEST_DOCUMENT), nullable=False),
    Column("file_id", ForeignKey("files.id")),
    Column("file_name", String(200), nullable=False),
    Column("recorded_by", ForeignKey("people.id"), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("is_met = (met_on IS NOT NULL)", name="met_on"),
    Index("ix_duty_records_contract_id", "contract_id", "duty", "id"),
)


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """What somebody recorded of a duty of the whole term that no fact counts; the newest of a duty stands.

    `document`: what proves that it is met (a certificate with its number), or why an earlier record is taken back.
    """

    id: int
    contract_id: int
    duty: str
    is_met: bool
    met_on: dt.date | None
    document: str
    file_id: int | None
    file_name: str
    recorded_by: int
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract: fee of a year and what of each year is already paid in CNY; `opening`: balances by quarter code.

    `fees`: fees of a year that were agreed later (补充协议), in CNY, by the contract year from which each applies.
    """

    id: int
    code: str
    name: str
    programme: str
    programme_version: int
    authority_id: int
    vendor_id: int
    start: dt.date
    years: int
    annual_fee: Decimal
    fees: dict[str, Decimal]
    paid: Decimal
    opening: dict[str, dict[str, object]]
    state: str
    created_at: dt.datetime

    def get_fee(self, year: int) -> Decimal:
        """Return the fee of a contract year in CNY."""
        agreed = [int(start) for start in self.fees if int(start) <= year]
        return self.fees[str(max(agreed))] if agreed else self.annual_fee


@dataclass(frozen=True, slots=True)
class ContractPeriod:
    """A quarter of a contract, both days included; its case opens on `opens` (每满三个月)."""

    id: int
    contract_id: int
    code: str
    year: int
    part: str
    start: dt.date
    end: dt.date
    opens: dt.date
    rubric: str
    rubric_version: int
    opened_at: dt.datetime | None
    cancelled_at: dt.datetime | None
