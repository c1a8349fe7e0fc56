"""Tables and values of files, evidence and entered facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.db import Id, Json, Moment, metadata
from app.scoring.facts import Value

STAGES = ("filed", "reviewed")
LONGEST_NAME = 200
LONGEST_LINK = 2000

files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("extension", String(10), nullable=False),
    Column("stored_at", Moment, nullable=False),
    CheckConstraint("size > 0", name="size"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("indicator", String(60), nullable=False),
    Column("requirement", Integer),
    Column("file_id", ForeignKey("files.id"), index=True),
    Column("link", String(LONGEST_LINK)),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("number", Integer, nullable=False),
    Column("supersedes", ForeignKey("evidence.id"), unique=True),
    Column("uploaded_by", ForeignKey("people.id"), nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", ForeignKey("people.id")),
    Column("reason", Text, nullable=False),
    CheckConstraint("(file_id IS NULL) <> (link IS NULL)", name="file_or_link"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    CheckConstraint("number >= 1 AND (number = 1) = (supersedes IS NULL)", name="number"),
    Index("ix_evidence_case_id", "case_id", "indicator", "requirement", "number"),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("stage", String(10), nullable=False),
    Column("fact", String(80), nullable=False),
    Column("value", Json, nullable=False),
    Column("note", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("entered_by", ForeignKey("people.id"), nullable=False),
    Column("entered_at", Moment, nullable=False),
    CheckConstraint(f"stage IN {STAGES}", name="stage"),
    UniqueConstraint("case_id", "round", "stage", "fact"),
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A content in the store: its hash, size in bytes and type."""

    id: int
    sha256: str
    size: int
    media_type: str
    extension: str
    stored_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence: a file (`file_id`, `sha256`, `size` in bytes, type) or a link, never both.

    `indicator` is the code that it proves, `requirement` the 0-based place of the rubric's evidence entry under it
    (None: the indicator as a whole), `number` its version from 1; `superseded_by` names the next version.
    """

    id: int
    case_id: int
    indicator: str
    requirement: int | None
    file_id: int | None
    link: str | None
    name: str
    number: int
    supersedes: int | None
    uploaded_by: int
    uploaded_at: dt.datetime
    organisation_id: int
    withdrawn_at: dt.datetime | None
    withdrawn_by: int | None
    reason: str
    sha256: str | None
    size: int | None
    media_type: str | None
    extension: str | None
    superseded_by: int | None

    @property
    def is_current(self) -> bool:
        """Whether it stands: neither withdrawn nor superseded by a newer version."""
        return self.withdrawn_at is None and self.superseded_by is None


@dataclass(frozen=True, slots=True)
class ReusedEvidence:
    """The same content as evidence elsewhere: in another case, or under another indicator of the same one."""

    id: int
    case_id: int
    indicator: str
    requirement: int | None
    name: str
    organisation_id: int
    uploaded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class EnteredFact:
    """A fact as entered: its checked value, a note, and the evidence that it rests on."""

    value: Value
    note: str = ""
    evidence_ids: Sequence[int] = ()
