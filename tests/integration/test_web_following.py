"""The pages of what follows from a result: the board, papers to download, appeals and fee amendments."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook

from app.cases.queries import find_case
from app.casework.open_case import open_period
from app.casework.work import APPEAL, RECTIFICATION
from app.contracts.queries import get_contract, list_periods
from app.db import reading, transaction
from app.papers.queries import list_papers_of_contract
from app.tasks.queries import list_open_tasks
from tests.integration.caseworld import Side, drive, make_side
from tests.integration.test_web_inbox import visit
from tests.integration.website import NOW, SiteSettings, make_site

POOR: dict[str, object] = {"mentors": 0, "mentor_events": 0, "trainees_cumulative": 10, "short_videos": 0}
FAILED = 3
"""The indicators that they take points from: training, mentoring, publicity."""
LATER = NOW + dt.timedelta(days=90)


@pytest.fixture
def side(app: Flask, tmp_path: Path) -> Side:
    make_site(app, SiteSettings(data_folder=tmp_path))
    return make_side("hongshan")


def test_the_board_says_what_a_signature_would_do_before_it_is_given(app: Flask, side: Side) -> None:
    drive(side, "approve", **POOR)
    page = visit(app, side.name("approver")).get("/board").text
    assert "签批" in page
    assert "0.00 → 7.50" in page
    assert "250,000.00" in page
    assert "整改<" in page.replace(" ", "").replace("\n", "")
    assert f"{side.authority.code} 实训合同" in page


def test_an_empty_board_says_what_will_appear_there(app: Flask, side: Side) -> None:
    assert "没有待签批事项" in visit(app, side.name("approver")).get("/board").text


def test_the_notice_and_the_sheet_are_files_that_other_programs_read(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    with reading() as connection:
        papers = list_papers_of_contract(connection, side.contract.id)
    head = visit(app, side.name("party_head"))
    for paper in papers:
        assert head.get(f"/papers/{paper.id}.pdf").data.startswith(b"%PDF")
        text = "\n".join(one.text for one in Document(BytesIO(head.get(f"/papers/{paper.id}.docx").data)).paragraphs)
        assert paper.number in text
    assert {one.kind for one in papers} == {"rectification_notice", "deduction_notice"}
    sheet = load_workbook(BytesIO(head.get(f"/cases/{side.case.id}/sheet.xlsx").data)).worksheets[0]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"考核内容", "具体指标", "评分标准", "17.5"} <= cells
    ledger = load_workbook(BytesIO(head.get(f"/contracts/{side.contract.id}/ledger.xlsx").data)).worksheets[0]
    values = [cell.value for row in ledger.iter_rows() for cell in row]
    assert 250000 in values
    assert head.get(f"/papers/{papers[0].id}.exe").status_code == 404


def test_the_party_appeals_from_the_case_page_and_the_button_goes(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    head = visit(app, side.name("party_head"))
    assert "申请复核" in head.get(f"/cases/{side.case.id}").text
    answer = head.post(f"/cases/{side.case.id}/appeal")
    assert answer.status_code == 303
    form = head.get(answer.headers["Location"]).text
    assert "已公示的结果" in form
    assert 'name="contested.mentoring"' in form
    again = head.post(f"/cases/{side.case.id}/appeal")
    assert "已申请过复核" in head.get(again.headers["Location"]).text
    with reading() as connection:
        appeal = find_case(connection, APPEAL, side.contract.id, "Y1Q1")
    assert appeal is not None
    assert "申请复核</button>" not in head.get(f"/cases/{side.case.id}").text


def test_the_partys_head_withdraws_an_appeal_with_a_reason_that_the_page_then_shows(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    head, handler = visit(app, side.name("party_head")), visit(app, side.name("appeal_handler"))
    head.post(f"/cases/{side.case.id}/appeal")
    with reading() as connection:
        appeal = find_case(connection, APPEAL, side.contract.id, "Y1Q1")
    assert appeal is not None
    place = f"/cases/{appeal.id}"
    assert "撤回复核申请" in head.get(place).text
    assert "撤回复核申请" not in handler.get(place).text
    task = head.get(place).text.split('href="/tasks/')[1].split('"')[0]
    assert f"{place}/appeal/withdraw" in head.get(f"/tasks/{task}").text
    assert handler.post(f"{place}/appeal/withdraw", {"reason": "不应由复核员撤回"}).status_code == 403
    head.post(f"{place}/appeal/withdraw", {"reason": " "})
    assert "1000 字" in head.get(place).text
    head.post(f"{place}/appeal/withdraw", {"reason": "认可公示结果"})
    shown = handler.get(place).text
    assert "撤回：认可公示结果" in shown
    assert "撤回复核申请</button>" not in head.get(place).text
    assert "申请复核" in head.get(f"/cases/{side.case.id}").text


def test_a_plan_that_names_too_little_comes_back_as_typed(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    staff = visit(app, side.name("party_staff"))
    with reading() as connection:
        case = find_case(connection, RECTIFICATION, side.contract.id, "Y1Q1")
    assert case is not None
    page = staff.get(f"/cases/{case.id}").text
    link = page.split('href="/tasks/')[1].split('"')[0]
    typed = {"items.mentoring.measure": "补聘六名导师", "items.mentoring.responsible": "张伟"}
    answer = staff.post(f"/tasks/{link}/complete", typed)
    assert answer.status_code == 422
    assert "补聘六名导师" in answer.text


def test_a_fee_is_amended_on_the_contract_page_and_a_refusal_keeps_what_was_typed(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    supervisor = visit(app, side.name("supervisor"))
    place = f"/contracts/{side.contract.id}"
    assert "变更年服务费" in supervisor.get(place).text
    assert "变更年服务费" not in visit(app, side.name("party_head")).get(place).text
    early = supervisor.post(f"{place}/fee", {"from_year": "1", "annual_fee": "9,000,000", "reason": "补充协议"})
    assert early.status_code == 422
    assert "变更可自第 2 年起适用" in early.text
    assert 'value="9,000,000"' in early.text
    done = supervisor.post(f"{place}/fee", {"from_year": "2", "annual_fee": "9,000,000", "reason": "补充协议"})
    assert done.status_code == 303
    with reading() as connection:
        assert get_contract(connection, side.contract.id).get_fee(2) == Decimal(9_000_000)


def read_pictures(page: str) -> list[dict[str, Any]]:
    """What the page's pictures draw."""
    return [json.loads(one) for one in re.findall(r'<script type="application/json">(.*?)</script>', page)]


def test_a_contracts_years_are_drawn_from_the_numbers_of_its_tables(app: Flask, side: Side) -> None:
    reader = visit(app, side.name("reviewer"))
    assert read_pictures(reader.get(f"/contracts/{side.contract.id}").text) == []
    drive(side, "", **POOR)
    scores, points, money = read_pictures(reader.get(f"/contracts/{side.contract.id}").text)
    assert [one["value"] for one in scores["quarters"]] == ["17.5"] + [None] * 11
    assert [(one["name"], one["at"]) for one in scores["lines"]] == [("扣款、整改", "20")]
    assert [one["values"] for one in points["series"]] == [["7.5", None, None]] + [[None] * 3] * 3
    assert [one["at"] for one in points["lines"]] == ["40"]
    assert {one["name"]: one["values"] for one in money["series"]} == {
        "目前余额": ["11750000", None, None],
        "已扣款": ["250000", None, None],
        "尚未开始": [None, "12000000", "12000000"],
    }


def test_what_the_quarter_before_had_to_rectify_is_flagged_in_the_next_one(app: Flask, side: Side) -> None:
    drive(side, "", **POOR)
    with transaction() as connection:
        second = open_period(connection, list_periods(connection, side.contract.id)[1], LATER)
    assert second is not None
    with reading() as connection:
        task = list_open_tasks(connection, second.id)[0]
    page = visit(app, side.name("party_staff")).get(f"/tasks/{task.id}").text
    assert page.count("上季度失分，整改中") == FAILED


def test_the_incubation_base_is_recorded_with_its_certificate_and_can_be_taken_back(app: Flask, side: Side) -> None:
    supervisor = visit(app, side.name("supervisor"))
    page, contract = f"/contracts/{side.contract.id}/duties/incubation_base", f"/contracts/{side.contract.id}"
    assert "打造国家级创业孵化示范基地" in supervisor.get(page).text
    assert supervisor.post(page, {"document": "证书 2026-1"}).status_code == 422
    early = supervisor.post(page, {"met_on": "2020-01-01", "document": "证书 2026-1"})
    assert early.status_code == 422
    assert "证书 2026-1" in early.text
    file = (BytesIO(b"certificate"), "certificate.txt")
    assert supervisor.post(page, {"met_on": "2026-01-30", "document": "证书 2026-1", "file": file}).status_code == 303
    vendor = visit(app, side.name("party_staff"))
    shown = vendor.get(contract).text
    assert "证书 2026-1" in shown
    path = next(iter(re.findall(r'href="(/duties/\d+/file)"', shown)))
    assert vendor.get(path).data == b"certificate"
    assert supervisor.post(page, {"document": "证书误登他人"}).status_code == 303
    assert "证书 2026-1" not in vendor.get(contract).text
    assert supervisor.get(f"/contracts/{side.contract.id}/duties/trainees_of_term").status_code == 404
