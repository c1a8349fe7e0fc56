"""Reading contracts and periods."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, bindparam, select

from app.contracts.models import Contract, ContractPeriod, DutyRecord, contracts, duty_records, periods
from app.errors import Message, UnknownName, find_nearest

_BY_ID = select(contracts).where(contracts.c.id == bindparam("id"))
_DUTIES = select(duty_records).where(duty_records.c.contract_id == bindparam("id")).order_by(duty_records.c.id)
_LOCK = _BY_ID.with_for_update()


def get_contract(connection: Connection, contract_id: int) -> Contract:
    """Return a contract; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": contract_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown contract {name}", name=contract_id))
    return Contract(*row)


def lock_contract(connection: Connection, contract_id: int) -> Contract:
    """Return a contract, locked until the transaction ends: points and money of one contract are posted in turn."""
    return Contract(*connection.execute(_LOCK, {"id": contract_id}).one())


def get_contract_by_code(connection: Connection, code: str) -> Contract:
    """Return a contract by its code; `UnknownName` with the nearest known ones."""
    row = connection.execute(select(contracts).where(contracts.c.code == code)).one_or_none()
    if row is not None:
        return Contract(*row)
    nearest = find_nearest(code, connection.execute(select(contracts.c.code)).scalars())
    raise UnknownName(Message("unknown contract {name}; nearest: {nearest}", name=code, nearest=nearest), nearest)


def list_contracts(connection: Connection) -> list[Contract]:
    """Return all contracts, by code."""
    return [Contract(*row) for row in connection.execute(select(contracts).order_by(contracts.c.code))]


def map_duty_records(connection: Connection, contract_id: int) -> dict[str, DutyRecord]:
    """Return what stands recorded of a contract's duties, by the duty's code."""
    rows = connection.execute(_DUTIES, {"id": contract_id})
    return {one.duty: one for one in (DutyRecord(*row) for row in rows)}


def get_duty_record(connection: Connection, record_id: int) -> DutyRecord:
    """Return a record of a duty; `UnknownName` when there is none."""
    row = connection.execute(select(duty_records).where(duty_records.c.id == record_id)).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown record {name}", name=record_id))
    return DutyRecord(*row)


def list_periods(connection: Connection, contract_id: int) -> list[ContractPeriod]:
    """Return a contract's periods in order of time."""
    found = select(periods).where(periods.c.contract_id == contract_id).order_by(periods.c.start)
    return [ContractPeriod(*row) for row in connection.execute(found)]


def list_periods_to_open(connection: Connection, day: dt.date, limit: int = 500) -> list[ContractPeriod]:
    """Return the periods of live contracts that are over by a day and have no case yet, oldest first."""
    found = (
        select(periods)
        .join(contracts)
        .where(periods.c.opened_at.is_(None), periods.c.cancelled_at.is_(None), periods.c.opens <= day)
        .where(contracts.c.state.in_(("active", "termination_proposed")))
        .order_by(periods.c.opens, periods.c.id)
        .limit(limit)
    )
    return [ContractPeriod(*row) for row in connection.execute(found)]
