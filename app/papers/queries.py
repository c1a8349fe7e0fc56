"""Reading issued papers, the proof that they arrived, and their scans."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Message, UnknownName, find_nearest
from app.evidence.models import files
from app.identity.models import people
from app.papers.models import Paper, Scan, Service, paper_scans, paper_services, papers
from app.scores.models import sheets

_BY_ID = select(papers).where(papers.c.id == bindparam("id"))
_OF_CASE = select(papers).where(papers.c.case_id == bindparam("id")).order_by(papers.c.id)
_OF_CONTRACT = select(papers).where(papers.c.contract_id == bindparam("id")).order_by(papers.c.id)
_LAST_OF_KIND = (
    select(papers)
    .where(papers.c.case_id == bindparam("id"), papers.c.kind == bindparam("kind"))
    .order_by(papers.c.id.desc())
    .limit(1)
)
_SERVICE = select(paper_services).where(paper_services.c.paper_id == bindparam("id"))
_SERVICES = (
    select(paper_services)
    .join(papers, papers.c.id == paper_services.c.paper_id)
    .where(papers.c.contract_id == bindparam("id"))
)
_later = paper_scans.alias("later")
_SCAN_COLUMNS = [
    *paper_scans.columns,
    func.coalesce(papers.c.case_id, sheets.c.case_id),
    sheets.c.number,
    people.c.name,
    files.c.sha256,
    files.c.size,
    files.c.media_type,
    _later.c.id,
]
_SCANS = select(*_SCAN_COLUMNS).select_from(
    paper_scans.join(files, files.c.id == paper_scans.c.file_id)
    .join(people, people.c.id == paper_scans.c.filed_by)
    .outerjoin(papers, papers.c.id == paper_scans.c.paper_id)
    .outerjoin(sheets, sheets.c.id == paper_scans.c.sheet_id)
    .outerjoin(_later, _later.c.supersedes == paper_scans.c.id)
)
_SCAN = _SCANS.where(paper_scans.c.id == bindparam("id"))
_SCANS_OF_PAPER = _SCANS.where(paper_scans.c.paper_id == bindparam("id")).order_by(paper_scans.c.number.desc())
_SCANS_OF_CONTRACT = _SCANS.where(papers.c.contract_id == bindparam("id")).order_by(paper_scans.c.number.desc())
_SCANS_OF_SHEETS = _SCANS.where(sheets.c.case_id == bindparam("id")).order_by(
    sheets.c.number.desc(), paper_scans.c.number.desc()
)


def get_paper(connection: Connection, paper_id: int) -> Paper:
    """Return an issued paper; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": paper_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown paper {name}", name=paper_id))
    return Paper(*row)


def find_paper_by_number(connection: Connection, contract_id: int, number: str) -> Paper:
    """Return a contract's paper by its number (文号); `UnknownName` with the nearest known ones."""
    of_contract = list_papers_of_contract(connection, contract_id)
    for paper in of_contract:
        if paper.number == number:
            return paper
    nearest = find_nearest(number, [one.number for one in of_contract])
    raise UnknownName(Message("unknown paper {name}; nearest: {nearest}", name=number, nearest=nearest), nearest)


def find_paper(connection: Connection, case_id: int, kind: str) -> Paper | None:
    """Return the newest paper of a kind that a case issued, or None."""
    row = connection.execute(_LAST_OF_KIND, {"id": case_id, "kind": kind}).one_or_none()
    return None if row is None else Paper(*row)


def list_papers_of_case(connection: Connection, case_id: int) -> list[Paper]:
    """Return what a case issued, oldest first."""
    return [Paper(*row) for row in connection.execute(_OF_CASE, {"id": case_id})]


def list_papers_of_contract(connection: Connection, contract_id: int) -> list[Paper]:
    """Return what was issued about a contract, oldest first."""
    return [Paper(*row) for row in connection.execute(_OF_CONTRACT, {"id": contract_id})]


def find_service(connection: Connection, paper_id: int) -> Service | None:
    """Return the proof that a paper arrived, or None."""
    row = connection.execute(_SERVICE, {"id": paper_id}).one_or_none()
    return None if row is None else Service(*row)


def map_services(connection: Connection, contract_id: int) -> dict[int, Service]:
    """Return the proofs of service of a contract's papers, by the paper's number in the register."""
    found = [Service(*row) for row in connection.execute(_SERVICES, {"id": contract_id})]
    return {one.paper_id: one for one in found}


def get_scan(connection: Connection, scan_id: int) -> Scan:
    """Return a scan, superseded ones too; `UnknownName` when there is none."""
    row = connection.execute(_SCAN, {"id": scan_id}).one_or_none()
    if row is None:
        raise UnknownName(Message("unknown scan {name}", name=scan_id))
    return Scan(*row)


def list_scans_of_paper(connection: Connection, paper_id: int) -> list[Scan]:
    """Return the scans of a paper, latest first."""
    return [Scan(*row) for row in connection.execute(_SCANS_OF_PAPER, {"id": paper_id})]


def list_scans_of_sheets(connection: Connection, case_id: int) -> list[Scan]:
    """Return the scans of all versions of a case's signed score sheet, latest first."""
    return [Scan(*row) for row in connection.execute(_SCANS_OF_SHEETS, {"id": case_id})]


def map_scans(connection: Connection, contract_id: int) -> dict[int, tuple[Scan, ...]]:
    """Return the scans of a contract's papers by the paper's number in the register, latest first."""
    found: dict[int, list[Scan]] = {}
    for row in connection.execute(_SCANS_OF_CONTRACT, {"id": contract_id}):
        one = Scan(*row)
        if one.paper_id is not None:
            found.setdefault(one.paper_id, []).append(one)
    return {paper_id: tuple(ones) for paper_id, ones in found.items()}
