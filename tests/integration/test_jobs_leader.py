"""One leader among the processes that could run the clock, and what happens when it is killed or told to stop."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.cases.models import cases
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.clock import make_china_moment
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods_to_open
from app.db import database, reading, transaction
from app.jobs.leader import FileLeader, Leader, SessionLeader, make_leader
from app.jobs.scheduler import Worker
from app.outbox.models import outbox_messages
from app.simulation.cast import make_cast
from app.tasks.models import tasks
from tests.integration.installation import wait_until
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE

NOW = make_china_moment(dt.date(2026, 1, 5), 9)
START = dt.date(2025, 1, 1)
QUARTERS_OVER = 4
LEADS = "this process leads the clock"


def get_url() -> str:
    return database.engine.url.render_as_string(hide_password=False)


def add(code: str) -> None:
    """A contract whose four quarters are over, with people who are reminded."""
    with transaction() as connection:
        cast = make_cast(connection, code, HONGSHAN, 1, NOW)
        new = NewContract(code, code, HONGSHAN, cast.authority_id, cast.vendor_id, START, 2, FEE)
        add_contract(connection, None, new, NOW)


class Clocks:
    """Processes that run the clock, and what each of them said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        with self.get_output(len(self.processes)).open("wb") as out:
            arguments = [get_url(), str(self.folder), NOW.isoformat()]
            command = [sys.executable, "-m", "tests.integration.clock_process", *arguments]
            self.processes.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT))  # noqa: S603  # our own

    def get_output(self, number: int) -> Path:
        return self.folder / f"clock{number}.txt"

    def list_leaders(self) -> list[int]:
        return [number for number in range(len(self.processes)) if LEADS in self.get_output(number).read_text("utf-8")]

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def clocks(tmp_path: Path) -> Iterator[Clocks]:
    made = Clocks(tmp_path)
    yield made
    made.end()


def count_cases() -> int:
    with reading() as connection:
        return len(connection.execute(select(cases.c.id)).all())


def is_all_done(contracts: int) -> bool:
    """Whether every quarter has its case and every letter has left or is part of a digest."""
    with reading() as connection:
        waiting = list_periods_to_open(connection, NOW.date())
        states = set(connection.execute(select(outbox_messages.c.state)).scalars())
    return not waiting and count_cases() == contracts * QUARTERS_OVER and states == {"sent", "merged"}


def test_another_clock_takes_over_from_a_killed_one_and_nothing_happens_twice(app: Flask, clocks: Clocks) -> None:
    with transaction() as connection:
        install_processes(connection, NOW)
    for number in range(3):
        add(f"A{number}")
    for _number in range(3):
        clocks.start()
    wait_until(lambda: count_cases() > 0, "a clock that opens quarters")
    killed = clocks.list_leaders()
    assert len(killed) == 1
    clocks.processes[killed[0]].kill()
    add("B")
    wait_until(lambda: len(clocks.list_leaders()) == 2, "a clock that takes over")
    wait_until(lambda: is_all_done(4), "all quarters opened, all mails sent")

    with reading() as connection:
        opened = Counter(connection.execute(select(cases.c.contract_id, cases.c.period)).all())
        reminded = connection.execute(
            select(outbox_messages.c.key, outbox_messages.c.person_id).where(outbox_messages.c.kind == "reminder")
        ).all()
        open_tasks = len(connection.execute(select(tasks.c.id)).all())
        mails = set(connection.execute(select(outbox_messages.c.message_id).where(outbox_messages.c.state == "sent")))
    assert set(opened.values()) == {1}
    assert (len(opened), len(reminded), open_tasks) == (16, 16, 16)
    lines = (clocks.folder / "mails.txt").read_text("ascii").split()
    assert {(line,) for line in lines} == mails
    assert len(lines) - len(mails) <= 1

    for process in clocks.processes:
        process.terminate()
    assert sorted(process.wait() for process in clocks.processes) == [-9, 0, 0]
    assert len(clocks.list_leaders()) == 2


def test_only_one_of_two_leads_until_it_resigns(app: Flask, tmp_path: Path) -> None:
    first, second = make_leader(get_url(), tmp_path), make_leader(get_url(), tmp_path)
    assert isinstance(first, FileLeader if database.engine.dialect.name == "sqlite" else SessionLeader)
    assert (first.lead(), second.lead(), first.lead()) == (True, False, True)
    first.resign()
    assert (second.lead(), first.lead()) == (True, False)
    second.resign()


def test_a_leader_whose_session_is_cut_off_leads_no_more_until_it_has_the_lock_again(
    app: Flask, tmp_path: Path
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no sessions")
    leader = make_leader(get_url(), tmp_path)
    assert leader.lead()
    others = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid "
    with reading() as connection:
        connection.execute(text(others + "FROM pg_database WHERE datname = current_database())"))
    assert (leader.lead(), leader.lead()) == (False, True)
    leader.resign()


class SlowClock:
    """A clock whose hand a test holds: a tick that asks for the time waits."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes
        self.asked, self.released = threading.Event(), threading.Event()

    def now(self) -> dt.datetime:
        self.asked.set()
        self.released.wait(60)
        self.notes.append("ticked")
        return NOW


class Lead:
    """Leads always, and notes when it is given up."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes

    def lead(self) -> bool:
        return True

    def resign(self) -> None:
        self.notes.append("resigned")


def test_a_stop_lets_the_tick_under_way_end_before_the_lead_is_given_up(app: Flask, tmp_path: Path) -> None:
    notes: list[str] = []
    clock, leader = SlowClock(notes), Lead(notes)
    worker = Worker(leader, clock, app.app_context, tmp_path / "anchors.txt")
    thread = threading.Thread(target=worker.run, args=(60,))
    thread.start()
    assert clock.asked.wait(60)
    worker.stop()
    notes.append("stop asked")
    clock.released.set()
    thread.join(60)
    assert notes[:2] == ["stop asked", "ticked"]
    assert notes[-1] == "resigned"


def test_a_clock_told_to_stop_before_it_started_never_ticks(app: Flask, tmp_path: Path) -> None:
    notes: list[str] = []
    leader: Leader = Lead(notes)
    worker = Worker(leader, SlowClock(notes), nullcontext, tmp_path / "anchors.txt")
    worker.stop()
    worker.run()
    assert notes == ["resigned"]
