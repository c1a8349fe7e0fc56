"""The database that a simulation works in: a throw-away file, or one that is empty or was made by a simulator."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.casework.install import install_processes
from app.clock import SimulatedClock
from app.db import reading, transaction, use_database
from app.errors import KaoheError, Message
from app.migrations.operations import find_mark, is_empty, set_mark, upgrade_database

MARK, VALUE = "made_by", "simulator"


@contextmanager
def open_database(url: str | None, clock: SimulatedClock) -> Iterator[None]:
    """Push an application on a database to simulate in; refuse one that holds anything else (`KaoheError`)."""
    with tempfile.TemporaryDirectory(prefix="kaohe-") as folder:
        place = url or f"sqlite:///{Path(folder) / 'simulation.db'}"
        with use_database(place):
            prepare(clock)
            yield


def prepare(clock: SimulatedClock) -> None:
    """Make the tables and deploy the diagrams, unless a simulator already did; refuse a database of anybody else's."""
    with reading() as connection:
        is_new = is_empty(connection)
        if not is_new and find_mark(connection, MARK) != VALUE:
            template = "this database is neither empty nor made by the simulator; nothing was changed"
            raise KaoheError(Message(template))
    upgrade_database()
    with transaction() as connection:
        if is_new:
            set_mark(connection, MARK, VALUE)
        install_processes(connection, clock.now())
