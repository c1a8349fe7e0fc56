"""Points that cross 40 in a race, approvals in any order, a clock that stands still: one proposal, the same total."""

from __future__ import annotations

import datetime as dt
import os
import random
import threading
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from app.cases.models import Case
from app.casework.accounts import read_account
from app.casework.add_contract import add_contract
from app.casework.forms import FormRefused
from app.casework.install import install_processes
from app.clock import make_china_moment
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods_to_open
from app.db import reading, transaction
from app.jobs.reminders import find_stage
from app.jobs.tick import tick
from app.ledger.queries import list_entries
from app.outbox.models import outbox_messages
from app.processes.queries import list_due
from app.scores.queries import find_sheet
from app.simulation.cast import make_cast
from app.tasks.models import Task
from app.tasks.queries import list_all_open
from tests.integration.quarters import Quarters, lose
from tests.integration.simulating import CHIFENG, HONGSHAN, reach
from tests.integration.world import FEE
from tests.unit.oracles.quarter import SPECIAL
from tests.unit.oracles.random_scenarios import draw_facts, draw_special_value

IS_LONG = bool(os.environ.get("KAOHE_LONG"))
RACES, HISTORIES, CONTRACTS = (50, 500, 500) if IS_LONG else (2, 6, 20)
ZERO, FULL, LIMIT = Decimal(0), Decimal(25), Decimal(20)


def race(app: Flask, quarters: Quarters, tasks: Sequence[Task]) -> None:
    """Complete tasks in a thread each, all at once."""
    barrier, errors = threading.Barrier(len(tasks)), list[Exception]()

    def work(task: Task) -> None:
        with app.app_context():
            barrier.wait()
            try:
                quarters.do(task)
            except Exception as error:  # told by the test's own thread
                errors.append(error)

    threads = [threading.Thread(target=work, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [repr(error) for error in errors] == []


def test_two_signatures_that_cross_forty_together_open_one_proposal(app: Flask) -> None:
    for number in range(RACES):
        quarters = Quarters(code=f"A{number}")
        for part in ("Q1", "Q2"):
            quarters.open(f"Y1{part}", lose(HONGSHAN, part))
            quarters.drive(f"Y1{part}", until="approve")
        race(app, quarters, [quarters.list_tasks(quarters.get_case(code))[0] for code in ("Y1Q1", "Y1Q2")])
        left = [task for code in ("Y1Q1", "Y1Q2") for task in quarters.list_tasks(quarters.get_case(code))]
        assert [task.step for task in left] == ["second_sign"]
        assert quarters.list_proposals() == []
        quarters.do(left[0])
        require_one_proposal(quarters, ("Y1Q1", "Y1Q2"))


def test_two_second_signatures_at_once_open_one_proposal(app: Flask) -> None:
    for number in range(RACES):
        quarters = Quarters(code=f"B{number}")
        for part in ("Q1", "Q2", "Q3"):
            quarters.open(f"Y1{part}", lose(HONGSHAN, part))
            quarters.drive(f"Y1{part}", until="" if part == "Q1" else "second_sign")
        race(app, quarters, [quarters.list_tasks(quarters.get_case(code))[0] for code in ("Y1Q2", "Y1Q3")])
        require_one_proposal(quarters, ("Y1Q1", "Y1Q2", "Y1Q3"))


def require_one_proposal(quarters: Quarters, codes: Sequence[str]) -> None:
    """Hold that one proposal is live and that the ledger has what the sheets lost."""
    assert (len(quarters.list_proposals()), quarters.state) == (1, "termination_proposed")
    with reading() as connection:
        entries = list_entries(connection, quarters.contract.id)
        lost = [FULL - get_score(connection, quarters.get_case(code)) for code in codes]
    assert sum((one.points for one in entries if one.kind == "points"), ZERO) == sum(lost, ZERO)


def get_score(connection: Connection, case: Case) -> Decimal:
    """The approved score of a case, as its sheet has it."""
    sheet = find_sheet(connection, case.id)
    assert sheet is not None
    assert sheet.state == "approved"
    assert sheet.score is not None
    return sheet.score


class History:
    """Quarters of two years filed, signed and decided in an order that chance gives."""

    def __init__(self, seed: int, programme: str, code: str) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # reproducible, nothing secret
        self.quarters = Quarters(programme, code)
        codes = [f"Y{year}Q{number}" for year in (1, 2) for number in (1, 2, 3, 4)]
        self.codes = self.rng.sample(codes, self.rng.choice([3, 5, 8]))

    def live(self) -> None:
        """Let it happen; never are there two live proposals."""
        for code in self.codes:
            self.quarters.open(code, self._draw(code))
        order = [code for code in self.codes for _time in range(2)]
        self.rng.shuffle(order)
        for code in order:
            self.quarters.drive(code, until=self.rng.choice(["approve", "second_sign", ""]))
            if self.rng.random() < 0.3:
                self.quarters.decide()
            assert len(self.quarters.list_proposals()) <= 1
        for code in self.codes:
            self.quarters.drive(code)
        self.quarters.decide()

    def _draw(self, code: str) -> dict[str, object]:
        number, quality = int(code[-1]), self.rng.choice([0.0, 0.5, 0.9])
        facts: dict[str, object] = dict(draw_facts(self.rng, self.quarters.programme, number, quality))
        if self.quarters.programme == CHIFENG:
            facts |= {name: draw_special_value(self.rng, name) for name in SPECIAL if self.rng.random() < 0.3}
        return facts

    def list_scores(self, year: int) -> list[Decimal]:
        """The approved scores of a year's quarters in their own order, as their sheets have them."""
        codes = sorted(one for one in self.codes if one.startswith(f"Y{year}"))
        with reading() as connection:
            return [get_score(connection, self.quarters.get_case(code)) for code in codes]


def bound_money(programme: str, scores: Sequence[Decimal]) -> Decimal:
    """What scores cost in a year, stopping at the fee."""
    short = [score for score in scores if score < LIMIT]
    each = [(LIMIT - score) * 100_000 if programme == HONGSHAN else FEE / 5 for score in short]
    return min(FEE, sum(each, ZERO))


@pytest.mark.parametrize("programme", [HONGSHAN, CHIFENG])
def test_approvals_in_any_order_come_to_the_sum_of_their_sheets(app: Flask, programme: str) -> None:
    for seed in range(HISTORIES // 2):
        history = History(seed, programme, f"H{seed}")
        history.live()
        with reading() as connection:
            account = read_account(connection, history.quarters.contract)
        for year in (1, 2):
            scores, where = history.list_scores(year), f"{programme} seed {seed}"
            entries = [one for one in account.posted if one.quarter.startswith(f"Y{year}")]
            points = sum((one.points for one in entries if one.kind == "points"), ZERO)
            money = sum((one.money for one in entries if one.kind == "money"), ZERO)
            assert points == sum((FULL - score for score in scores), ZERO), where
            assert money == bound_money(programme, scores), where
            assert [one.kind for one in entries].count("settlement") == (len(scores) == 4), where
        assert history.quarters.list_proposals() == []
        assert history.quarters.state == ("settled" if len(history.codes) == 8 else "active"), where


START, LAST = dt.date(2025, 1, 1), dt.date(2025, 5, 20)
LONGEST_GAP = dt.timedelta(hours=96)


def test_a_clock_that_often_stands_still_for_days_misses_nothing_and_repeats_nothing(app: Flask) -> None:
    now, rng = make_china_moment(START, 8), random.Random(1)  # noqa: S311  # reproducible, nothing secret
    with transaction() as connection:
        install_processes(connection, now)
        cast = make_cast(connection, "S", HONGSHAN, 1, now)
        for number in range(CONTRACTS):
            begins, code = START + dt.timedelta(days=number % 20), f"S{number}"
            new = NewContract(code, code, HONGSHAN, cast.authority_id, cast.vendor_id, begins, 1, FEE)
            add_contract(connection, None, new, now)
    now = make_china_moment(dt.date(2025, 4, 1), 8)
    while now < make_china_moment(LAST, 8):
        tick(now, None)
        require_nothing_missed(now)
        now += rng.choice([dt.timedelta(hours=1), dt.timedelta(hours=24), dt.timedelta(hours=72), LONGEST_GAP])
    with reading() as connection:
        rows = connection.execute(select(outbox_messages).where(outbox_messages.c.kind == "reminder")).all()
        mails = connection.execute(select(outbox_messages).where(outbox_messages.c.template == "digest")).all()
    told = Counter((row.template, row.payload["task_id"], row.payload["stage"], row.person_id) for row in rows)
    assert (set(told.values()), len(rows) > CONTRACTS) == ({1}, True)
    assert set(Counter((row.person_id, row.payload["day"]) for row in mails).values()) == {1}


def require_nothing_missed(now: dt.datetime) -> None:
    """Hold that after a tick nothing is left over that was due, and every task's latest stage was told."""
    today = now.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    with reading() as connection:
        assert (list_periods_to_open(connection, today), list_due(connection, now, 10)) == ([], [])
        waiting = list_all_open(connection)
        payloads = connection.execute(
            select(outbox_messages.c.payload).where(outbox_messages.c.kind == "reminder")
        ).scalars()
        told = {(one["task_id"], one["stage"]) for one in payloads}
    stages = {(task["id"], stage.stage) for task in waiting if (stage := find_stage(task, today)) is not None}
    assert stages <= told


def test_a_year_waits_for_the_decision_and_is_settled_once_finance_confirms_it(app: Flask) -> None:
    quarters = Quarters()
    for year in (1, 2):
        for part in ("Q1", "Q2", "Q3", "Q4"):
            facts = lose(HONGSHAN, part) if (year, part) < (1, "Q3") else reach(HONGSHAN, part)
            quarters.open(f"Y{year}{part}", facts)
            quarters.drive(f"Y{year}{part}")
    assert (len(quarters.list_proposals()), quarters.state) == (1, "termination_proposed")
    with pytest.raises(FormRefused, match="is still open"):
        quarters.settle("Y1Q4")
    quarters.decide()
    for code in ("Y1Q4", "Y2Q4"):
        quarters.settle(code)
    with reading() as connection:
        entries = list_entries(connection, quarters.contract.id)
    assert [one.quarter for one in entries if one.kind == "settlement"] == ["Y1Q4", "Y2Q4"]
    assert quarters.state == "settled"
