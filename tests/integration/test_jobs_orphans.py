"""Files that no row names are removed once a day by the clock, and no others."""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

from flask import Flask

from app.casework.file_scan import file_paper_scan
from app.clock import SimulatedClock, SystemClock
from app.db import reading, transaction
from app.evidence.operations import add_file
from app.evidence.store import FILES, FileStore
from app.jobs.leader import FileLeader
from app.jobs.scheduler import Worker
from app.jobs.tick import Done
from app.papers.operations import Filing, receive_scan
from app.papers.queries import list_papers_of_contract
from tests.integration.following import Following, open_lost
from tests.integration.test_evidence import ACTOR
from tests.integration.world import World
from tests.unit.test_evidence_samples import PDF, PNG

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LIMIT = 1000


def put(store: FileStore, content: bytes, age: dt.timedelta) -> Path:
    """A file that no row names, last stored so long ago."""
    path = store.path(store.put(io.BytesIO(content), LIMIT).sha256)
    make_old(path, age)
    return path


def file_scan(world: Following, store: FileStore) -> Path:
    """A scan of an issued paper: a row of its own names its file, no evidence does."""
    with reading() as connection:
        paper = list_papers_of_contract(connection, world.contract.id)[0]
    received = receive_scan(store, "用印件.png", io.BytesIO(PNG))
    with transaction() as connection:
        doer = world.cast.people["reviewer"].on(world.now)
        scan = file_paper_scan(connection, doer, paper.id, Filing(received, "sealed"), world.now)
    path = store.path(scan.sha256)
    make_old(path, 30 * DAY)
    return path


def make_old(path: Path, age: dt.timedelta) -> None:
    moment = (SystemClock().now() - age).timestamp()
    os.utime(path, (moment, moment))


def add_evidence(world: World, store: FileStore) -> Path:
    """A file that a row names."""
    case, stream = world.case, io.BytesIO(PDF)
    with transaction() as connection:
        made = add_file(connection, store, ACTOR, case.id, "2.3", 0, "a.pdf", stream, case.party_id, world.now)
    assert made.sha256 is not None
    path = store.path(made.sha256)
    make_old(path, 30 * DAY)
    return path


def work(app: Flask, folder: Path, now: dt.datetime) -> Done | None:
    """One tick of a clock that starts and ends."""
    worker = Worker(FileLeader(folder / "lock"), SimulatedClock(now), app.app_context, folder / "anchors.txt")
    done = worker.work()
    worker.leader.resign()
    return done


def test_once_a_day_old_orphans_go_and_referenced_or_young_files_stay(app: Flask, tmp_path: Path) -> None:
    world, store = World(), FileStore(tmp_path / FILES)
    kept, young = add_evidence(world, store), put(store, b"young", DAY - HOUR)
    orphan = put(store, b"orphan", DAY + HOUR)
    now = SystemClock().now()
    work(app, tmp_path, now)
    assert [path.exists() for path in (kept, young, orphan)] == [True, True, False]
    second = put(store, b"second", DAY + HOUR)
    work(app, tmp_path, now + dt.timedelta(seconds=15))
    assert second.exists()
    work(app, tmp_path, now + DAY)
    assert [path.exists() for path in (kept, young, second)] == [True, True, False]


def test_the_scans_of_papers_stay(app: Flask, tmp_path: Path) -> None:
    world, store = open_lost(), FileStore(tmp_path / FILES)
    scan, orphan = file_scan(world, store), put(store, b"orphan", 2 * DAY)
    work(app, tmp_path, SystemClock().now())
    assert [path.exists() for path in (scan, orphan)] == [True, False]


def test_a_clock_that_runs_ahead_makes_no_file_older(app: Flask, tmp_path: Path) -> None:
    world, store = World(), FileStore(tmp_path / FILES)
    add_evidence(world, store)
    young = put(store, b"young", HOUR)
    work(app, tmp_path, SystemClock().now() + 400 * DAY)
    assert young.exists()


def test_a_database_that_names_no_file_removes_none(app: Flask, tmp_path: Path) -> None:
    World()
    orphan = put(FileStore(tmp_path / FILES), b"orphan", 2 * DAY)
    work(app, tmp_path, SystemClock().now())
    assert orphan.exists()


def test_a_folder_that_cannot_be_cleaned_does_not_stop_the_clock(app: Flask, tmp_path: Path) -> None:
    world, store = World(), FileStore(tmp_path / FILES)
    add_evidence(world, store)
    orphan = put(store, b"orphan", 2 * DAY)
    (store.folder / ".lock").unlink()
    (store.folder / ".lock").mkdir()
    assert work(app, tmp_path, SystemClock().now()) is not None
    assert orphan.exists()
