"""Tables and values of findings, representations and sheets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from app.db import Id, Json, Moment, Points, metadata

SHEET_STATES = ("draft", "approved", "superseded")

findings = Table(
    "findings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("scorer_id", ForeignKey("people.id"), nullable=False),
    Column("corrections", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    UniqueConstraint("case_id", "round", "scorer_id"),
)

sheets = Table(
    "sheets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reviewed", Json, nullable=False),
    Column("differing", Json, nullable=False),
    Column("agreed", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("contested", Json, nullable=False),
    Column("accepted", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("indicators", Json, nullable=False),
    Column("special", Points, nullable=False),
    Column("score", Points),
    Column("made_at", Moment, nullable=False),
    Column("approved_by", ForeignKey("people.id")),
    Column("approved_at", Moment),
    Column("second_signed_by", ForeignKey("people.id")),
    CheckConstraint(f"state IN {SHEET_STATES}", name="state"),
    UniqueConstraint("case_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one scorer corrected and marked, with a reason for each; facts not named are confirmed as reviewed."""

    id: int
    case_id: int
    round: int
    scorer_id: int
    corrections: dict[str, object]
    reasons: dict[str, str]
    evidence: dict[str, list[int]]
    submitted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A case's sheet: from the reviewed facts to the settled ones, what the party contests, what was accepted, points.

    `facts` are settled before the representation, `accepted` those accepted from it (each indicator keeps the better of
    its points). `indicators`: points by code; `score` includes `special`, None while a fact is missing.
    """

    id: int
    case_id: int
    number: int
    round: int
    state: str
    reviewed: dict[str, object]
    differing: list[str]
    agreed: dict[str, object]
    reasons: dict[str, str]
    facts: dict[str, object]
    contested: dict[str, dict[str, object]]
    accepted: dict[str, object]
    answers: dict[str, str]
    indicators: dict[str, Decimal]
    special: Decimal
    score: Decimal | None
    made_at: dt.datetime
    approved_by: int | None
    approved_at: dt.datetime | None
    second_signed_by: int | None
