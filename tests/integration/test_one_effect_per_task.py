"""Two people at one task: one of them completes it, the other learns who was first and when."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections import Counter
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import func, select

from app.calendar.contract_periods import get_contract_quarter
from app.cases.models import case_steps
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.install import install_processes
from app.casework.open_case import open_period
from app.casework.work import Doer
from app.clock import make_china_moment
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods
from app.db import reading, transaction
from app.identity.operations import NewRole, add_person
from app.processes.models import process_instances
from app.simulation.cast import make_cast, make_doer
from app.submissions.models import submissions
from app.tasks.models import tasks
from app.tasks.operations import TaskTaken
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE

TASKS = 2000 if os.environ.get("KAOHE_LONG") else 200
PAIRS, YEARS = 4, 30
START = dt.date(2025, 1, 1)
NOW = make_china_moment(get_contract_quarter(START, YEARS, 4).opens, 9)


def open_tasks(count: int) -> tuple[Doer, Doer]:
    """Open so many cases, each waiting for its filing; return the two people of the party who may file."""
    with transaction() as connection:
        install_processes(connection, NOW)
        cast = make_cast(connection, "D", HONGSHAN, 1, NOW)
        role = [NewRole("party_staff", programme=HONGSHAN)]
        other = add_person(connection, None, "sim-D-second", "第二人", "", cast.vendor_id, None, role, NOW)
        opened = 0
        while opened < count:
            code = f"D{opened}"
            new = NewContract(code, code, HONGSHAN, cast.authority_id, cast.vendor_id, START, YEARS, FEE)
            contract = add_contract(connection, None, new, NOW)
            for period in list_periods(connection, contract.id)[: count - opened]:
                open_period(connection, period, NOW)
                opened += 1
        return cast.people["party_staff"].on(NOW), make_doer(connection, other.id, other.name, NOW)


class Race:
    """Pairs of threads, each pair with its share of the tasks, both at the same task at the same time."""

    def __init__(self, app: Flask, people: tuple[Doer, Doer], task_ids: Sequence[int]) -> None:
        self.app, self.people, self.task_ids = app, people, task_ids
        self.won: list[tuple[int, str]] = []
        self.lost: list[tuple[int, str]] = []
        self.others: list[Exception] = []

    def run(self) -> None:
        barriers = [threading.Barrier(2) for _pair in range(PAIRS)]
        threads = [
            threading.Thread(target=self._work, args=(barriers[pair], pair, doer))
            for pair in range(PAIRS)
            for doer in (self.people if pair else self.people[:1] * 2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, barrier: threading.Barrier, pair: int, doer: Doer) -> None:
        with self.app.app_context():
            for task_id in self.task_ids[pair::PAIRS]:
                barrier.wait()
                try:
                    with transaction() as connection:
                        complete_task(connection, doer, task_id, {"facts": {}}, NOW)
                    self.won.append((task_id, doer.name))
                except TaskTaken as error:
                    self.lost.append((task_id, str(error)))
                except Exception as error:  # whatever else a loser gets is the finding
                    self.others.append(error)


def test_of_two_at_one_task_one_completes_it_and_the_other_learns_who_was_first(app: Flask) -> None:
    people = open_tasks(TASKS)
    with reading() as connection:
        task_ids = list(connection.execute(select(tasks.c.id).order_by(tasks.c.id)).scalars())
    race = Race(app, people, task_ids)
    race.run()
    assert [repr(error) for error in race.others[:5]] == []
    winners = dict(race.won)
    assert len(race.won) == len(winners) == len(race.lost) == TASKS
    at = NOW.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%d %H:%M")
    assert {text for _task, text in race.lost} <= {
        f"this step was already completed by {doer.name} at {at}" for doer in people
    }
    assert [one for one in race.lost if winners[one[0]] not in one[1]] == []
    require_one_effect_each()


def require_one_effect_each() -> None:
    """Hold that each case was moved on once and by one step, with one filing on record."""
    with reading() as connection:
        steps = Counter(connection.execute(select(case_steps.c.case_id, case_steps.c.step)).all())
        versions = set(connection.execute(select(process_instances.c.version)).scalars())
        filed = connection.execute(select(func.count()).select_from(submissions)).scalar_one()
        open_steps = Counter(connection.execute(select(tasks.c.step).where(tasks.c.state == "open")).scalars())
    assert (len(steps), set(steps.values()), versions, filed) == (TASKS, {1}, {2}, TASKS)
    assert open_steps == {"sign_submission": TASKS}
