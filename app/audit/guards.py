"""Triggers that refuse to change or remove rows of an append-only table, on both databases.

They keep mistakes and injected SQL out; whoever owns the database can drop them: hashes and seals are for that.
"""

from __future__ import annotations

from sqlalchemy import DDL, Table, event
from sqlalchemy.schema import ExecutableDDLElement

_REFUSE = """
CREATE OR REPLACE FUNCTION kaohe_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';
END
$$
"""


def make_append_only_guards(table_name: str) -> dict[str, list[str]]:
    """Return the statements that guard a table, in order, by dialect; they hold no percent sign and no colon."""
    guard = f"{table_name}_append_only"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table_name} is append-only'); END"
    return {
        "postgresql": [
            _REFUSE.strip(),
            f"CREATE TRIGGER {guard} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table_name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kaohe_refuse_change()",
        ],
        "sqlite": [
            f"CREATE TRIGGER {guard}_update BEFORE UPDATE ON {table_name} {refuse}",
            f"CREATE TRIGGER {guard}_delete BEFORE DELETE ON {table_name} {refuse}",
        ],
    }


def make_guard_removals(table_name: str) -> dict[str, list[str]]:
    """Return the statements that take a table's guards away, by dialect (a migration that rewrites the table)."""
    guard = f"{table_name}_append_only"
    return {
        "postgresql": [f"DROP TRIGGER {guard} ON {table_name}"],
        "sqlite": [f"DROP TRIGGER {guard}_update", f"DROP TRIGGER {guard}_delete"],
    }


def _make_ddl(statement: str, dialect: str) -> ExecutableDDLElement:
    ddl: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without types
    return ddl.execute_if(dialect=dialect)


def guard_append_only(table: Table) -> None:
    """Have a table's guards created with it."""
    for dialect, statements in make_append_only_guards(table.name).items():
        for statement in statements:
            event.listen(table, "after_create", _make_ddl(statement, dialect))
