"""Table and values of occurrences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from app.db import Id, Moment, metadata

VERDICTS = ("valid", "unfounded")
LONGEST_SOURCE = 200

occurrences = Table(
    "occurrences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("fact", String(80), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("source", String(LONGEST_SOURCE), nullable=False),
    Column("description", Text, nullable=False),
    Column("file_id", ForeignKey("files.id")),
    Column("file_name", String(200), nullable=False),
    Column("recorded_by", ForeignKey("people.id"), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("answer_due", Moment, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_file_id", ForeignKey("files.id")),
    Column("answer_file_name", String(200), nullable=False),
    Column("answered_by", ForeignKey("people.id")),
    Column("answered_at", Moment),
    Column("verdict", String(20)),
    Column("finding", Text, nullable=False),
    Column("checked_by", ForeignKey("people.id")),
    Column("checked_at", Moment),
    Column("counted_in", ForeignKey("cases.id")),
    CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
    CheckConstraint(
        "(verdict IS NULL) = (checked_at IS NULL) AND (checked_at IS NULL) = (checked_by IS NULL)", name="checked"
    ),
    CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
    CheckConstraint("checked_by <> recorded_by", name="second_person"),
    CheckConstraint("counted_in IS NULL OR verdict = 'valid'", name="counted"),
    UniqueConstraint("contract_id", "number"),
    Index("ix_occurrences_counted_in", "counted_in"),
)
Index(
    "ix_occurrences_unchecked",
    occurrences.c.contract_id,
    sqlite_where=occurrences.c.checked_at.is_(None),
    postgresql_where=occurrences.c.checked_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A complaint or safety incident of a contract.

    `fact`: the special fact that it counts towards once the check finds it `valid`; `number` counts from 1 in the
    contract; `source`: who told, without a complainant's name; `counted_in`: the case whose review counted it.
    """

    id: int
    contract_id: int
    number: int
    fact: str
    happened_on: dt.date
    source: str
    description: str
    file_id: int | None
    file_name: str
    recorded_by: int
    recorded_at: dt.datetime
    answer_due: dt.datetime
    answer: str
    answer_file_id: int | None
    answer_file_name: str
    answered_by: int | None
    answered_at: dt.datetime | None
    verdict: str | None
    finding: str
    checked_by: int | None
    checked_at: dt.datetime | None
    counted_in: int | None

    @property
    def is_checked(self) -> bool:
        """Whether the check is over."""
        return self.checked_at is not None

    def can_be_checked(self, now: dt.datetime) -> bool:
        """Whether the party was heard: it answered, or its time is over."""
        return not self.is_checked and (self.answered_at is not None or now > self.answer_due)
