"""The tables of a version as SQL, a file for each kind of database: frozen records, run statement by statement."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "scripts"
SEPARATOR = "\n-- next\n"
"""Between statements: triggers have semicolons inside."""


def run_script(connection: Connection, revision: str) -> None:
    """Run a version's script for the kind of database at hand."""
    path = FOLDER / f"{revision}.{connection.dialect.name}.sql"
    for statement in path.read_text("utf-8").split(SEPARATOR):
        connection.exec_driver_sql(statement.strip())
