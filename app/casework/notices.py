"""Who is told what: notices of a case to the people who hold a role, as rows of the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.casework.work import Work
from app.identity.models import Person
from app.identity.queries import list_holders
from app.outbox.operations import Outgoing
from app.permissions import PARTY_ROLES

PARTY = ("party_staff", "party_head")


def notify(work: Work, roles: Iterable[str], template: str, occasion: object, payload: Mapping[str, object]) -> None:
    """Gather a notice to everybody who holds one of the roles; `occasion` tells two notices of one kind apart."""
    told: set[int] = set()
    for role in roles:
        for person in _list_holders(work, role):
            if person.id not in told:
                told.add(person.id)
                work.messages.append(_make(work, person.id, template, occasion, payload))


def _list_holders(work: Work, role: str) -> list[Person]:
    """Return who holds a role for the case, asked once for everything at work."""
    organisation_id = work.case.party_id if role in PARTY_ROLES else work.case.authority_id
    place = (role, organisation_id, work.case.programme)
    if place not in work.holders:
        work.holders[place] = list_holders(work.connection, *place, work.today)
    return work.holders[place]


def _make(work: Work, person_id: int, template: str, occasion: object, payload: Mapping[str, object]) -> Outgoing:
    key = f"{template}:{work.case.id}:{occasion}:{person_id}"
    return Outgoing(key, "notice", person_id, template, {**describe_case(work), **payload}, case_id=work.case.id)


def describe_case(work: Work) -> dict[str, object]:
    """Return what every notice says of its case."""
    return {
        "case_id": work.case.id,
        "case_code": work.case.code,
        "contract": work.contract.name,
        "programme": work.programme.name,
        "period": work.case.period,
    }
