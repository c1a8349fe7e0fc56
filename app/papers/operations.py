"""Issuing papers under numbers that are never used twice, and recording that they arrived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from app.clock import get_china_day
from app.db import insert_row
from app.identity.models import organisations
from app.papers.models import paper_services, papers

_LOCK = select(organisations.c.id).where(organisations.c.id == bindparam("id")).with_for_update()
_LAST = select(func.max(papers.c.sequence)).where(
    papers.c.authority_id == bindparam("id"), papers.c.year == bindparam("year")
)
NUMBER = "考核〔{year}〕{sequence}号"


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
