"""The pages of complaints and safety incidents, from the register to the review that counts them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from app.casework.add_contract import add_contract
from app.casework.open_case import open_period
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods
from app.db import reading, transaction
from app.occurrences.models import Occurrence
from app.occurrences.queries import list_of_contract
from tests.integration.caseworld import START, Side, make_side
from tests.integration.simulating import CHIFENG
from tests.integration.test_web_inbox import visit
from tests.integration.website import NOW, SiteSettings, make_site

TOLD = {
    "fact": "valid_complaints",
    "happened_on": "2026-01-10",
    "source": "热线 2026-7",
    "description": "电梯停运三天未处理",
}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)


@pytest.fixture
def side(app: Flask, tmp_path: Path) -> Side:
    make_site(app, SiteSettings(data_folder=tmp_path))
    return make_side("hongshan")


@pytest.fixture
def park(side: Side) -> Contract:
    """The side's contract of the other programme, whose first quarter is open too."""
    with transaction() as connection:
        new = NewContract(
            "CF-01", "产业园合同", CHIFENG, side.authority.id, side.vendor.id, START, 3, Decimal("3000000.00")
        )
        contract = add_contract(connection, None, new, NOW)
        assert open_period(connection, list_periods(connection, contract.id)[0], NOW) is not None
    return contract


def find_one(park: Contract) -> Occurrence:
    with reading() as connection:
        return list_of_contract(connection, park.id)[0]


def test_a_complaint_goes_from_the_register_through_the_answer_to_its_check(
    app: Flask, side: Side, park: Contract
) -> None:
    supervisor = visit(app, side.name("supervisor"))
    assert "登记投诉或安全事故" in supervisor.get(f"/contracts/{park.id}/occurrences/new").text
    file = (BytesIO(PICTURE), "电梯.png")
    answer = supervisor.post(f"/contracts/{park.id}/occurrences", {**TOLD, "file": file})
    assert answer.status_code == 303, answer.text
    page = answer.headers["Location"]
    assert "待服务商说明" in supervisor.get(page).text
    assert "核查结论" not in supervisor.get(page).text
    vendor = visit(app, side.name("party_staff"))
    assert "有 1 件投诉或安全事故待说明" in vendor.get("/inbox").text
    assert vendor.get(f"{page}/files/record").data == PICTURE
    assert vendor.post(f"{page}/answer", {"answer": "次日已修复"}).status_code == 303
    assert "待说明" not in vendor.get("/inbox").text
    assert "待核查" not in supervisor.get("/inbox").text
    verifier = visit(app, side.name("verifier"))
    assert "有 1 件投诉或安全事故待核查" in verifier.get("/inbox").text
    assert "次日已修复" in verifier.get(page).text
    found = verifier.post(f"{page}/check", {"valid": "yes", "finding": "停运三天，属实"})
    assert found.status_code == 303, found.text
    assert find_one(park).verdict == "valid"
    assert "停运三天，属实" in vendor.get(page).text
    assert "第 1 号" in vendor.get(f"/contracts/{park.id}").text
    assert "属实" in vendor.get("/occurrences").text


def test_what_is_refused_comes_back_as_typed(app: Flask, side: Side, park: Contract) -> None:
    supervisor = visit(app, side.name("supervisor"))
    wrong = {**TOLD, "happened_on": "2020-01-10", "source": ""}
    answer = supervisor.post(f"/contracts/{park.id}/occurrences", wrong)
    assert answer.status_code == 422
    assert "电梯停运三天未处理" in answer.text
    assert "来源：必须填写" in answer.text
    file = (BytesIO(b"MZ" + bytes(100)), "run.exe")
    answer = supervisor.post(f"/contracts/{park.id}/occurrences", {**TOLD, "file": file})
    assert answer.status_code == 422
    assert "请重新选择文件" in answer.text
    with reading() as connection:
        assert list_of_contract(connection, park.id) == []


def test_the_check_waits_for_the_party_and_says_so(app: Flask, side: Side, park: Contract) -> None:
    supervisor, reviewer = visit(app, side.name("supervisor")), visit(app, side.name("reviewer"))
    page = supervisor.post(f"/contracts/{park.id}/occurrences", TOLD).headers["Location"]
    answer = reviewer.post(f"{page}/check", {"valid": "yes", "finding": "属实"})
    assert answer.status_code == 422
    assert "服务商说明期限未满" in answer.text
    assert find_one(park).verdict is None


def test_a_contract_whose_programme_keeps_no_register_shows_none(app: Flask, side: Side) -> None:
    supervisor = visit(app, side.name("supervisor"))
    assert "投诉与安全事故" not in supervisor.get(f"/contracts/{side.contract.id}").text
    assert supervisor.post(f"/contracts/{side.contract.id}/occurrences", TOLD).status_code == 422
    assert dt.date.fromisoformat(TOLD["happened_on"]) < NOW.date()
