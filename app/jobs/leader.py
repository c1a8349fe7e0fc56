"""One leader: of the processes that could run the clock one does; when it is gone another takes over.

The lock goes with its process: the kernel lets go of a file's lock, PostgreSQL of a session's, however it ended. Two
that both believe to lead for a moment (a session cut off) do no harm: what a tick writes is keyed, its rows are locked.
"""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app.db import normalise_url

LOG = logging.getLogger("kaohe.jobs")
LOCK_NUMBER = 0x4B616F6865
"""The number of the clock's advisory lock ("Kaohe"); PostgreSQL keeps such locks apart by database."""
SUFFIX = ".leader"
KEEPALIVE = "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""So that the server notices within half a minute that a leader's machine is gone."""


class Leader(Protocol):
    """Says who leads."""

    def lead(self) -> bool:
        """Whether this process leads: it did already, or nobody else does."""

    def resign(self) -> None:
        """Let another one lead."""


class FileLeader:
    """Leads by a lock on a file beside SQLite's; the file stays, its lock is what counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def lead(self) -> bool:
        """Whether this process leads: it did already, or nobody else does."""
        if self._handle is not None:
            return True
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def resign(self) -> None:
        """Let another one lead."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class SessionLeader:
    """Leads by an advisory lock of a PostgreSQL session of its own."""

    def __init__(self, url: str) -> None:
        options = {"options": KEEPALIVE}
        self._engine = create_engine(
            normalise_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options
        )
        self._session: Connection | None = None

    def lead(self) -> bool:
        """Whether this process leads: its session still lives, or nobody else leads; not while the server is away."""
        try:
            if self._session is not None:
                self._session.execute(select(1))
                return True
            return self._try()
        except SQLAlchemyError as error:
            LOG.warning("the clock's session was lost: %s", error)
            self._drop()
            return False

    def resign(self) -> None:
        """Let another one lead."""
        self._drop()

    def _try(self) -> bool:
        session = self._engine.connect()
        if session.execute(select(func.pg_try_advisory_lock(LOCK_NUMBER))).scalar_one():
            self._session = session
            return True
        session.close()
        return False

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()
            session.close()


def make_leader(url: str, folder: Path) -> FileLeader | SessionLeader:
    """Return who says who leads for a database; `folder` takes the lock of one that is no file."""
    made = make_url(normalise_url(url))
    if made.get_backend_name() == "postgresql":
        return SessionLeader(url)
    path = Path(made.database) if made.database and made.database != ":memory:" else folder / "memory"
    return FileLeader(path.with_name(path.name + SUFFIX))
