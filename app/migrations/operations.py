"""Bring a database up to date; read and write what it is marked as."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, String, Table, inspect, select

from app.db import database, metadata

HERE = Path(__file__).parent

marks = Table(
    "marks",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", String(200), nullable=False),
)


def upgrade_database() -> None:
    """Bring the application's database up to the newest version, in one transaction of Alembic's own."""
    with database.engine.begin() as connection:
        config = make_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def make_config() -> Config:
    """Return Alembic's configuration: scripts beside this file, no ini file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


def is_empty(connection: Connection) -> bool:
    """Whether a database has no tables at all."""
    return not inspect(connection).get_table_names()


def is_current(connection: Connection) -> bool:
    """Whether a database has the newest version's tables."""
    if "alembic_version" not in inspect(connection).get_table_names():
        return False
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return version == ScriptDirectory.from_config(make_config()).get_current_head()


def find_mark(connection: Connection, name: str) -> str | None:
    """Return what a database is marked as, or None."""
    if "marks" not in inspect(connection).get_table_names():
        return None
    return connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar_one_or_none()


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Mark a database."""
    connection.execute(marks.insert().values(name=name, value=value))
