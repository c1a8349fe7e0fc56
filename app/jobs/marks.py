"""What the clock keeps of its own work: short texts in the database that outlive a restart and a change of leader."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app.migrations.operations import marks


def find_moment(connection: Connection, name: str) -> dt.datetime | None:
    """Return the moment that a mark holds, or None."""
    found = connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar_one_or_none()
    return None if found is None else dt.datetime.fromisoformat(found)


def put_mark(connection: Connection, name: str, value: str) -> None:
    """Write a mark, over an older one."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(marks).values(name=name, value=value)
    connection.execute(added.on_conflict_do_update(index_elements=["name"], set_={"value": added.excluded.value}))


def drop_mark(connection: Connection, name: str) -> None:
    """Forget a mark."""
    connection.execute(delete(marks).where(marks.c.name == name))


def list_marks(connection: Connection, prefix: str) -> dict[str, str]:
    """Return the marks whose name begins with a prefix, by the rest of their name."""
    found = select(marks.c.name, marks.c.value).where(marks.c.name.startswith(prefix, autoescape=True))
    return {name.removeprefix(prefix): value for name, value in connection.execute(found)}
