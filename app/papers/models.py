"""Tables and values of issued papers and of the proof that they arrived."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from app.db import Id, Json, Moment, metadata

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
