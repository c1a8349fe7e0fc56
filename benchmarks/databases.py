"""Databases for a benchmark: each new and empty, on SQLite and, where a server answers, on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

import app.cases.models
import app.contracts.models
import app.evidence.models
import app.identity.models
import app.ledger.models
import app.outbox.models
import app.processes.models
import app.scores.models
import app.submissions.models
import app.tasks.models  # noqa: F401  # every domain's tables register themselves
from app.db import database, metadata, use_database

KINDS = ("sqlite", "postgresql")
SERVER = os.environ.get("KAOHE_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def list_kinds(wanted: str) -> list[str]:
    """Return the databases to measure: those wanted (`all`: each that answers)."""
    return [one for one in KINDS if wanted in (one, "all") and (one in ("sqlite", wanted) or answers())]


def answers() -> bool:
    """Whether a PostgreSQL server answers where the environment names one (KAOHE_BENCH_POSTGRESQL), else locally."""
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def make_database(kind: str) -> Iterator[str]:
    """Give the URL of a new empty database, gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    name = f"kaohe_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield SERVER.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def use_tables(kind: str) -> Iterator[str]:
    """Give the URL of a new database with all tables, in an application's context."""
    with make_database(kind) as url, use_database(url):
        metadata.create_all(database.engine)
        yield url


@contextmanager
def count_statements() -> Iterator[list[str]]:
    """Give a list that fills with the statements sent; one with many rows counts once, BEGIN and COMMIT don't."""
    sent: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)


def measure_bytes() -> int:
    """Return what the database holds on disk, indexes included, with no gaps that a clean-up would give back."""
    is_sqlite = database.engine.dialect.name == "sqlite"
    pooled = database.engine.raw_connection()
    connection: Any = pooled.driver_connection
    try:
        if is_sqlite:
            connection.execute("VACUUM")
            sizes = [connection.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size")]
            return int(sizes[0]) * int(sizes[1])
        connection.autocommit = True
        connection.execute("VACUUM FULL")
        return int(connection.execute("SELECT pg_database_size(current_database())").fetchone()[0])
    finally:
        pooled.invalidate()
