"""kill -9 at random moments of a quarter: nothing is lost, nothing is posted twice, a mail comes at most once more."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.cases.models import case_steps
from app.casework.install import install_processes
from app.clock import SimulatedClock, make_china_moment
from app.db import database, reading, transaction
from app.jobs.seals import verify_trail
from app.outbox.models import outbox_messages
from app.simulation.run import begin, read_back
from tests.integration.databases import app_on, make_database
from tests.integration.killed_quarter import QUARTER, live
from tests.integration.test_channels_delivery import Mailbox, find_free_port

KILLS = 200 if os.environ.get("KAOHE_LONG") else 12
LONGEST = 0.25
"""Seconds after the start of its work by which a process is killed: a few kills reach over a quarter."""
STEPS = [
    *("submit", "sign_submission", "check_completeness", "review", "score", "score", "joint_look"),
    *("represent", "handle_representation", "approve"),
    *("plan_rectification", "approve_plan", "report_rectification", "verify_rectification"),
]
NOTICES = {
    "period_opened": 2,
    "draft_result": 2,
    "representation_received": 2,
    "result_published": 2,
    "rectification_opened": 2,
    "rectification_verified": 2,
}
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.integration.killed_quarter"])


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(box: Mailbox) -> Iterator[int]:
    """A mail server that outlives every kill."""
    controller = Controller(box, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    yield int(controller.port)
    controller.stop(no_assert=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_quarter_survives_every_kill(kind: str, tmp_path: Path, box: Mailbox, port: int) -> None:
    moments, killed, quarter = random.Random(kind), 0, 0  # noqa: S311  # reproducible, nothing secret
    while killed < KILLS:
        quarter += 1
        folder = tmp_path / str(quarter)
        folder.mkdir()
        box.mails.clear()
        with make_database(kind, folder) as url, app_on(url):
            prepare()
            count = live_under_fire(url, port, folder, moments, KILLS - killed)
            require_all_well(box, count)
        killed += count
    assert killed == KILLS


def prepare() -> None:
    """Add the contract and its people."""
    clock = SimulatedClock(make_china_moment(QUARTER.source.contract.start))
    with transaction() as connection:
        install_processes(connection, clock.now())
    begin(QUARTER, clock)


def live_under_fire(url: str, port: int, folder: Path, moments: random.Random, most: int) -> int:
    """Start the quarter again after each kill until it is over; return how many kills that took."""
    address, killed = database.engine.url.render_as_string(hide_password=False), 0
    while True:
        ready = CONTEXT.Event()
        process = CONTEXT.Process(target=live, args=(address, port, folder, ready))
        process.start()
        assert ready.wait(60)
        process.join(moments.uniform(0, LONGEST) if killed < most else 60)
        if not process.is_alive():
            assert process.exitcode == 0
            return killed
        assert killed < most
        process.kill()
        process.join()
        killed += 1


def require_all_well(box: Mailbox, kills: int) -> None:
    """Hold the tables and the mails that arrived against what an undisturbed quarter comes to."""
    with reading() as connection:
        simulated = read_back(connection, 1)
        assert verify_trail(connection, []) == []
        steps = connection.execute(select(case_steps.c.case_id, case_steps.c.engine_id, case_steps.c.step)).all()
        messages = connection.execute(select(outbox_messages)).all()
    assert simulated.term.ledger == QUARTER.run().ledger
    assert (simulated.steps, len(set(steps))) == ({"Y1Q1": STEPS}, len(STEPS))
    assert Counter(one.template for one in messages if one.kind == "notice") == NOTICES
    assert {one.state for one in messages if one.kind != "reminder"} == {"sent"}
    # A reminder is stopped where its step was done between two lives, before a digest gathered it.
    assert {one.state for one in messages if one.kind == "reminder"} <= {"merged", "stopped"}
    arrived = box.list_ids()
    assert set(arrived) == {one.message_id for one in messages if one.state == "sent"}
    assert len(arrived) - len(set(arrived)) <= kills
