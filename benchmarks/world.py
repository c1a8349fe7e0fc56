"""People, contracts and cases to measure with: what every benchmark of casework starts from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.install import SYSTEM_LANE, install_processes, read_declared
from app.casework.open_case import open_period
from app.casework.work import QUARTER, Doer
from app.clock import make_china_moment
from app.config import get_data_folder
from app.contracts.models import ContractPeriod
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods
from app.db import reading, transaction
from app.identity.rules import ROLES
from app.processes.operations import deploy
from app.programmes.catalogue import read_examples
from app.simulation.cast import Cast, make_cast
from app.tasks.models import Task
from app.tasks.queries import list_open_tasks
from benchmarks.bare_spiff import DIAGRAM, Timed, time_step

PROGRAMME = "hongshan-talent-training"
WORKLOAD = "workload-w"
NOW = make_china_moment(dt.date(2025, 4, 2), 9)
START = dt.date(2025, 1, 1)
FEE = Decimal("12000000.00")
TEXT = "依据考核办法逐项核对，材料齐全，签到表、教案与影像资料相符，同意。" * 3
"""What people write at a step: about 300 bytes."""


def read_facts() -> dict[str, object]:
    """Return the facts of a first quarter that reaches everything: 26 of them."""
    examples = read_examples(get_data_folder("rubrics") / PROGRAMME / "examples" / f"{PROGRAMME}-q1.yaml")
    return dict(examples.examples[0].facts)


@dataclass
class World:
    """An authority, a party, people for every role, and cases of two diagrams: the quarter's and workload W's."""

    now: dt.datetime = NOW
    cast: Cast = field(init=False)
    added: int = 0
    facts: Mapping[str, object] = field(default_factory=read_facts)

    def __post_init__(self) -> None:
        with transaction() as connection:
            install_processes(connection, self.now)
            self.cast = make_cast(connection, "B", PROGRAMME, 1, self.now)

    def add_periods(self, contracts: int, years: int = 1) -> list[ContractPeriod]:
        """Add contracts in one transaction; return the first period of each, or all where they run for longer."""
        found: list[ContractPeriod] = []
        with transaction() as connection:
            for _number in range(contracts):
                self.added += 1
                made = make_contract(self.added, self.cast, years)
                periods = list_periods(connection, add_contract(connection, None, made, self.now).id)
                found += periods if years > 1 else periods[:1]
        return found

    def open_cases(self, count: int, diagram: str) -> list[Case]:
        """Open cases of a diagram, each of a contract of its own."""
        return self.open_periods(self.add_periods(count), diagram)

    def open_periods(self, periods: Sequence[ContractPeriod], diagram: str) -> list[Case]:
        """Open the cases of periods one by one, by the diagram that is put in use for them."""
        with transaction() as connection:
            (install_processes if diagram == QUARTER else deploy_workload)(connection, self.now)
        opened = []
        for period in periods:
            with transaction() as connection:
                case = open_period(connection, period, self.now)
            if case is not None:
                opened.append(case)
        return opened

    def find_doer(self, task: Task) -> Doer:
        """Return who does a task, with the roles that a page would have loaded."""
        doer = self.cast.find(task.assigned_to) if task.assigned_to else self.cast.find_by_role(task.role)
        return doer.on(self.now)

    def make_form(self, step: str, diagram: str) -> dict[str, object]:
        """Return the form of a step: about 300 bytes of words, and the facts where the quarter's diagram asks."""
        if diagram == WORKLOAD:
            return FORMS.get(step, {"opinion": TEXT})
        forms: dict[str, dict[str, object]] = {
            "submit": {"facts": self.facts, "note": TEXT},
            "review": {"facts": self.facts, "opinion": TEXT},
        }
        return forms.get(step, {"opinion": TEXT})

    def run_case(self, case: Case, diagram: str) -> list[Timed]:
        """Complete every step of a case; return its steps' times. Looking for the open task is not counted."""
        times: list[Timed] = []
        while task := find_open_task(case):
            form, doer = self.make_form(task.step, diagram), self.find_doer(task)
            times.append(time_step(task.step, partial(self.complete, doer, task, form)))
        return times

    def complete(self, doer: Doer, task: Task, form: Mapping[str, object]) -> None:
        """Complete a task in a transaction of its own."""
        with transaction() as connection:
            complete_task(connection, doer, task.id, form, self.now)


FORMS: dict[str, dict[str, object]] = {"submit": {"note": TEXT}, "represent_termination": {"statement": ""}}
"""Forms of workload W whose words don't stand under `opinion`."""


def find_open_task(case: Case) -> Task | None:
    """Return a case's first open task."""
    with reading() as connection:
        return next(iter(list_open_tasks(connection, case.id)), None)


def deploy_workload(connection: Connection, now: dt.datetime) -> None:
    """Put workload W's diagram in the place of the quarter's, for a database that is only measured with.

    Its steps bear the names of steps that ask for nothing but words, so that each costs what every step costs.
    """
    lanes = (*(role.name for role in ROLES.values()), SYSTEM_LANE)
    variables = (*read_declared()[QUARTER].variables, "work_overdue_at")
    deploy(connection, QUARTER, DIAGRAM.read_bytes(), {}, lanes, (), variables, now)


def make_contract(number: int, cast: Cast, years: int) -> NewContract:
    """Return a contract to be added."""
    code = f"B{number:05}"
    return NewContract(code, f"基准合约{number}", PROGRAMME, cast.authority_id, cast.vendor_id, START, years, FEE)
