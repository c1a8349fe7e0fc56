"""Tables and values of issued papers, of the proof that they arrived, and of scans filed back to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from app.db import Id, Json, Moment, metadata
from app.evidence.models import LONGEST_NAME

KINDS = (
    "rectification_notice",
    "deduction_notice",
    "termination_notice",
    "termination_decision",
    "continuation_decision",
    "appeal_decision",
    "settlement",
)
MANNERS = ("portal", "mail", "receipt", "announcement")
SCAN_KINDS = ("sealed", "signed", "both")

papers = Table(
    "papers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("authority_id", ForeignKey("organisations.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("number", String(60), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False, index=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("content", Json, nullable=False),
    Column("issued_by", ForeignKey("people.id")),
    Column("issued_at", Moment, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    UniqueConstraint("authority_id", "year", "sequence"),
)

paper_services = Table(
    "paper_services",
    metadata,
    Column("id", Id, primary_key=True),
    Column("paper_id", ForeignKey("papers.id"), nullable=False, unique=True),
    Column("manner", String(20), nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("note", Text, nullable=False),
    Column("evidence_id", ForeignKey("evidence.id")),
    Column("recorded_by", ForeignKey("people.id")),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint(f"manner IN {MANNERS}", name="manner"),
)

paper_scans = Table(
    "paper_scans",
    metadata,
    Column("id", Id, primary_key=True),
    Column("paper_id", ForeignKey("papers.id")),
    Column("sheet_id", ForeignKey("sheets.id")),
    Column("number", Integer, nullable=False),
    Column("supersedes", ForeignKey("paper_scans.id"), unique=True),
    Column("kind", String(10), nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False, index=True),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("filed_by", ForeignKey("people.id"), nullable=False),
    Column("filed_at", Moment, nullable=False),
    CheckConstraint("(paper_id IS NULL) <> (sheet_id IS NULL)", name="paper_or_sheet"),
    CheckConstraint(f"kind IN {SCAN_KINDS}", name="kind"),
    CheckConstraint("number >= 1 AND (number = 1) = (supersedes IS NULL)", name="number"),
    CheckConstraint("(reason = '') = (supersedes IS NULL)", name="reason"),
    UniqueConstraint("paper_id", "number"),
    UniqueConstraint("sheet_id", "number"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued paper: its number (文号), what it is about, and its content as it was issued (`content.Letter`)."""

    id: int
    authority_id: int
    year: int
    sequence: int
    number: str
    kind: str
    contract_id: int
    case_id: int
    title: str
    content: dict[str, object]
    issued_by: int | None
    issued_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Service:
    """Proof that a paper arrived (送达): in which manner and when; from there its time limits run.

    `manner`: portal (opened and signed for here), mail (taken by the recipient's mail server), receipt (a signed
    receipt, scanned), announcement (公告送达).
    """

    id: int
    paper_id: int
    manner: str
    arrived_at: dt.datetime
    note: str
    evidence_id: int | None
    recorded_by: int | None
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan (扫描件) of a paper or of a version of a score sheet that came back sealed (用印) or signed (签字).

    `number` is its version from 1; a better one supersedes it with a `reason` and it stays. `size` is in bytes;
    `case_id` names the case of its paper or sheet, `sheet_number` the sheet's version.
    """

    id: int
    paper_id: int | None
    sheet_id: int | None
    number: int
    supersedes: int | None
    kind: str
    file_id: int
    name: str
    note: str
    reason: str
    filed_by: int
    filed_at: dt.datetime
    case_id: int
    sheet_number: int | None
    filed_by_name: str
    sha256: str
    size: int
    media_type: str
    superseded_by: int | None

    @property
    def is_current(self) -> bool:
        """Whether no better one has superseded it."""
        return self.superseded_by is None
