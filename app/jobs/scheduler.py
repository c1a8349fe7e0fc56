"""The clock itself: a tick every few seconds in the one process that leads, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.channels.letters import Letterhead
from app.channels.smtp import Mailer
from app.clock import Clock, SystemClock
from app.db import database, reading
from app.errors import Message
from app.evidence.store import FILES, FileStore
from app.jobs.leader import Leader
from app.jobs.orphans import remove_orphans_daily
from app.jobs.seals import restore_anchors, seal_when_due
from app.jobs.tick import Done, tick

LOG = logging.getLogger("kaohe.jobs")
TICK_SECONDS = 15.0
SEAL_SECONDS = 300.0
MISFIRE_SECONDS = 300
"""A run so much too late is left out; the next one does its work, as everything is looked up by what is due."""
START_SECONDS = 0.05
"""How often a stop that came while the clock was starting looks again."""


class DatabaseClock:
    """The database's clock, so that machines whose clocks differ agree; SQLite's is the machine's own."""

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        if database.engine.dialect.name == "sqlite":
            return SystemClock().now()
        with reading() as connection:
            moment: dt.datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(dt.UTC)


class Worker:
    """Runs the clock whenever it leads.

    `enter` gives the context of the application that jobs run in; `report` is told what a person at the console wants
    to know; `anchors` is the file that takes the anchors of seals; `store` (default: beside it) holds the files.
    """

    def __init__(
        self,
        leader: Leader,
        clock: Clock,
        enter: Callable[[], AbstractContextManager[object]],
        anchors: Path,
        *,
        store: FileStore | None = None,
        mailer: Mailer | None = None,
        letterhead: Letterhead | None = None,
        name: str = "worker",
        report: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        self.leader, self.clock, self.enter, self.anchors = leader, clock, enter, anchors
        self.mailer, self.letterhead, self.name, self.report = mailer, letterhead, name, report
        self.store = store or FileStore(anchors.with_name(FILES))
        self._has_restored = False
        self._leads: bool | None = None
        self._scheduler: BlockingScheduler | None = None
        self._stopping, self._over = threading.Event(), threading.Event()

    def work(self) -> Done | None:
        """Do one tick; None where another process leads."""
        with self.enter():
            if not self._lead():
                return None
            now = self.clock.now()
            done = tick(now, self.mailer, self.name, self.letterhead)
            remove_orphans_daily(self.store, now)
        if any(asdict(done).values()):
            self.report(describe_done(done))
        return done

    def seal(self) -> int | None:
        """Seal what is due; return how many seals that gave, None where another process leads.

        The first time, all anchors that the file lacks are added to it.
        """
        with self.enter():
            if not self._lead():
                return None
            if not self._has_restored:
                restore_anchors(self.anchors)
                self._has_restored = True
            return len(seal_when_due(self.clock.now(), self.anchors))

    def run(self, every: float = TICK_SECONDS) -> None:
        """Tick every so many seconds until `stop`; then the tick under way is finished and the lead given up."""
        # One thread: a tick and a seal take turns. Jobs live in memory: what is due stands in our own tables.
        scheduler = BlockingScheduler(
            timezone=dt.UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_SECONDS},
        )
        start = dt.datetime.now(dt.UTC)
        scheduler.add_job(self._guard, "interval", [self.work], seconds=every, next_run_time=start)
        scheduler.add_job(self._guard, "interval", [self.seal], seconds=SEAL_SECONDS, next_run_time=start)
        self._scheduler = scheduler
        try:
            if not self._stopping.is_set():
                scheduler.start()
        finally:
            self._over.set()
            self.leader.resign()

    def stop(self) -> None:
        """End `run` after the tick under way. Safe in a signal handler: the waiting is done by a thread of its own."""
        if not self._stopping.is_set():
            self._stopping.set()
            threading.Thread(target=self._shut_down).start()

    def _shut_down(self) -> None:
        scheduler = self._scheduler
        while scheduler is not None and not self._over.is_set():
            if scheduler.running:
                scheduler.remove_all_jobs()
                scheduler.shutdown(wait=True)
                return
            self._over.wait(START_SECONDS)

    def _guard(self, job: Callable[[], object]) -> None:
        """Run a job; while the database is away the next run is the next try."""
        try:
            job()
        except SQLAlchemyError as error:
            LOG.warning("the database refused: %s", error)

    def _lead(self) -> bool:
        leads = self.leader.lead()
        if leads is not self._leads:
            self._leads = leads
            waits = Message("another process leads the clock; this one takes over when that one ends")
            self.report(Message("this process leads the clock") if leads else waits)
        return leads


def describe_done(done: Done) -> Message:
    """Return what a tick did, in words."""
    template = "opened {opened}, timers {fired}, retried {retried}, digests {digests}, sent {sent}"
    return Message(template, **asdict(done))
