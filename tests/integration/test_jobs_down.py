"""The clock stands still for three days: nothing is missed, nobody gets two mails about one stage."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from flask import Flask
from sqlalchemy import select

from app.cases.models import case_steps, cases
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.clock import make_china_moment
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods_to_open
from app.db import reading, transaction
from app.jobs.reminders import find_stage
from app.jobs.tick import Done, tick
from app.outbox.models import outbox_messages
from app.processes.queries import list_due
from app.simulation.cast import make_cast
from app.simulation.mailer import CollectingMailer
from app.tasks.queries import list_all_open
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE

FIRST = dt.date(2025, 4, 1)
ONE_DAY = dt.timedelta(days=1)
CONTRACTS = 20
LAST_BEFORE, FIRST_AFTER = dt.date(2025, 4, 16), dt.date(2025, 4, 20)
"""More than 72 hours without a tick: quarters end, filings and timers fall due in them."""


def add_contracts() -> None:
    """Contracts whose first quarters end one a day, from the first of April on."""
    now = make_china_moment(dt.date(2025, 1, 1), 8)
    with transaction() as connection:
        install_processes(connection, now)
        cast = make_cast(connection, "D", HONGSHAN, 1, now)
        for number in range(CONTRACTS):
            start, code = dt.date(2025, 1, 1) + number * ONE_DAY, f"D{number}"
            new = NewContract(code, code, HONGSHAN, cast.authority_id, cast.vendor_id, start, 1, FEE)
            add_contract(connection, None, new, now)


def tick_on(day: dt.date, mailer: CollectingMailer | None, hour: int = 9) -> Done:
    return tick(make_china_moment(day, hour), mailer)


def run_over_the_gap(mailer: CollectingMailer | None) -> Done:
    """Tick every morning up to the gap, then once after it."""
    day = FIRST
    while day <= LAST_BEFORE:
        tick_on(day, mailer)
        day += ONE_DAY
    return tick_on(FIRST_AFTER, mailer)


def test_after_three_days_without_a_clock_one_tick_makes_good_everything(app: Flask) -> None:
    add_contracts()
    done = run_over_the_gap(None)
    assert (done.opened > 0, done.fired > 0) == (True, True)
    now = make_china_moment(FIRST_AFTER, 9)
    with reading() as connection:
        assert list_periods_to_open(connection, FIRST_AFTER) == []
        assert list_due(connection, now, 1000) == []
        opened = connection.execute(select(cases.c.opened_at)).scalars().all()
        lapsed = connection.execute(select(case_steps.c.step).where(case_steps.c.outcome == "lapsed")).scalars().all()
        waiting = list_all_open(connection)
    assert len(opened) == CONTRACTS
    assert lapsed == ["submit"] * len(lapsed)
    late = [one for one in waiting if one["step"] == "submit" and one["due_at"] < now]
    moved = [one for one in waiting if one["step"] == "decide_unfiled"]
    assert (len(moved), len(moved) + len(late) > 0) == (len(lapsed), True)


def test_of_the_stages_missed_only_the_latest_is_sent_and_only_once(app: Flask) -> None:
    add_contracts()
    run_over_the_gap(None)
    with reading() as connection:
        rows = connection.execute(
            select(outbox_messages.c.template, outbox_messages.c.payload, outbox_messages.c.person_id).where(
                outbox_messages.c.kind == "reminder"
            )
        ).all()
        waiting = list_all_open(connection)
    told = Counter((row.template, row.payload["task_id"], row.payload["stage"], row.person_id) for row in rows)
    assert set(told.values()) == {1}
    reached = {(row.payload["task_id"], row.payload["stage"]) for row in rows}
    for task in waiting:
        stage = find_stage(task, FIRST_AFTER)
        assert (task["id"], "new" if stage is None else stage.stage) in reached


def test_each_person_gets_one_digest_a_day_and_a_second_tick_finds_nothing_to_do(app: Flask) -> None:
    add_contracts()
    mailer = CollectingMailer()
    run_over_the_gap(mailer)
    before = mailer.count
    again = tick_on(FIRST_AFTER, mailer, hour=10)
    assert again == Done()
    assert mailer.count == before
    with reading() as connection:
        digests = connection.execute(
            select(outbox_messages.c.person_id, outbox_messages.c.payload).where(outbox_messages.c.template == "digest")
        ).all()
    a_day = Counter((row.person_id, row.payload["day"]) for row in digests)
    assert set(a_day.values()) == {1}
    assert {day for _person, day in a_day} & {"2025-04-17", "2025-04-18", "2025-04-19"} == set()
