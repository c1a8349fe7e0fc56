"""Tables and values of submissions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.db import Id, Json, Moment, Points, metadata

STATES = ("filed", "signed", "accepted", "returned")
VERDICTS = ("", "passed", "failed")

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
    Column("defer", Json, nullable=False),
    Column("made_up", Json, nullable=False),
    Column("deferrals", Json, nullable=False),
    Column("verified", Json, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    UniqueConstraint("case_id", "number"),
)

rectification_items = Table(
    "rectification_items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("indicator", String(60), nullable=False),
    Column("lost", Points, nullable=False),
    Column("is_repeated", Boolean, nullable=False),
    Column("measure", Text, nullable=False),
    Column("responsible", String(100), nullable=False),
    Column("finish_on", Date),
    Column("report", Text, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("finding", Text, nullable=False),
    CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
    UniqueConstraint("case_id", "round", "indicator"),
)


MadeUp = dict[str, dict[str, dict[str, object]]]
"""Facts by quarter, indicator and name."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A filing of a party; late when its first filing came after the due date, however often it was returned.

    `defer`: the reason for each indicator that the party asks to defer (顺延), `deferrals` what the review answered:
    {code: {granted, reason}}. In a fourth quarter `made_up` holds the facts that the party says it made up, by earlier
    quarter and indicator, `verified` those that the review found.
    """

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
    defer: dict[str, str]
    made_up: MadeUp
    deferrals: dict[str, dict[str, object]]
    verified: MadeUp

    @property
    def granted(self) -> list[str]:
        """The indicators whose deferral was granted."""
        return [code for code, answer in self.deferrals.items() if answer["granted"]]


@dataclass(frozen=True, slots=True)
class RectificationItem:
    """One failed criterion in a round of a rectification: points lost, the measure planned, the proof, the verdict.

    `is_repeated`: the same criterion had failed in the contract's quarter before. `verdict`: "" while open.
    """

    id: int
    case_id: int
    round: int
    indicator: str
    lost: Decimal
    is_repeated: bool
    measure: str
    responsible: str
    finish_on: dt.date | None
    report: str
    verdict: str
    finding: str
