"""Reading cases, their steps and incidents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, bindparam, false, or_, select

from app.cases.models import Case, CaseStep, Incident, case_steps, cases, incidents
from app.contracts.models import contracts
from app.errors import Message, UnknownName
from app.identity.models import organisations
from app.outbox.models import Message as Letter
from app.outbox.models import outbox_messages

_BY_ID = select(cases).where(cases.c.id == bindparam("id"))
_LOCK = _BY_ID.with_for_update()
_BY_INSTANCE = select(cases).where(cases.c.instance_id == bindparam("id")).with_for_update()
_STEPS = select(case_steps).where(case_steps.c.case_id == bindparam("id")).order_by(case_steps.c.id)
_LAST_DONE = (
    select(case_steps)
    .where(
        case_steps.c.case_id == bindparam("id"),
        case_steps.c.step == bindparam("step"),
        case_steps.c.outcome == "done",
    )
    .order_by(case_steps.c.id.desc())
    .limit(1)
)
_mine = cases.alias("mine")
_CONTRACT = select(_mine.c.contract_id).where(_mine.c.id == bindparam("id")).scalar_subquery()
_FOLLOWING = (
    select(cases).where(cases.c.contract_id == _CONTRACT, cases.c.parent_id == bindparam("id")).order_by(cases.c.id)
)
_INCIDENT_OF_CASE = (
    select(incidents).where(incidents.c.case_id == bindparam("id"), incidents.c.state != "resolved").limit(1)
)
_LIVE_CASE = (
    select(cases)
    .where(
        cases.c.process == bindparam("process"),
        cases.c.contract_id == bindparam("contract_id"),
        cases.c.closed_at.is_(None),
    )
    .limit(1)
)
_DOERS_OF_CONTRACT = (
    select(case_steps.c.person_id, case_steps.c.step)
    .join(cases, cases.c.id == case_steps.c.case_id)
    .where(cases.c.contract_id == bindparam("id"), case_steps.c.person_id.is_not(None))
    .distinct()
)
_DOERS = (
    select(case_steps.c.person_id, case_steps.c.step)
    .where(case_steps.c.case_id.in_((bindparam("id"), bindparam("parent_id"))), case_steps.c.person_id.is_not(None))
    .distinct()
)


def get_case(connection: Connection, case_id: int) -> Case:
    """Return a case; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": case_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown case {name}", name=case_id))
    return Case(*row)


def lock_case(connection: Connection, case_id: int) -> Case:
    """Return a case, locked until the transaction ends."""
    return Case(*connection.execute(_LOCK, {"id": case_id}).one())


def lock_case_of_instance(connection: Connection, instance_id: int) -> Case:
    """Return the case of a process instance, locked until the transaction ends."""
    return Case(*connection.execute(_BY_INSTANCE, {"id": instance_id}).one())


def get_case_by_code(connection: Connection, code: str) -> Case:
    """Return a case by its code; `UnknownName` when there is none."""
    row = connection.execute(select(cases).where(cases.c.code == code)).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown case {name}", name=code))
    return Case(*row)


def find_case(connection: Connection, process: str, contract_id: int, period: str) -> Case | None:
    """Return the case of a process about a contract's period, the newest where earlier ones were withdrawn, or None."""
    found = list_cases_about(connection, process, contract_id, period)
    return found[-1] if found else None


def list_cases_about(connection: Connection, process: str, contract_id: int, period: str) -> list[Case]:
    """Return the cases of a process about a contract's period, oldest first: all but the last were withdrawn."""
    where = (cases.c.process == process, cases.c.contract_id == contract_id, cases.c.period == period)
    return [Case(*row) for row in connection.execute(select(cases).where(*where).order_by(cases.c.id))]


def list_cases_of_contract(connection: Connection, contract_id: int) -> list[Case]:
    """Return a contract's cases, oldest first."""
    found = select(cases).where(cases.c.contract_id == contract_id).order_by(cases.c.id)
    return [Case(*row) for row in connection.execute(found)]


def list_cases(connection: Connection, organisation_id: int | None = None, limit: int = 200) -> list[Case]:
    """Return the newest cases, of one organisation (authority or party) where named."""
    found = select(cases).order_by(cases.c.id.desc()).limit(limit)
    if organisation_id is not None:
        found = found.where((cases.c.authority_id == organisation_id) | (cases.c.party_id == organisation_id))
    return [Case(*row) for row in connection.execute(found)]


def list_following(connection: Connection, case_id: int) -> list[Case]:
    """Return the cases that a case opened, oldest first."""
    return [Case(*row) for row in connection.execute(_FOLLOWING, {"id": case_id})]


def list_cases_by_id(connection: Connection, case_ids: Collection[int]) -> dict[int, Case]:
    """Return cases by their numbers; numbers that there are none of are left out."""
    if not case_ids:
        return {}
    rows = connection.execute(select(cases).where(cases.c.id.in_(case_ids)))
    return {row.id: Case(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class CaseScope:
    """Which cases somebody may see: of authorities (with the programmes; None: all) and of parties, likewise."""

    authorities: tuple[tuple[int, str | None], ...]
    parties: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What to leave in: a contract, a period, a status; None or "" for all."""

    contract_id: int | None = None
    period: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the list of cases: the case, its contract's name and its party's."""

    case: Case
    contract_name: str
    party_name: str


def list_seen_cases(
    connection: Connection, scope: CaseScope, wanted: CaseFilter, before: int | None = None, limit: int = 50
) -> list[CaseRow]:
    """Return the newest cases that somebody may see, with numbers below `before`."""
    sees = [_is_of(contracts.c.authority_id, *one) for one in scope.authorities]
    sees += [_is_of(contracts.c.vendor_id, *one) for one in scope.parties]
    found = (
        select(*cases.columns, contracts.c.name, organisations.c.name)
        .join(contracts, contracts.c.id == cases.c.contract_id)
        .join(organisations, organisations.c.id == cases.c.party_id)
        .where(or_(false(), *sees), *_list_wanted(wanted))
        .order_by(cases.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(cases.c.id < before)
    return [CaseRow(Case(*row[:-2]), *row[-2:]) for row in connection.execute(found)]


def _is_of(column: Column[int], organisation_id: int, programme: str | None) -> ColumnElement[bool]:
    is_theirs = column == organisation_id
    return is_theirs if programme is None else is_theirs & (contracts.c.programme == programme)


def _list_wanted(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    pairs = (
        (cases.c.contract_id, wanted.contract_id),
        (cases.c.period, wanted.period),
        (cases.c.status, wanted.status),
    )
    return [column == value for column, value in pairs if value]


def find_live_case(connection: Connection, process: str, contract_id: int) -> Case | None:
    """Return a contract's open case of a process, or None."""
    row = connection.execute(_LIVE_CASE, {"process": process, "contract_id": contract_id}).one_or_none()
    return None if row is None else Case(*row)


def list_steps(connection: Connection, case_id: int) -> list[CaseStep]:
    """Return a case's finished steps in the order in which they ended."""
    return [CaseStep(*row) for row in connection.execute(_STEPS, {"id": case_id})]


def list_doers(connection: Connection, case_id: int, parent_id: int | None) -> list[tuple[int, str]]:
    """Return who did which step of a case and of the one that it follows from, undone steps included."""
    found = connection.execute(_DOERS, {"id": case_id, "parent_id": parent_id or case_id})
    return [(person_id, step) for person_id, step in found]


def list_doers_of_contract(connection: Connection, contract_id: int) -> list[tuple[int, str]]:
    """Return who did which step of any of a contract's cases, undone steps included."""
    found = connection.execute(_DOERS_OF_CONTRACT, {"id": contract_id})
    return [(person_id, step) for person_id, step in found]


def list_live_of_contracts(connection: Connection, contract_ids: Sequence[int]) -> list[Case]:
    """Return the open cases of contracts, oldest first."""
    if not contract_ids:
        return []
    where = (cases.c.contract_id.in_(contract_ids), cases.c.closed_at.is_(None))
    return [Case(*row) for row in connection.execute(select(cases).where(*where).order_by(cases.c.id))]


def list_live_cases(connection: Connection, contract_id: int) -> list[Case]:
    """Return a contract's open cases, oldest first."""
    where = (cases.c.contract_id == contract_id, cases.c.closed_at.is_(None))
    return [Case(*row) for row in connection.execute(select(cases).where(*where).order_by(cases.c.id))]


def find_last_done(connection: Connection, case_id: int, step: str) -> CaseStep | None:
    """Return the latest time that a step of a case was done and not undone since, or None."""
    row = connection.execute(_LAST_DONE, {"id": case_id, "step": step}).one_or_none()
    return None if row is None else CaseStep(*row)


def list_incidents(connection: Connection, state: str = "open") -> list[Incident]:
    """Return incidents in a state, oldest first."""
    found = select(incidents).where(incidents.c.state == state).order_by(incidents.c.id)
    return [Incident(*row) for row in connection.execute(found)]


def list_incidents_to_retry(connection: Connection, now: dt.datetime) -> list[Incident]:
    """Return the incidents whose next try is due."""
    where = (incidents.c.state == "retrying", incidents.c.next_try_at <= now)
    return [Incident(*row) for row in connection.execute(select(incidents).where(*where).order_by(incidents.c.id))]


def list_letters_of_cases(
    connection: Connection, authorities: Sequence[tuple[int, str | None]], limit: int = 50, before: int | None = None
) -> list[Letter]:
    """Return the newest letters about cases of authorities (with the programmes; None: all), newest first."""
    sees = [_is_of(contracts.c.authority_id, *one) for one in authorities]
    found = (
        select(outbox_messages)
        .join(cases, cases.c.id == outbox_messages.c.case_id)
        .join(contracts, contracts.c.id == cases.c.contract_id)
        .where(or_(false(), *sees), outbox_messages.c.kind != "reminder")
        .order_by(outbox_messages.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(outbox_messages.c.id < before)
    return [Letter(*row) for row in connection.execute(found)]


def get_incident(connection: Connection, incident_id: int) -> Incident:
    """Return an incident; `UnknownName` when there is none."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident_id)).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown incident {name}", name=incident_id))
    return Incident(*row)


def find_incident_of_case(connection: Connection, case_id: int) -> Incident | None:
    """Return a case's unresolved incident, or None."""
    row = connection.execute(_INCIDENT_OF_CASE, {"id": case_id}).one_or_none()
    return None if row is None else Incident(*row)
