"""Reading issued papers and the proof that they arrived."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from app.errors import Message, UnknownName, find_nearest
from app.papers.models import Paper, Service, paper_services, papers

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
