"""A simulated quarter in a process that a test may kill at any moment; started again it goes on from where it stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import Connection, func, select

from app.calendar.working_days import add_working_days
from app.casework.work import Doer, get_calendar
from app.channels.smtp import SmtpMailer
from app.clock import SimulatedClock, make_china_moment
from app.config import SmtpSettings
from app.contracts.queries import get_contract_by_code
from app.db import reading, use_database
from app.identity.queries import find_person_by_username
from app.jobs.tick import tick
from app.outbox.models import outbox_messages
from app.outbox.rules import LEASE
from app.programmes.scenario_files import ReadScenario
from app.simulation.cast import ROLES, Cast, make_doer
from app.simulation.run import Play, Simulator, make_script
from tests.integration.simulating import HONGSHAN, reach, write_scenario

CODE = "SIM1"
SCORERS = 2
DAY = "day.txt"
CHANGES: Mapping[str, object] = {"mentor_events": 1, "trainees_cumulative": 30, "complete_campus_visits": 0}


def write_quarter() -> ReadScenario:
    """A quarter with everything in it: scorers who differ, a representation, points, money, a rectification."""
    quarter = {
        "facts": reach(HONGSHAN, "Q1", **CHANGES),
        "scorers": [{}, {"mentors": 1}],
        "agreed": {"mentors": 2},
        "representation": {"mentor_events": 2},
    }
    return write_scenario(HONGSHAN, [quarter])


QUARTER = write_quarter()
"""Read once: every process that is started begins with it."""


class Resumed(Simulator):
    """A simulator whose place in time is kept in a file, written after each day."""

    def __init__(self, play: Play, mailer: SmtpMailer, folder: Path) -> None:
        super().__init__([play], SimulatedClock(make_china_moment(play.contract.start)))
        self.mailer, self.place = mailer, folder / DAY  # type: ignore[assignment]  # any mailer does

    def go_on(self) -> None:
        """Live day after day from the one where the process before was killed, until every letter has left."""
        while self._run_day(day := self.find_day()):
            self.keep_day(add_working_days(get_calendar(), day, 1))
        while count_waiting():
            self.clock.move_to(self.clock.now() + LEASE)
            tick(self.clock.now(), self.mailer)

    def find_day(self) -> dt.date:
        if self.place.exists():
            return dt.date.fromisoformat(self.place.read_text("ascii"))
        return self.plays[0].list_opening_days()[0]

    def keep_day(self, day: dt.date) -> None:
        new = self.place.with_suffix(".new")
        new.write_text(day.isoformat(), "ascii")
        new.replace(self.place)


def count_waiting() -> int:
    """How many messages haven't left yet; reminders wait for their digest."""
    with reading() as connection:
        waiting = select(func.count()).where(outbox_messages.c.state == "waiting")
        return connection.execute(waiting).scalar_one()


def find_play(connection: Connection, scenario: ReadScenario) -> Play:
    """The contract with its people, as `begin` added them."""
    contract = get_contract_by_code(connection, CODE)
    now = make_china_moment(contract.start)

    def find(name: str) -> Doer:
        person = find_person_by_username(connection, f"sim-{CODE}-{name}")
        assert person is not None
        return make_doer(connection, person.id, person.name, now)

    scorers = tuple(find(f"scorer{number}") for number in range(1, SCORERS + 1))
    cast = Cast(
        contract.authority_id,
        contract.vendor_id,
        {role: find(role) for role in ROLES},
        scorers,
        find("appeal_handler2"),
    )
    pairs = zip(scenario.quarters, scenario.panels, strict=True)
    return Play(contract, cast, {quarter.code: make_script(quarter, panel, cast) for quarter, panel in pairs})


def live(url: str, port: int, folder: Path, ready: Event) -> None:
    """Live the quarter to its end; `ready` says that the work begins."""
    with use_database(url):
        with reading() as connection:
            play = find_play(connection, QUARTER)
        mailer = SmtpMailer(SmtpSettings("127.0.0.1", port, "kaohe@example.org"))
        ready.set()
        Resumed(play, mailer, folder).go_on()
