"""A contract with its people and one open quarter, to be worked on step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from app.calendar.contract_periods import get_contract_quarter
from app.cases.models import Case
from app.cases.queries import get_case, list_cases_of_contract, list_steps
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.install import install_processes
from app.casework.return_case import return_case
from app.casework.work import Doer
from app.clock import SimulatedClock, make_china_moment
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.db import reading, transaction
from app.jobs.tick import tick
from app.simulation.cast import Cast, make_cast
from app.simulation.mailer import CollectingMailer
from app.tasks.models import Task
from app.tasks.queries import list_open_tasks
from tests.integration.simulating import HONGSHAN, reach

FEE = Decimal("12000000.00")


class World:
    """One contract on a clock of its own."""

    def __init__(
        self, programme: str = HONGSHAN, scorers: int = 2, start: dt.date = dt.date(2025, 1, 1), code: str = "T"
    ) -> None:
        self.programme, self.mailer = programme, CollectingMailer()
        self.clock = SimulatedClock(make_china_moment(start, 8))
        with transaction() as connection:
            install_processes(connection, self.now)
            self.cast: Cast = make_cast(connection, code, programme, scorers, self.now)
            new = NewContract(code, "测试合约", programme, self.cast.authority_id, self.cast.vendor_id, start, 3, FEE)
            self.contract: Contract = add_contract(connection, None, new, self.now)
        self.tick(make_china_moment(get_contract_quarter(start, 1, 1).opens, 8, 30))

    @property
    def now(self) -> dt.datetime:
        return self.clock.now()

    def tick(self, moment: dt.datetime | None = None) -> None:
        """The clock's work, after moving on to a moment."""
        if moment is not None:
            self.clock.move_to(moment)
        tick(self.now, self.mailer)

    def tick_on(self, day: dt.date, hour: int = 9) -> None:
        self.tick(make_china_moment(day, hour))

    @property
    def cases(self) -> list[Case]:
        with reading() as connection:
            return list_cases_of_contract(connection, self.contract.id)

    @property
    def case(self) -> Case:
        return self.cases[0]

    def list_tasks(self, step: str | None = None, case: Case | None = None) -> list[Task]:
        with reading() as connection:
            found = list_open_tasks(connection, (case or self.case).id)
        return [task for task in found if step in (None, task.step)]

    def list_steps(self) -> list[tuple[str, str]]:
        """Finished steps with their outcomes."""
        with reading() as connection:
            return [(one.step, one.outcome) for one in list_steps(connection, self.case.id)]

    def get_round(self) -> int:
        with reading() as connection:
            return get_case(connection, self.case.id).round

    def find_doer(self, task: Task) -> Doer:
        doer = self.cast.find(task.assigned_to) if task.assigned_to else self.cast.find_by_role(task.role)
        return doer.on(self.now)

    def do(self, step: str, form: Mapping[str, object] | None = None, doer: Doer | None = None) -> Task:
        """Complete the first open task of a step."""
        task = self.list_tasks(step)[0]
        with transaction() as connection:
            complete_task(connection, doer or self.find_doer(task), task.id, form or {}, self.now)
        return task

    def send_back(self, step: str, target: str, reason: str = "材料不全") -> Task:
        """Return the case from an open step."""
        task = self.list_tasks(step)[0]
        with transaction() as connection:
            return_case(connection, self.find_doer(task), task.id, target, reason, self.now)
        return task

    def file(self, **changes: object) -> None:
        """File and sign a quarter that reaches everything, with changes."""
        self.do("submit", {"facts": reach(self.programme, "Q1", **changes)})
        self.do("sign_submission")

    def review(self, **changes: object) -> None:
        """Find the filing complete and review it as filed."""
        self.do("check_completeness")
        self.do("review", {"facts": reach(self.programme, "Q1", **changes)})

    def score(self) -> None:
        """Let every scorer confirm."""
        for _task in self.list_tasks("score"):
            self.do("score")

    def reach_approval(self, **changes: object) -> None:
        """File, review, score, and hear no objection."""
        self.file(**changes)
        self.review(**changes)
        self.score()
        self.do("represent")
