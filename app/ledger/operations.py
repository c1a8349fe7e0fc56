"""Posting to the ledger; nothing here changes or deletes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, insert

from app.ledger.models import ledger_entries, ledger_events, payments
from app.scoring.consequences.entries import Entry

_INSERT_ENTRY = insert(ledger_entries)
_INSERT_EVENT = insert(ledger_events)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment to be recorded, or with `reverses` one that takes another back."""

    amount: Decimal
    paid_on: dt.date
    voucher: str
    note: str = ""
    reverses: int | None = None


def add_event(
    connection: Connection,
    contract_id: int,
    place: int,
    kind: str,
    case_id: int,
    data: Mapping[str, object],
    now: dt.datetime,
) -> None:
    """Append what binds points or money; a second event at one place is refused by the database."""
    values = {"contract_id": contract_id, "place": place, "kind": kind, "case_id": case_id, "data": data, "at": now}
    connection.execute(_INSERT_EVENT, values)


def post_entries(
    connection: Connection,
    contract_id: int,
    first_place: int,
    entries: Sequence[Entry],
    case_id: int | None,
    now: dt.datetime,
) -> None:
    """Append entries from a place on; a second entry at one place is refused by the database."""
    rows = [
        {
            "contract_id": contract_id,
            "place": place,
            "quarter": entry.quarter,
            "kind": entry.kind,
            "points": entry.points,
            "money": entry.money,
            "cause": entry.cause,
            "reverses": entry.reverses,
            "case_id": case_id,
            "posted_at": now,
        }
        for place, entry in enumerate(entries, first_place)
    ]
    if rows:
        connection.execute(_INSERT_ENTRY, rows)


def add_payment(connection: Connection, case_id: int, new: NewPayment, recorded_by: int, now: dt.datetime) -> int:
    """Append a payment and return its number; a second reversal of one payment is refused by the database."""
    values = {name: getattr(new, name) for name in NewPayment.__slots__}
    values |= {"case_id": case_id, "recorded_by": recorded_by, "recorded_at": now}
    return int(connection.execute(insert(payments).values(values).returning(payments.c.id)).scalar_one())
