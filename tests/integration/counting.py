"""Counts the statements and commits of a piece of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from app.db import database


@dataclass
class Counted:
    """The statements that were run, and how the transactions ended."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    rollbacks: int = 0

    def note(self, *of_event: object) -> None:
        """Take what SQLAlchemy says before each statement; a transaction's own BEGIN isn't one of the work's."""
        text = str(of_event[2])
        if not text.startswith("BEGIN"):
            self.statements.append(" ".join(text.split()))

    def note_commit(self, *_of_event: object) -> None:
        self.commits += 1

    def note_rollback(self, *_of_event: object) -> None:
        self.rollbacks += 1


@contextmanager
def count() -> Iterator[Counted]:
    """Count what the block runs on the application's database."""
    counted, engine = Counted(), database.engine
    listeners = (
        ("before_cursor_execute", counted.note),
        ("commit", counted.note_commit),
        ("rollback", counted.note_rollback),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield counted
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
