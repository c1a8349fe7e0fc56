"""A fresh database for a test, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.db import bind_database, database, metadata

SERVER = os.environ.get("KAOHE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@cache
def answers_postgresql() -> bool:
    """Whether a PostgreSQL server answers at its standard local port, or where the environment names one."""
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def make_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a new empty database; a PostgreSQL one is dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'kaohe.db'}"
        return
    if not answers_postgresql():
        pytest.skip("no PostgreSQL server answers")
    name = f"kaohe_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield SERVER.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def app_on(url: str) -> Iterator[Flask]:
    """Push an application's context whose database at `url` has all tables that are imported."""
    app = Flask("kaohe")
    bind_database(app, url)
    with app.app_context():
        metadata.create_all(database.engine)
        yield app
        database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database of each kind."""
    with make_database(request.param, tmp_path) as url, app_on(url) as made:
        yield made
