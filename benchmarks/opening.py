"""Opening many cases at once, beside raw SQL that inserts the very same rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Table, make_url, select

from app.audit.models import audit_entries
from app.cases.models import cases
from app.casework.open_many import open_periods
from app.casework.work import QUARTER
from app.contracts.models import periods
from app.db import database, reading, transaction
from app.outbox.models import outbox_messages
from app.processes.models import process_instances
from app.tasks.models import tasks
from benchmarks.databases import count_statements, use_tables
from benchmarks.world import NOW, World

YEARS = 30
PERIODS = YEARS * 4
WRITTEN = (process_instances, cases, tasks, audit_entries, outbox_messages)
Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class OpeningCost:
    """Seconds to open so many cases: raw inserts of their rows, ours set by set, ours one by one."""

    database: str
    cases: int
    rows: int
    raw: float
    ours: float
    one_by_one: float
    statements: int

    @property
    def ratio(self) -> float:
        """Ours as a multiple of raw."""
        return self.ours / self.raw


def measure_opening(kind: str, count: int, few: int) -> OpeningCost:
    """Return what opening so many cases costs; one by one only `few` are opened, and the time is scaled up."""
    with use_tables(kind) as url:
        world = World()
        waiting = world.add_periods((count + few) // PERIODS + 1, YEARS)
        world.open_periods(waiting[:few], QUARTER)
        begin = time.perf_counter()
        world.open_periods(waiting[few : 2 * few], QUARTER)
        one_by_one = (time.perf_counter() - begin) * count / few
        todo = waiting[2 * few : 2 * few + count]
        last = {table.name: _find_last(table) for table in WRITTEN}
        begin = time.perf_counter()
        with count_statements() as sent, transaction() as connection:
            open_periods(connection, todo, NOW)
        ours = time.perf_counter() - begin
        rows = [(table, _take_out(table, last[table.name])) for table in WRITTEN]
        raw = _insert_raw(kind, url, rows, [one.id for one in todo])
        return OpeningCost(kind, count, sum(len(of) for _table, of in rows), raw, ours, one_by_one, len(sent))


def _find_last(table: Table) -> int:
    with reading() as connection:
        return int(connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar() or 0)


def _take_out(table: Table, after: int) -> Rows:
    """Return a table's new rows as the driver knows them, without their numbers beyond reach of the raw inserts."""
    with reading() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table.name} WHERE id > {int(after)} ORDER BY id")  # noqa: S608  # our own table's name
        return [tuple(row) for row in found]


def _insert_raw(kind: str, url: str, rows: Sequence[tuple[Table, Rows]], opened: Sequence[int]) -> float:
    """Take the rows out of their tables and put them back by the driver alone, in one transaction; return seconds."""
    _delete(rows)
    database.engine.dispose()
    connection = _connect(kind, url)
    mark = "?" if kind == "sqlite" else "%s"
    begin = time.perf_counter()
    cursor = connection.cursor()
    if kind == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
    marked = f"UPDATE {periods.name} SET opened_at = {mark} WHERE id = {mark}"  # noqa: S608  # our own names
    cursor.executemany(marked, [(NOW.isoformat(sep=" "), number) for number in opened])
    for table, of in rows:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ", ".join([mark] * len(table.columns))
        cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", of)  # noqa: S608  # our own names
    connection.commit()
    seconds = time.perf_counter() - begin
    connection.close()
    return seconds


def _delete(rows: Sequence[tuple[Table, Rows]]) -> None:
    with transaction() as connection:
        for table, of in reversed(rows):
            _lift_guards(connection, table)
            connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE id >= {int(str(of[0][0]))}")  # noqa: S608  # our own names


def _lift_guards(connection: Any, table: Table) -> None:  # noqa: ANN401  # SQLAlchemy's connection
    """Take the guards of the audit trail away: this database is only measured with."""
    if table is not audit_entries:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        return
    for change in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER {table.name}_append_only_{change}")


def _connect(kind: str, url: str) -> Any:  # noqa: ANN401  # either driver's connection
    import sqlite3  # noqa: PLC0415  # beside psycopg, one of them is used

    made = make_url(url)
    if kind != "sqlite":
        return psycopg.connect(made.set(drivername="postgresql").render_as_string(hide_password=False))
    connection = sqlite3.connect(str(made.database), isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection
