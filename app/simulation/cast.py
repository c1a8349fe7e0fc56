"""The people of a simulated contract: two organisations and one account for each role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from app.casework.work import Doer
from app.clock import get_china_day
from app.identity.operations import NewRole, add_organisation, add_person
from app.identity.queries import list_roles_of
from app.permissions import Viewer

ROLES = (
    "party_staff",
    "party_head",
    "reviewer",
    "approver",
    "second_approver",
    "appeal_handler",
    "finance",
    "verifier",
    "supervisor",
)
PARTY = ("party_staff", "party_head")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: people by role, the scorers in their order, who hears what another handler can't hear again."""

    authority_id: int
    vendor_id: int
    people: dict[str, Doer]
    scorers: tuple[Doer, ...]
    second_handler: Doer

    def find_by_role(self, role: str, step: str = "") -> Doer:
        """Return who acts for a role; of the scorers the first, on an appeal another handler (复核员)."""
        if step == "handle_appeal":
            return self.second_handler
        return self.scorers[0] if role == "scorer" else self.people[role]

    def find(self, person_id: int) -> Doer:
        """Return a person by number."""
        return next(one for one in (*self.people.values(), *self.scorers, self.second_handler) if one.id == person_id)


def make_cast(connection: Connection, code: str, programme: str, scorers: int, now: dt.datetime) -> Cast:
    """Add the organisations and people that a simulated contract needs; none of them has a real address."""
    authority_id = add_organisation(connection, None, f"{code}-authority", "模拟考核单位", "authority", now).id
    vendor_id = add_organisation(connection, None, f"{code}-vendor", "模拟服务商", "vendor", now).id
    people = {
        role: _add(connection, f"{code}-{role}", role, vendor_id if role in PARTY else authority_id, programme, now)
        for role in ROLES
    }
    panel = tuple(
        _add(connection, f"{code}-scorer{number}", "scorer", authority_id, programme, now)
        for number in range(1, scorers + 1)
    )
    second = _add(connection, f"{code}-appeal_handler2", "appeal_handler", authority_id, programme, now)
    return Cast(authority_id, vendor_id, people, panel, second)


def _add(
    connection: Connection, username: str, role: str, organisation_id: int, programme: str, now: dt.datetime
) -> Doer:
    person = add_person(
        connection,
        None,
        f"sim-{username}",
        username,
        f"{username}@simulation.invalid",
        organisation_id,
        None,
        [NewRole(role, programme=programme)],
        now,
    )
    return make_doer(connection, person.id, person.name, now)


def make_doer(connection: Connection, person_id: int, name: str, now: dt.datetime) -> Doer:
    """Return a person as someone who does something, with the roles held now."""
    on = get_china_day(now)
    return Doer(person_id, name, Viewer(person_id, tuple(list_roles_of(connection, person_id, on)), on))
