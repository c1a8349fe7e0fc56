"""Reading the ledger."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from app.cases.models import cases
from app.identity.models import people
from app.ledger.models import LedgerEntry, LedgerEvent, Payment, ledger_entries, ledger_events, payments

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

_PAYMENTS = select(*payments.columns, people.c.name).join(people, people.c.id == payments.c.recorded_by)
_PAYMENTS_OF_CASE = _PAYMENTS.where(payments.c.case_id == bindparam("id")).order_by(payments.c.id)
_PAYMENTS_OF_CONTRACT = (
    _PAYMENTS.join(cases, cases.c.id == payments.c.case_id)
    .where(cases.c.contract_id == bindparam("id"))
    .order_by(payments.c.id)
)


def list_entries(connection: Connection, contract_id: int) -> list[LedgerEntry]:
    """Return a contract's entries in the order in which they were posted."""
    return [LedgerEntry(*row) for row in connection.execute(_ENTRIES, {"id": contract_id})]


def list_events(connection: Connection, contract_id: int) -> list[LedgerEvent]:
    """Return what bound points or money of a contract, in the order in which it happened."""
    return [LedgerEvent(*row) for row in connection.execute(_EVENTS, {"id": contract_id})]


def list_payments(connection: Connection, case_id: int) -> list[Payment]:
    """Return the payments of a settlement with what was taken back, in the order in which they were recorded."""
    return [Payment(*row[:-1], *row[-1:]) for row in connection.execute(_PAYMENTS_OF_CASE, {"id": case_id})]


def list_payments_of_contract(connection: Connection, contract_id: int) -> list[Payment]:
    """Return the payments of all settlements of a contract, in the order in which they were recorded."""
    return [Payment(*row[:-1], *row[-1:]) for row in connection.execute(_PAYMENTS_OF_CONTRACT, {"id": contract_id})]
