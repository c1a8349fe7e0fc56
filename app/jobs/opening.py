"""Opening the cases of periods that are over: in batches, and one by one where a batch fails.

A period that can't be opened is put off as a failed step is: tried again after a minute, ten minutes, then every hour,
and after the third try the process administrators are told. There is no case yet that an incident could name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.cases.operations import RETRY_AFTER
from app.casework import open_many
from app.casework.open_case import open_period
from app.clock import get_china_day
from app.contracts.models import ContractPeriod
from app.contracts.queries import get_contract, list_periods_to_open
from app.db import reading, transaction
from app.identity.queries import list_holders
from app.jobs.guarding import guard
from app.jobs.marks import drop_mark, list_marks, put_mark
from app.outbox.operations import Outgoing, add

MOST_A_TICK = 5000
PREFIX = "unopened:"
OPERATION = "open_period"
WAITS = (*RETRY_AFTER, dt.timedelta(hours=1))
TELLS_AT = len(WAITS)
MOST_MESSAGE_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Setback:
    """How often a period could not be opened, and when it is tried again."""

    tries: int
    next_try_at: dt.datetime


def open_periods(now: dt.datetime) -> int:
    """Open the case of every period that is over; one that fails doesn't hold up the others."""
    with reading() as connection:
        setbacks = {int(number): _read(text) for number, text in list_marks(connection, PREFIX).items()}
        found = list_periods_to_open(connection, get_china_day(now), MOST_A_TICK + len(setbacks))
    fresh = [one for one in found if one.id not in setbacks]
    again = [one for one in found if one.id in setbacks and setbacks[one.id].next_try_at <= now]
    count = 0
    for start in range(0, len(fresh), open_many.AT_ONCE):
        count += _open_together(fresh[start : start + open_many.AT_ONCE], now)
    return count + _open_alone(again, setbacks, now)


def _open_together(batch: Sequence[ContractPeriod], now: dt.datetime) -> int:
    """Open a batch in one transaction; where it fails, one by one."""
    count = 0
    with guard("open periods together from", batch[0].id) as tried, transaction() as connection:
        count = len(open_many.open_periods(connection, batch, now))
    return _open_alone(batch, {}, now) if tried.has_failed else count


def _open_alone(periods: Sequence[ContractPeriod], setbacks: Mapping[int, Setback], now: dt.datetime) -> int:
    """Open periods one by one; put off those that fail."""
    count = 0
    for period in periods:
        before = setbacks.get(period.id)
        is_opened = False
        with guard("open period", period.id) as tried, transaction() as connection:
            is_opened = open_period(connection, period, now) is not None
            if before is not None:
                drop_mark(connection, f"{PREFIX}{period.id}")
        count += is_opened and not tried.has_failed
        if tried.fault is not None:
            with guard("put off period", period.id), transaction() as connection:
                _put_off(connection, period, before, tried.fault, now)
    return count


def _put_off(
    connection: Connection, period: ContractPeriod, before: Setback | None, error: Exception, now: dt.datetime
) -> None:
    tries = 1 if before is None else before.tries + 1
    next_try_at = now + WAITS[min(tries, len(WAITS)) - 1]
    put_mark(connection, f"{PREFIX}{period.id}", f"{tries} {next_try_at.isoformat()}")
    if tries == TELLS_AT:
        _tell(connection, period, error, now)


def _tell(connection: Connection, period: ContractPeriod, error: Exception, now: dt.datetime) -> None:
    """Tell the process administrators; the words are those of a failed step, as no case is there to be described."""
    contract = get_contract(connection, period.contract_id)
    payload = {
        "case_id": 0,
        "case_code": f"{contract.code}-{period.code}",
        "contract": contract.name,
        "programme": contract.programme,
        "period": period.code,
        "operation": OPERATION,
        "tries": TELLS_AT,
        "message": f"{type(error).__name__}: {error}".replace("\0", "")[:MOST_MESSAGE_CHARACTERS],
    }
    today, authority_id = get_china_day(now), contract.authority_id
    people = list_holders(connection, "process_admin", authority_id, contract.programme, today)
    keys = {one.id: f"incident:{OPERATION}:{period.id}:{one.id}" for one in people}
    add(connection, [Outgoing(key, "notice", number, "incident", payload) for number, key in keys.items()], now)


def _read(text: str) -> Setback:
    tries, _space, moment = text.partition(" ")
    return Setback(int(tries), dt.datetime.fromisoformat(moment))
