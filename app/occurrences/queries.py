"""Reading occurrences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, tuple_

from app.contracts.models import contracts, periods
from app.errors import Message, UnknownName
from app.occurrences.models import Occurrence, occurrences

_BY_ID = select(occurrences).where(occurrences.c.id == bindparam("id"))
_LOCK = _BY_ID.with_for_update()
_BY_NUMBER = select(occurrences).where(
    occurrences.c.contract_id == bindparam("id"), occurrences.c.number == bindparam("number")
)
_OF_CONTRACT = (
    select(occurrences).where(occurrences.c.contract_id == bindparam("id")).order_by(occurrences.c.number.desc())
)
_UP_TO = (
    select(occurrences)
    .join(periods, periods.c.contract_id == occurrences.c.contract_id)
    .where(
        occurrences.c.contract_id == bindparam("id"),
        periods.c.code == bindparam("period"),
        occurrences.c.happened_on <= periods.c.end,
        or_(occurrences.c.counted_in.is_(None), occurrences.c.counted_in == bindparam("case_id")),
    )
    .order_by(occurrences.c.number)
)
_OF_CONTRACTS = select(occurrences).order_by(
    occurrences.c.checked_at.is_not(None), occurrences.c.recorded_at.desc(), occurrences.c.id.desc()
)
MOST_LISTED = 200


def get_occurrence(connection: Connection, occurrence_id: int) -> Occurrence:
    """Return an occurrence; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": occurrence_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown occurrence {name}", name=occurrence_id))
    return Occurrence(*row)


def lock_occurrence(connection: Connection, occurrence_id: int) -> Occurrence:
    """Return an occurrence, locked until the transaction ends: of two who check it, one is first."""
    return Occurrence(*connection.execute(_LOCK, {"id": occurrence_id}).one())


def get_by_number(connection: Connection, contract_id: int, number: int) -> Occurrence:
    """Return a contract's occurrence by its number; `UnknownName` when there is none."""
    row = connection.execute(_BY_NUMBER, {"id": contract_id, "number": number}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown occurrence {name}", name=number))
    return Occurrence(*row)


def list_of_contract(connection: Connection, contract_id: int) -> list[Occurrence]:
    """Return a contract's occurrences, newest first."""
    return [Occurrence(*row) for row in connection.execute(_OF_CONTRACT, {"id": contract_id})]


def list_up_to(connection: Connection, contract_id: int, period: str, case_id: int) -> list[Occurrence]:
    """Return what happened up to a period's last day and was counted by no case, or by this one, oldest first."""
    rows = connection.execute(_UP_TO, {"id": contract_id, "period": period, "case_id": case_id})
    return [Occurrence(*row) for row in rows]


def list_of_contracts(connection: Connection, contract_ids: Collection[int]) -> list[Occurrence]:
    """Return the occurrences of some contracts, the newest 200: what waits for its check first."""
    if not contract_ids:
        return []
    found = _OF_CONTRACTS.where(occurrences.c.contract_id.in_(contract_ids)).limit(MOST_LISTED)
    return [Occurrence(*row) for row in connection.execute(found)]


def find_last_number(connection: Connection, contract_id: int) -> int:
    """Return the highest number given in a contract, 0 before the first."""
    found = select(func.max(occurrences.c.number)).where(occurrences.c.contract_id == contract_id)
    return int(connection.execute(found).scalar() or 0)


def count_to_check(
    connection: Connection, places: Collection[tuple[int, str]], person_id: int, now: dt.datetime
) -> int:
    """Return how many wait for a check that this person may make: of authorities and programmes, the party heard."""
    mine = tuple_(contracts.c.authority_id, contracts.c.programme).in_(list(places))
    heard = or_(occurrences.c.answered_at.is_not(None), occurrences.c.answer_due < now)
    return _count(connection, mine, heard, occurrences.c.recorded_by != person_id)


def count_to_answer(connection: Connection, places: Collection[tuple[int, str]], now: dt.datetime) -> int:
    """Return how many a party may still answer, its time running."""
    mine = tuple_(contracts.c.vendor_id, contracts.c.programme).in_(list(places))
    return _count(connection, mine, occurrences.c.answered_at.is_(None), occurrences.c.answer_due >= now)


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    joined = occurrences.join(contracts, contracts.c.id == occurrences.c.contract_id)
    found = select(func.count()).select_from(joined).where(occurrences.c.checked_at.is_(None), *where)
    return int(connection.execute(found).scalar_one())
