"""The database: its tables' registry, exact column types, and the one owner of transactions.

Here: engine settings of SQLite and PostgreSQL, `transaction()` and `reading()`, types that keep money, points and
moments exact. Not here: tables (each domain's `models.py`), statements (`queries.py`, `operations`). Flask-SQLAlchemy
holds the engine of the application in whose context the code runs; no web request is needed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, TypeVar

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Engine, Integer, MetaData, Table, Text, TypeDecorator, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

from app.errors import KaoheError, Message

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
database = SQLAlchemy(metadata=metadata)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number: 64 bits; SQLite counts up only on its own INTEGER."""
BUSY_TIMEOUT_MS = 15_000
WRITES = "kaohe_writes"
DEADLOCK = "40P01"
"""PostgreSQL's word for two transactions that wait for each other."""
Result = TypeVar("Result")


class _Scaled(TypeDecorator[Decimal]):
    """An exact decimal as a whole number of its smallest unit: SQLite has no exact decimals of its own."""

    impl = BigInteger
    cache_ok = True
    places = 0

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the whole number to store; `KaoheError` where digits would be lost."""
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if scaled != int(scaled):
            text = Message("{value} has more than {places} decimals", value=value, places=self.places)
            raise KaoheError(text)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the decimal that was stored."""
        return None if value is None else Decimal(value).scaleb(-self.places)


class Points(_Scaled):
    """Points, exact to six decimals."""

    cache_ok = True
    places = 6


class Money(_Scaled):
    """CNY, exact to the cent."""

    cache_ok = True
    places = 2


class Moment(TypeDecorator[dt.datetime]):
    """A moment with its zone, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC; a moment without a zone is a mistake of the caller's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its zone: {value}")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Json(TypeDecorator[Any]):
    """A value as JSON text in the order given; decimals as exact numbers.

    Text and not JSONB, which sorts keys.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Return the value's text."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        """Return the value, numbers with a point as decimals."""
        return None if value is None else load_json(value)


def dump_json(value: object) -> str:
    """Return JSON text with decimals written out as exact numbers, everything else as JSON has it."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if "." in text else f"{text}.0"
    if isinstance(value, Mapping):
        pairs = (f"{encode_basestring(str(key))}: {dump_json(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(dump_json, value)) + "]"
    raise TypeError(f"not a JSON value: {value!r}")


def load_json(text: str) -> Any:  # noqa: ANN401  # JSON is any of its kinds of value
    """Return the value of a JSON text, numbers with a point as exact decimals."""
    return json.loads(text, parse_float=Decimal)


def bind_database(app: Flask, url: str) -> None:
    """Give an application its database by URL, with the settings that keep SQLite and PostgreSQL safe."""
    options: dict[str, object] = {"pool_pre_ping": True}
    if url.startswith("sqlite"):
        options = {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}}
    app.config.update(SQLALCHEMY_DATABASE_URI=normalise_url(url), SQLALCHEMY_ENGINE_OPTIONS=options)
    database.init_app(app)
    with app.app_context():
        _prepare_engine(database.engine)


@contextmanager
def use_database(url: str) -> Iterator[None]:
    """Push an application that is nothing but a database, for what runs without the web site."""
    app = Flask("kaohe")
    bind_database(app, url)
    with app.app_context():
        try:
            yield
        finally:
            database.engine.dispose()


def normalise_url(url: str) -> str:
    """Return a database URL with the driver that comes with the product."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _prepare_engine(engine: Engine) -> None:
    """Let SQLAlchemy say BEGIN itself on SQLite: the driver's own transactions lose updates silently."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
        connection.isolation_level = None
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[Connection]:
    """Own one transaction: committed when the block ends, rolled back when it raises."""
    with database.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading() -> Iterator[Connection]:
    """Read without a write lock; nothing that the block does is kept."""
    with database.engine.connect() as connection:
        yield connection


def again_after_deadlock(run: Callable[[], Result]) -> Result:
    """Run a transaction, once more where the database ended it because it and another waited for each other.

    What ends a contract or withdraws a case locks a second case after the contract; whoever works on that case locks
    the other way round. One of the two is undone whole, and finds the other's work done.
    """
    try:
        return run()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
    return run()


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send the block's writes in one go where the driver can; none of them may return anything, not even a count.

    On PostgreSQL each statement on its own waits for its answer: a step's writes are mostly waiting.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance("writes of a step", None, error, psycopg.Error, dialect=connection.dialect) from error


def insert_row(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert one row and return its id."""
    added = connection.execute(table.insert(), dict(values)).inserted_primary_key
    if added is None:
        raise LookupError(f"no id for a row of {table.name}")
    return int(added[0])
