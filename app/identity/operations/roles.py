"""Roles: granting and ending them, with their dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.audit.operations import record
from app.audit.values import Actor
from app.clock import get_china_day
from app.errors import Message, UnknownName
from app.identity.checks import AccountRefused
from app.identity.models import RoleHolding, role_holdings
from app.identity.queries import get_organisation, list_holdings_of, lock_person
from app.identity.rules import KINDS_OF_SIDE, find_conflict, get_role, is_overlapping


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to grant: at the person's own organisation, for every programme, from today, unless it says otherwise."""

    role: str
    organisation_id: int | None = None
    programme: str | None = None
    from_date: dt.date | None = None
    to_date: dt.date | None = None


def grant_role(
    connection: Connection, actor: Actor | None, person_id: int, new: NewRole, now: dt.datetime
) -> RoleHolding:
    """Grant a role; raise `AccountRefused` where it can't be held there or not together with another one.

    The three administrators are different accounts and hold no other role, at no time that overlaps.
    """
    person = lock_person(connection, person_id)
    organisation = get_organisation(connection, new.organisation_id or person.organisation_id)
    from_date = new.from_date or get_china_day(now)
    role = get_role(new.role)
    if organisation.kind not in KINDS_OF_SIDE[role.side]:
        text = Message("the role {role} isn't held at {organisation}", role=role.name, organisation=organisation.name)
        raise AccountRefused("role", text)
    if new.to_date is not None and new.to_date < from_date:
        raise AccountRefused("to_date", Message("the last day lies before the first"))
    values = {
        "role": new.role,
        "organisation_id": organisation.id,
        "programme": new.programme,
        "from_date": from_date,
        "to_date": new.to_date,
    }
    _check_overlaps(list_holdings_of(connection, person_id), new, organisation.id, from_date)
    added = insert(role_holdings).values(person_id=person_id, **values).returning(role_holdings.c.id)
    holding_id = connection.execute(added).scalar_one()
    record(connection, f"person:{person_id}", actor, "role_granted", {"holding": holding_id, **values}, now)
    return RoleHolding(holding_id, person_id, new.role, organisation.id, new.programme, from_date, new.to_date)


def end_role(connection: Connection, actor: Actor | None, holding_id: int, last_day: dt.date, now: dt.datetime) -> None:
    """End a role after a day; a day before its first one takes back what never took effect."""
    found = select(role_holdings).where(role_holdings.c.id == holding_id).with_for_update()
    row = connection.execute(found).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown role {name}", name=holding_id))
    holding = RoleHolding(*row)
    if holding.to_date is not None and holding.to_date < last_day:
        raise AccountRefused("to_date", Message("the role has ended before; grant it anew"))
    connection.execute(update(role_holdings).where(role_holdings.c.id == holding_id).values(to_date=last_day))
    details = {"holding": holding_id, "role": holding.role, "to_date": last_day}
    record(connection, f"person:{holding.person_id}", actor, "role_ended", details, now)


def _check_overlaps(held: list[RoleHolding], new: NewRole, organisation_id: int, from_date: dt.date) -> None:
    overlapping = [one for one in held if is_overlapping(one, from_date, new.to_date)]
    conflict = find_conflict(new.role, [one.role for one in overlapping])
    if conflict is not None:
        text = Message(
            "{role} isn't held together with {other}", role=get_role(new.role).name, other=get_role(conflict).name
        )
        raise AccountRefused("role", text)
    same = (new.role, organisation_id, new.programme)
    if any((one.role, one.organisation_id, one.programme) == same for one in overlapping):
        raise AccountRefused("role", Message("the person holds this role already"))
