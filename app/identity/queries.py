"""Reading organisations, people and their roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Date, String, bindparam, or_, select

from app.errors import Message, UnknownName
from app.identity.models import (
    PERSON_COLUMNS,
    Organisation,
    Person,
    RoleHolding,
    SignIn,
    organisations,
    people,
    role_holdings,
    sign_ins,
)
from app.identity.rules import normalise_username


def in_effect(parameter: str) -> ColumnElement[bool]:
    """Return the condition that a role is held on the day bound to `parameter`; first and last day count."""
    day = bindparam(parameter, type_=Date)
    return (role_holdings.c.from_date <= day) & or_(role_holdings.c.to_date.is_(None), role_holdings.c.to_date >= day)


_ORGANISATION = select(organisations).where(organisations.c.id == bindparam("id"))
_ORGANISATION_BY_CODE = select(organisations).where(organisations.c.code == bindparam("code"))
_PERSON = select(*PERSON_COLUMNS).where(people.c.id == bindparam("id"))
_LOCKED_PERSON = _PERSON.with_for_update()
_PERSON_BY_USERNAME = select(*PERSON_COLUMNS).where(people.c.username == bindparam("username"))
_PEOPLE = select(*PERSON_COLUMNS).where(people.c.organisation_id == bindparam("id")).order_by(people.c.username)
_HOLDINGS = (
    select(role_holdings)
    .where(role_holdings.c.person_id == bindparam("id"))
    .order_by(role_holdings.c.from_date, role_holdings.c.id)
)
_ROLES_ON = _HOLDINGS.where(in_effect("on"))
_HOLDERS = (
    select(*PERSON_COLUMNS)
    .where(
        people.c.state == "active",
        people.c.id.in_(
            select(role_holdings.c.person_id).where(
                role_holdings.c.role == bindparam("role"),
                role_holdings.c.organisation_id == bindparam("organisation_id"),
                or_(
                    role_holdings.c.programme.is_(None),
                    role_holdings.c.programme == bindparam("programme", type_=String),
                ),
                in_effect("on"),
            )
        ),
    )
    .order_by(people.c.id)
)
_SIGN_IN_COLUMNS = [column for column in sign_ins.columns if column.name != "token_hash"]
_OPEN_SIGN_INS = (
    select(*_SIGN_IN_COLUMNS)
    .where(
        sign_ins.c.person_id == bindparam("id"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.expires_at > bindparam("now", type_=sign_ins.c.expires_at.type),
    )
    .order_by(sign_ins.c.id)
)


def get_organisation(connection: Connection, organisation_id: int) -> Organisation:
    """Return an organisation; `UnknownName` when there is none."""
    row = connection.execute(_ORGANISATION, {"id": organisation_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown organisation {name}", name=organisation_id))
    return Organisation(*row)


def find_organisation_by_code(connection: Connection, code: str) -> Organisation | None:
    """Return the organisation with a code, or None."""
    row = connection.execute(_ORGANISATION_BY_CODE, {"code": code}).one_or_none()
    return None if row is None else Organisation(*row)


def list_organisations(connection: Connection, kind: str | None = None) -> list[Organisation]:
    """Return all organisations, or those of a kind, by code."""
    wanted = select(organisations).order_by(organisations.c.code)
    if kind is not None:
        wanted = wanted.where(organisations.c.kind == kind)
    return [Organisation(*row) for row in connection.execute(wanted)]


def get_person(connection: Connection, person_id: int) -> Person:
    """Return a person; `UnknownName` when there is none."""
    row = connection.execute(_PERSON, {"id": person_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown person {name}", name=person_id))
    return Person(*row)


def lock_person(connection: Connection, person_id: int) -> Person:
    """Return a person, locked until the transaction ends; `UnknownName` when there is none."""
    row = connection.execute(_LOCKED_PERSON, {"id": person_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown person {name}", name=person_id))
    return Person(*row)


def find_person_by_username(connection: Connection, username: str) -> Person | None:
    """Return the person with a user name, whatever its case, or None."""
    row = connection.execute(_PERSON_BY_USERNAME, {"username": normalise_username(username)}).one_or_none()
    return None if row is None else Person(*row)


def list_people(connection: Connection, organisation_id: int) -> list[Person]:
    """Return an organisation's people, disabled accounts too, by user name."""
    return [Person(*row) for row in connection.execute(_PEOPLE, {"id": organisation_id})]


def list_people_by_id(connection: Connection, person_ids: Collection[int]) -> dict[int, Person]:
    """Return people by their numbers; numbers that there are none of are left out."""
    if not person_ids:
        return {}
    found = connection.execute(select(*PERSON_COLUMNS).where(people.c.id.in_(person_ids)))
    return {row.id: Person(*row) for row in found}


def list_holders(
    connection: Connection, role: str, organisation_id: int, programme: str | None, on: dt.date
) -> list[Person]:
    """Return the people with active accounts who hold a role at an organisation for a programme on a day, by number.

    `programme` None asks for those who hold it for every programme.
    """
    values = {"role": role, "organisation_id": organisation_id, "programme": programme, "on": on}
    return [Person(*row) for row in connection.execute(_HOLDERS, values)]


def list_roles_of(connection: Connection, person_id: int, on: dt.date) -> list[RoleHolding]:
    """Return the roles that a person holds on a day, by first day."""
    return [RoleHolding(*row) for row in connection.execute(_ROLES_ON, {"id": person_id, "on": on})]


def list_holdings_of(connection: Connection, person_id: int) -> list[RoleHolding]:
    """Return all roles that a person holds, held or will hold, by first day."""
    return [RoleHolding(*row) for row in connection.execute(_HOLDINGS, {"id": person_id})]


def list_open_sign_ins(connection: Connection, person_id: int, now: dt.datetime) -> list[SignIn]:
    """Return a person's sessions that have neither been ended nor run out, oldest first; some may be idle."""
    return [SignIn(*row) for row in connection.execute(_OPEN_SIGN_INS, {"id": person_id, "now": now})]
