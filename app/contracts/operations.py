"""Adding contracts and marking what becomes of them and their periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import Connection, bindparam, insert, select, update

from app.audit.operations import record
from app.audit.values import Actor
from app.calendar.contract_periods import get_contract_quarter
from app.contracts.models import Contract, ContractPeriod, contracts, duty_records, periods
from app.contracts.queries import get_contract
from app.db import insert_row
from app.errors import KaoheError, Message
from app.programmes.catalogue import get_catalogue
from app.programmes.definition import Programme

QUARTERS = ("Q1", "Q2", "Q3", "Q4")


class ContractRefused(KaoheError):
    """A contract that can't be right; `field` names the field."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Opening:
    """A quarter assessed before the contract came into the system: points and CNY deducted, caps used."""

    points_deducted: Decimal
    money_deducted: Decimal
    used_caps: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a contract says when it is added; `opening`: quarters already assessed elsewhere, by code from Y1Q1 on."""

    code: str
    name: str
    programme: str
    authority_id: int
    vendor_id: int
    start: dt.date
    years: int
    annual_fee: Decimal
    paid: Decimal = Decimal(0)
    opening: Mapping[str, Opening] = field(default_factory=dict)


def add_contract(connection: Connection, actor: Actor | None, new: NewContract, now: dt.datetime) -> Contract:
    """Add a contract and its periods; raise `ContractRefused` with the field that can't be right."""
    programme = get_catalogue().get_programme(new.programme)
    _check(connection, new, programme)
    opening = {
        code: {"points": one.points_deducted, "money": one.money_deducted, "caps": dict(one.used_caps)}
        for code, one in new.opening.items()
    }
    values = {name: getattr(new, name) for name in NewContract.__slots__ if name != "opening"}
    values |= {
        "programme_version": programme.version,
        "fees": {},
        "opening": opening,
        "state": "active",
        "created_at": now,
    }
    contract_id = insert_row(connection, contracts, values)
    connection.execute(insert(periods), list(_list_new_periods(contract_id, new, programme, now)))
    details = {"code": new.code, "annual_fee": str(new.annual_fee), "start": str(new.start), "years": new.years}
    record(connection, f"contract:{contract_id}", actor, "contract_added", details, now)
    return get_contract(connection, contract_id)


def _check(connection: Connection, new: NewContract, programme: Programme) -> None:
    if programme.consequences is None:
        text = Message("{programme} has no contract quarters", programme=new.programme)
        raise ContractRefused("programme", text)
    if not new.code.strip():
        raise ContractRefused("code", Message("a contract needs a code"))
    if connection.execute(select(contracts.c.id).where(contracts.c.code == new.code)).first() is not None:
        raise ContractRefused("code", Message("there is already a contract {code}", code=new.code))
    if new.authority_id == new.vendor_id:
        raise ContractRefused("vendor", Message("authority and vendor must be two organisations"))
    if not 1 <= new.years <= 30:
        raise ContractRefused("years", Message("a contract runs 1 to 30 years, not {years}", years=new.years))
    if new.annual_fee <= 0:
        raise ContractRefused("annual_fee", Message("the fee of a year must be above 0"))
    if not 0 <= new.paid <= new.annual_fee:
        raise ContractRefused("paid", Message("what is paid lies between 0 and the fee of a year"))
    expected = [f"Y{place // 4 + 1}{QUARTERS[place % 4]}" for place in range(len(new.opening))]
    if list(new.opening) != expected or len(expected) > new.years * len(QUARTERS):
        raise ContractRefused("opening", Message("opening balances are given for every quarter from Y1Q1 on, in order"))


def _list_new_periods(
    contract_id: int, new: NewContract, programme: Programme, now: dt.datetime
) -> Iterator[dict[str, object]]:
    catalogue = get_catalogue()
    for year in range(1, new.years + 1):
        for number, part in enumerate(QUARTERS, 1):
            quarter = get_contract_quarter(new.start, year, number)
            name = next(use.rubric for use in programme.rubrics if part in use.parts)
            begins = get_contract_quarter(new.start, year, 1).start
            yield {
                "contract_id": contract_id,
                "code": quarter.code,
                "year": year,
                "part": part,
                "start": quarter.start,
                "end": quarter.end,
                "opens": quarter.opens,
                "rubric": name,
                "rubric_version": catalogue.get_rubric(name, on=begins, contract_year=year).version,
                "opened_at": now if quarter.code in new.opening else None,
            }


_OPEN_PERIOD = (
    update(periods)
    .where(periods.c.id == bindparam("period_id"), periods.c.opened_at.is_(None))
    .values(opened_at=bindparam("at"))
)
_CANCEL_PERIODS = (
    update(periods)
    .where(periods.c.contract_id == bindparam("of_contract"), periods.c.opened_at.is_(None))
    .values(cancelled_at=bindparam("at"))
)
_SET_FEES = (
    update(contracts)
    .where(contracts.c.id == bindparam("contract_id"))
    .values(fees=bindparam("new_fees", type_=contracts.c.fees.type))
)
_BIND_VERSION = (
    update(periods)
    .where(
        periods.c.contract_id == bindparam("of_contract"),
        periods.c.year == bindparam("of_year"),
    )
    .values(rubric_version=bindparam("new_version"))
)
_SET_STATE = update(contracts).where(contracts.c.id == bindparam("contract_id")).values(state=bindparam("new_state"))


def mark_period_opened(connection: Connection, period_id: int, now: dt.datetime) -> bool:
    """Mark that a period has its case; False when it already had one."""
    return connection.execute(_OPEN_PERIOD, {"period_id": period_id, "at": now}).rowcount == 1


def set_contract_state(connection: Connection, contract_id: int, state: str) -> None:
    """Say where a contract stands (`models.STATES`)."""
    connection.execute(_SET_STATE, {"contract_id": contract_id, "new_state": state})


def cancel_periods(connection: Connection, contract_id: int, now: dt.datetime) -> int:
    """Cancel the periods of an ended contract that have no case yet; return how many."""
    values = {"of_contract": contract_id, "at": now}
    return connection.execute(_CANCEL_PERIODS, values).rowcount


def set_fees(connection: Connection, contract_id: int, fees: Mapping[str, Decimal]) -> None:
    """Write the fees of a year that were agreed later, by the contract year from which each applies."""
    connection.execute(_SET_FEES, {"contract_id": contract_id, "new_fees": dict(fees)})


def bind_rubric_version(connection: Connection, period: ContractPeriod) -> ContractPeriod:
    """Return a period with the rubric version of its year: the one in effect when the year's first quarter opens.

    A version that came meanwhile is taken over for the whole year then (后两年…适当进行调整); one that comes in the
    middle of a year waits for the next. Finished cases keep theirs.
    """
    if period.part != QUARTERS[0]:
        return period
    rubric = get_catalogue().get_rubric(period.rubric, on=period.start, contract_year=period.year)
    if rubric.version == period.rubric_version:
        return period
    values = {"of_contract": period.contract_id, "of_year": period.year, "new_version": rubric.version}
    connection.execute(_BIND_VERSION, values)
    return replace(period, rubric_version=rubric.version)


def add_duty_record(
    connection: Connection,
    contract_id: int,
    duty: str,
    met_on: dt.date | None,
    document: str,
    file_id: int | None,
    file_name: str,
    by: int,
    now: dt.datetime,
) -> None:
    """Add what is recorded of a duty of the whole term; the newest record stands. No day: it isn't met after all."""
    values = {
        "contract_id": contract_id,
        "duty": duty,
        "is_met": met_on is not None,
        "met_on": met_on,
        "document": document,
        "file_id": file_id,
        "file_name": file_name,
        "recorded_by": by,
        "recorded_at": now,
    }
    insert_row(connection, duty_records, values)
