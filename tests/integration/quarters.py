"""Quarters of one contract, several open at once, each worked on to the step that a test wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from app.calendar.contract_periods import get_contract_quarter
from app.cases.models import Case
from app.cases.queries import find_case, get_case, list_cases_of_contract
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.fire_timers import fire_timers
from app.casework.install import install_processes
from app.casework.open_case import open_period
from app.casework.work import PROPOSAL, QUARTER, SETTLEMENT, get_part_scorer
from app.clock import make_china_moment
from app.contracts.operations import NewContract
from app.contracts.queries import get_contract, list_periods
from app.db import reading, transaction
from app.processes.values import Advance
from app.simulation.cast import make_cast
from app.simulation.script import QuarterScript
from app.tasks.models import Task
from app.tasks.queries import list_open_tasks
from tests.integration.simulating import HONGSHAN, reach
from tests.integration.world import FEE

START, YEARS = dt.date(2025, 1, 1), 2
NOW = make_china_moment(get_contract_quarter(START, YEARS, 4).opens, 9)
"""All quarters are over."""
LATER = NOW + dt.timedelta(days=40)
"""Nobody can appeal any more."""
DECISION = {"decision": "continue", "opinion": "整改后继续"}


def lose(programme: str, part: str) -> dict[str, object]:
    """Facts of a quarter that earn next to nothing."""
    return {name: (False if isinstance(value, bool) else 0) for name, value in reach(programme, part).items()}


class Quarters:
    """A contract of two years with its people; everything happens at one moment, when all quarters are over."""

    def __init__(self, programme: str = HONGSHAN, code: str = "Q", start: dt.date = START) -> None:
        self.programme = programme
        self.now = make_china_moment(get_contract_quarter(start, YEARS, 4).opens, 9)
        self.later = self.now + (LATER - NOW)
        self.scripts: dict[str, QuarterScript] = {}
        with transaction() as connection:
            install_processes(connection, self.now)
            self.cast = make_cast(connection, code, programme, 1, self.now)
            new = NewContract(code, code, programme, self.cast.authority_id, self.cast.vendor_id, start, YEARS, FEE)
            self.contract = add_contract(connection, None, new, self.now)

    @property
    def state(self) -> str:
        with reading() as connection:
            return get_contract(connection, self.contract.id).state

    def open(self, code: str, facts: Mapping[str, object]) -> None:
        """Open a quarter's case; its people will find these facts."""
        with transaction() as connection:
            period = next(one for one in list_periods(connection, self.contract.id) if one.code == code)
            open_period(connection, period, self.now)
        scorer = get_part_scorer(period.rubric, period.rubric_version, period.part)
        self.scripts[code] = QuarterScript(code, scorer, scorer.check_facts(dict(facts)), ({},), {}, {})

    def get_case(self, code: str, process: str = QUARTER) -> Case:
        with reading() as connection:
            found = find_case(connection, process, self.contract.id, code)
        assert found is not None
        return found

    def list_cases(self, process: str) -> list[Case]:
        with reading() as connection:
            return [one for one in list_cases_of_contract(connection, self.contract.id) if one.process == process]

    def list_proposals(self) -> list[Case]:
        """The proposals that nobody has decided yet."""
        return [one for one in self.list_cases(PROPOSAL) if one.closed_at is None]

    def list_tasks(self, case: Case) -> list[Task]:
        with reading() as connection:
            return list_open_tasks(connection, case.id)

    def drive(self, code: str, until: str = "") -> list[str]:
        """Work on a quarter until a step is open, or to its end; return the steps that are open then."""
        while tasks := self.list_tasks(self.get_case(code)):
            if tasks[0].step == until:
                break
            self.do(tasks[0])
        return [task.step for task in tasks]

    def do(self, task: Task, at: dt.datetime | None = None) -> Advance:
        """Let the right person complete a task as the quarter's script has it; a proposal goes on."""
        now = at or self.now
        doer = self.cast.find(task.assigned_to) if task.assigned_to else self.cast.find_by_role(task.role, task.step)
        with transaction() as connection:
            form = DECISION if task.step == "decide_termination" else self._fill(task, now)
            return complete_task(connection, doer.on(now), task.id, form, now)

    def _fill(self, task: Task, now: dt.datetime) -> Mapping[str, object]:
        with reading() as connection:
            case = get_case(connection, task.case_id)
            return self.scripts[case.period].fill(connection, case, task, 0, now) or {}

    def decide(self) -> None:
        """Decide the live proposal, if there is one, to go on."""
        for case in self.list_proposals():
            while tasks := self.list_tasks(case):
                self.do(tasks[0], self.later)

    def settle(self, code: str) -> None:
        """Let the clock end the time for appeals, and finance confirm a year's settlement."""
        case = self.get_case(code, SETTLEMENT)
        with transaction() as connection:
            fire_timers(connection, case.instance_id, self.later)
        self.do(self.list_tasks(case)[0], self.later)
