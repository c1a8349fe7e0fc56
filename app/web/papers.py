"""Downloads: issued papers, score sheets and ledgers as PDF, Word and Excel files."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response
from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import get_case
from app.casework.paper_words import name_period, show, show_money
from app.casework.work import make_case_target, make_contract_target
from app.clock import CHINA
from app.contracts.queries import get_contract
from app.db import reading
from app.i18n import render
from app.ledger.queries import list_entries
from app.papers.content import Letter, Table
from app.papers.excel import render_sheet_excel, render_tables_excel
from app.papers.pdf import render_letter_pdf, render_sheet_pdf
from app.papers.queries import get_paper
from app.papers.word import render_letter_word, render_sheet_word
from app.permissions import Permission
from app.web.access import get_viewer, needs, require_here
from app.web.case_page import read_case_page
from app.web.case_words import ENTRY_CAUSES, ENTRY_KINDS
from app.web.numbers import ID
from app.web.paper_sheet import make_paper_sheet
from app.web.site import get_now

blueprint = Blueprint("papers", __name__)
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LETTERS = {"pdf": render_letter_pdf, "docx": render_letter_word}
SHEETS = {"pdf": render_sheet_pdf, "docx": render_sheet_word, "xlsx": render_sheet_excel}
LEDGER_HEAD = ("序号", "登记日期", "考核期", "登记事项", "原因", "扣分", "金额（元）", "冲回")
ALIGN = ("right", "left", "left", "left", "left", "right", "right", "right")


@blueprint.get(f"/papers/<{ID}:paper_id>.<kind>")
@needs(Permission.SEE_CASE)
def download_paper(paper_id: int, kind: str) -> Response:
    """Give an issued paper as it was issued."""
    make = LETTERS.get(kind) or abort(404)
    with reading() as connection:
        paper = get_paper(connection, paper_id)
        _require_case(connection, paper.case_id)
    return send(make(Letter.from_data(paper.content)), f"{paper.number}{paper.title}", kind)


@blueprint.get(f"/cases/<{ID}:case_id>/sheet.<kind>")
@needs(Permission.SEE_CASE)
def download_sheet(case_id: int, kind: str) -> Response:
    """Give a case's score sheet as its reader may see it."""
    make = SHEETS.get(kind) or abort(404)
    with reading() as connection:
        case = _require_case(connection, case_id)
        page = read_case_page(connection, case, get_viewer(), get_now())
    return send(make(make_paper_sheet(page)), f"{case.code}评分表", kind)


@blueprint.get(f"/contracts/<{ID}:contract_id>/ledger.xlsx")
@needs(Permission.SEE_CONTRACT)
def download_ledger(contract_id: int) -> Response:
    """Give a contract's ledger as a table, every entry in the order of posting."""
    with reading() as connection:
        contract = get_contract(connection, contract_id)
        require_here(Permission.SEE_CONTRACT, make_contract_target(contract))
        entries = list_entries(connection, contract_id)
    rows = tuple(
        (
            str(one.place + 1),
            f"{one.posted_at.astimezone(CHINA):%Y-%m-%d}",
            name_period(one.quarter),
            render(ENTRY_KINDS[one.kind], "zh"),
            render(ENTRY_CAUSES[one.cause], "zh"),
            show(one.points),
            show_money(one.money),
            "" if one.reverses is None else str(one.reverses + 1),
        )
        for one in entries
    )
    table = Table(LEDGER_HEAD, rows, ALIGN, "扣分扣款台账")  # type: ignore[arg-type]  # the sides are written out above
    return send(render_tables_excel(contract.name, (table,)), f"{contract.code}台账", "xlsx")


def send(content: bytes, name: str, kind: str) -> Response:
    """Return a file as a download under its name."""
    answer = make_response(content, 200, {"Content-Type": MEDIA[kind]})
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}', safe='')}"
    return answer


def _require_case(connection: Connection, case_id: int) -> Case:
    case = get_case(connection, case_id)
    require_here(Permission.SEE_CASE, make_case_target(case))
    return case
