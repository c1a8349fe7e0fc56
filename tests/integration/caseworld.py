"""Two authorities with a contract each, people for every role, cases driven to a step: what page tests look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import get_case
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.install import install_processes
from app.casework.open_case import open_period
from app.casework.work import Doer, get_part_scorer
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods
from app.db import reading, transaction
from app.identity.models import Organisation
from app.identity.operations import NewRole, add_organisation, add_person
from app.simulation.cast import Cast, make_doer
from app.simulation.script import QuarterScript
from app.tasks.models import Task
from app.tasks.queries import list_open_tasks
from tests.builders import make_reached
from tests.integration.simulating import HONGSHAN
from tests.integration.website import NOW, PASSWORD

PARTY = ("party_staff", "party_head")
OTHERS = ("reviewer", "approver", "second_approver", "appeal_handler", "verifier", "supervisor")
START = dt.date(2025, 10, 20)
"""Its first quarter's case opens on 20 January 2026: the world's clock stands at 2 February 2026."""


@dataclass(frozen=True)
class Side:
    """An authority with its vendor: their people by role, the contract, and the case of its first quarter."""

    authority: Organisation
    vendor: Organisation
    cast: Cast
    contract: Contract
    case: Case

    def name(self, role: str, place: int = 0) -> str:
        """The user name of whoever holds a role."""
        return f"{self.authority.code}-{role}{place or ''}"


def make_side(code: str, scorers: int = 2) -> Side:
    """An authority, a vendor, everybody, a contract, an open case."""
    with transaction() as connection:
        install_processes(connection, NOW)
        authority = add_organisation(connection, None, code, f"{code} 考核单位", "authority", NOW)
        vendor = add_organisation(connection, None, f"{code}-vendor", f"{code} 服务商", "vendor", NOW)
        people = {role: _add(connection, code, role, vendor if role in PARTY else authority) for role in PARTY + OTHERS}
        panel = tuple(_add(connection, code, "scorer", authority, place) for place in range(scorers))
        _add(connection, code, "process_admin", authority)
        contract = add_contract(connection, None, _make_contract(code, authority, vendor), NOW)
        case = open_period(connection, list_periods(connection, contract.id)[0], NOW)
        assert case is not None
    return Side(
        authority, vendor, Cast(authority.id, vendor.id, people, panel, people["appeal_handler"]), contract, case
    )


def _add(connection: Connection, code: str, role: str, organisation: Organisation, place: int = 0) -> Doer:
    username = f"{code}-{role}{place or ''}"
    roles = [NewRole(role)]
    person = add_person(
        connection,
        None,
        username,
        f"名{username}",
        "",
        organisation.id,
        PASSWORD,
        roles,
        NOW,
        must_change_password=False,
    )
    return make_doer(connection, person.id, person.name, NOW)


def _make_contract(code: str, authority: Organisation, vendor: Organisation) -> NewContract:
    fee = Decimal("12000000.00")
    return NewContract(f"{code.upper()}-01", f"{code} 实训合同", HONGSHAN, authority.id, vendor.id, START, 3, fee)


def add_neighbour(side: Side) -> Case:
    """The case of another vendor at the same authority."""
    with transaction() as connection:
        code = f"{side.authority.code}2"
        vendor = add_organisation(connection, None, f"{code}-vendor", f"{code} 服务商", "vendor", NOW)
        people = [_add(connection, code, role, vendor) for role in PARTY]
        assert len(people) == len(PARTY)
        contract = add_contract(connection, None, _make_contract(code, side.authority, vendor), NOW)
        case = open_period(connection, list_periods(connection, contract.id)[0], NOW)
    assert case is not None
    return case


def drive(side: Side, until: str, **changes: object) -> Case:
    """Let everybody do what waits for them until a step is open, or the case is over; facts reach all but `changes`."""
    script = make_script(**changes)
    for _step in range(40):
        work = list_open(side)
        if not work or work[0].step == until:
            break
        for task in work:
            do(side, script, task)
    with reading() as connection:
        return get_case(connection, side.case.id)


def make_script(**changes: object) -> QuarterScript:
    """A first quarter that reaches all but `changes`; `corrections`, `agreed`, `representation` are what people say."""
    corrections = changes.pop("corrections", ({}, {}))
    agreed, representation = changes.pop("agreed", {}), changes.pop("representation", {})
    facts = make_reached(HONGSHAN, "Q1", **changes)
    scorer = get_part_scorer(HONGSHAN, 1, "Q1")
    return QuarterScript("Y1Q1", scorer, facts, corrections, agreed, representation)  # type: ignore[arg-type]  # a test's own values


def do(side: Side, script: QuarterScript, task: Task) -> None:
    """Let the right person do one task; a draft result that nobody contests is answered with no objection."""
    doer = side.cast.find(task.assigned_to) if task.assigned_to else side.cast.find_by_role(task.role)
    place = next((number for number, one in enumerate(side.cast.scorers) if one.id == doer.id), 0)
    with transaction() as connection:
        form = script.fill(connection, side.case, task, place, NOW) or {}
        complete_task(connection, doer.on(NOW), task.id, form, NOW)


def list_open(side: Side) -> list[Task]:
    """The open tasks of a side's case."""
    with reading() as connection:
        return list_open_tasks(connection, side.case.id)
