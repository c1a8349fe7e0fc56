"""Issuing papers under numbers that are never used twice, recording that they arrived, and filing their scans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from app.clock import get_china_day
from app.db import insert_row
from app.errors import KaoheError, Message
from app.evidence.operations import Received, keep_file, receive_file
from app.evidence.rules import clean_name, get_extension
from app.evidence.sniffing import SAME
from app.evidence.store import FileStore, Readable
from app.identity.models import organisations
from app.papers.models import Scan, paper_scans, paper_services, papers
from app.papers.queries import get_scan

_LOCK = select(organisations.c.id).where(organisations.c.id == bindparam("id")).with_for_update()
_LAST = select(func.max(papers.c.sequence)).where(
    papers.c.authority_id == bindparam("id"), papers.c.year == bindparam("year")
)
NUMBER = "考核〔{year}〕{sequence}号"
SCANNED = ("pdf", "jpg", "png")
"""What a scanner or a telephone makes, by its ending."""


class ScanRefused(KaoheError):
    """A scan that can't be filed: the field that is wrong, and why."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Reserved:
    """A number (文号) of an authority's year; it is used by the paper issued with it in the same transaction."""

    authority_id: int
    year: int
    sequence: int

    @property
    def text(self) -> str:
        """The number as it stands on the paper."""
        return NUMBER.format(year=self.year, sequence=self.sequence)


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What is issued: its kind, the contract and case that it is about, its title and content."""

    kind: str
    contract_id: int
    case_id: int
    title: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed: a stored file, whether it is sealed, signed or both (`SCAN_KINDS`), a note.

    `supersedes`: the number of the scan that it replaces, None for the first one; `reason`: why it does.
    """

    received: Received
    kind: str
    note: str = ""
    supersedes: int | None = None
    reason: str = ""


def reserve_number(connection: Connection, authority_id: int, now: dt.datetime) -> Reserved:
    """Return the next number of an authority's year; others wait until the transaction ends."""
    connection.execute(_LOCK, {"id": authority_id})
    year = get_china_day(now).year
    last = connection.execute(_LAST, {"id": authority_id, "year": year}).scalar()
    return Reserved(authority_id, year, (last or 0) + 1)


def issue_paper(
    connection: Connection, reserved: Reserved, new: NewPaper, issued_by: int | None, now: dt.datetime
) -> int:
    """Issue a paper under the number reserved for it; return its number in the register."""
    values = {
        "authority_id": reserved.authority_id,
        "year": reserved.year,
        "sequence": reserved.sequence,
        "number": reserved.text,
        "kind": new.kind,
        "contract_id": new.contract_id,
        "case_id": new.case_id,
        "title": new.title,
        "content": dict(new.content),
        "issued_by": issued_by,
        "issued_at": now,
    }
    return insert_row(connection, papers, values)


def record_service(
    connection: Connection,
    paper_id: int,
    manner: str,
    arrived_at: dt.datetime,
    recorded_by: int | None,
    now: dt.datetime,
    *,
    note: str = "",
    evidence_id: int | None = None,
) -> None:
    """Record that a paper arrived, once; a second proof of the same paper is refused by the database."""
    values = {
        "paper_id": paper_id,
        "manner": manner,
        "arrived_at": arrived_at,
        "note": note,
        "evidence_id": evidence_id,
        "recorded_by": recorded_by,
        "recorded_at": now,
    }
    insert_row(connection, paper_services, values)


def receive_scan(store: FileStore, name: str, stream: Readable) -> Received:
    """Check and store a scan before and outside any transaction; see `receive_file` for what is refused as well.

    Raises `ScanRefused` for what is neither a PDF nor a picture.
    """
    extension = get_extension(clean_name(name))
    if SAME.get(extension, extension) not in SCANNED:
        text = Message("{name} is no scan; accepted are PDF files and pictures (.pdf, .jpg, .png)", name=name[-200:])
        raise ScanRefused("file", text)
    return receive_file(store, name, stream)


def add_scan(
    connection: Connection,
    filing: Filing,
    before: Scan | None,
    filed_by: int,
    now: dt.datetime,
    *,
    paper_id: int | None = None,
    sheet_id: int | None = None,
) -> Scan:
    """File a scan of a paper or of a sheet's version, after the one that it supersedes; both stay."""
    values = {
        "paper_id": paper_id,
        "sheet_id": sheet_id,
        "number": 1 if before is None else before.number + 1,
        "supersedes": None if before is None else before.id,
        "kind": filing.kind,
        "file_id": keep_file(connection, filing.received, now),
        "name": filing.received.name,
        "note": filing.note.strip(),
        "reason": "" if before is None else filing.reason.strip(),
        "filed_by": filed_by,
        "filed_at": now,
    }
    return get_scan(connection, insert_row(connection, paper_scans, values))
