"""Tables and values of submissions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from app.db import Id, Moment, metadata

STATES = ("filed", "signed", "accepted", "returned")

submissions = Table(
    "submissions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("filed_by", ForeignKey("people.id"), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("signed_by", ForeignKey("people.id")),
    Column("signed_at", Moment),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    UniqueConstraint("case_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Submission:
    """A filing of a party; late when its first filing came after the due date, however often it was returned."""

    id: int
    case_id: int
    number: int
    round: int
    note: str
    filed_by: int
    filed_at: dt.datetime
    due_at: dt.datetime
    is_late: bool
    signed_by: int | None
    signed_at: dt.datetime | None
    state: str
    reason: str
