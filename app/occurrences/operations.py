"""Recording occurrences, the party's answer, what the check found, and which case counted them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, update

from app.db import insert_row
from app.evidence.operations import Received, keep_file
from app.occurrences.models import occurrences
from app.occurrences.queries import find_last_number

_THIS = update(occurrences).where(occurrences.c.id == bindparam("row_id"))
_ANSWER = _THIS.values(
    answer=bindparam("text"),
    answer_file_id=bindparam("file"),
    answer_file_name=bindparam("name"),
    answered_by=bindparam("by"),
    answered_at=bindparam("at"),
)
_CHECK = _THIS.values(
    verdict=bindparam("found"), finding=bindparam("why"), checked_by=bindparam("by"), checked_at=bindparam("at")
)


@dataclass(frozen=True, slots=True)
class NewOccurrence:
    """What is recorded: towards which special fact, when it happened, who told, what happened, with a file or none."""

    fact: str
    happened_on: dt.date
    source: str
    description: str
    file: Received | None = None


def add_occurrence(
    connection: Connection, contract_id: int, new: NewOccurrence, by: int, answer_due: dt.datetime, now: dt.datetime
) -> int:
    """Add an occurrence under the contract's next number; the contract is locked. Return its id."""
    values = {
        "contract_id": contract_id,
        "number": find_last_number(connection, contract_id) + 1,
        "fact": new.fact,
        "happened_on": new.happened_on,
        "source": new.source,
        "description": new.description,
        "file_id": None if new.file is None else keep_file(connection, new.file, now),
        "file_name": "" if new.file is None else new.file.name,
        "recorded_by": by,
        "recorded_at": now,
        "answer_due": answer_due,
        "answer": "",
        "answer_file_name": "",
        "finding": "",
    }
    return insert_row(connection, occurrences, values)


def set_answer(
    connection: Connection, occurrence_id: int, text: str, file: Received | None, by: int, now: dt.datetime
) -> None:
    """Write the party's answer to an occurrence; the occurrence is locked."""
    kept = None if file is None else keep_file(connection, file, now)
    name = "" if file is None else file.name
    values = {"row_id": occurrence_id, "text": text, "file": kept, "name": name, "by": by, "at": now}
    connection.execute(_ANSWER, values)


def set_verdict(
    connection: Connection, occurrence_id: int, verdict: str, finding: str, by: int, now: dt.datetime
) -> None:
    """Write what the check of an occurrence found; the occurrence is locked."""
    connection.execute(_CHECK, {"row_id": occurrence_id, "found": verdict, "why": finding, "by": by, "at": now})


def mark_counted(connection: Connection, occurrence_ids: Collection[int], case_id: int) -> None:
    """Note that a case's review counted these; no other one counts them again."""
    if occurrence_ids:
        counted = update(occurrences).where(occurrences.c.id.in_(occurrence_ids)).values(counted_in=case_id)
        connection.execute(counted)
