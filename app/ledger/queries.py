"""Reading the ledger."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from app.ledger.models import LedgerEntry, LedgerEvent, ledger_entries, ledger_events

_ENTRIES = (
    select(*[column for column in ledger_entries.columns if column.name not in ("id", "contract_id")])
    .where(ledger_entries.c.contract_id == bindparam("id"))
    .order_by(ledger_entries.c.place)
)
_EVENTS = (
    select(*[column for column in ledger_events.columns if column.name not in ("id", "contract_id")])
    .where(ledger_events.c.contract_id == bindparam("id"))
    .order_by(ledger_events.c.place)
)


def list_entries(connection: Connection, contract_id: int) -> list[LedgerEntry]:
    """Return a contract's entries in the order in which they were posted."""
    return [LedgerEntry(*row) for row in connection.execute(_ENTRIES, {"id": contract_id})]


def list_events(connection: Connection, contract_id: int) -> list[LedgerEvent]:
    """Return what bound points or money of a contract, in the order in which it happened."""
    return [LedgerEvent(*row) for row in connection.execute(_EVENTS, {"id": contract_id})]
