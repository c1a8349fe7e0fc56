"""What follows from a result, in the browser: a year reaches 40 and continues, one ends, an appeal changes money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cases.queries import find_case
from app.casework.complete_task import complete_task
from app.casework.work import QUARTER, Doer
from app.contracts.queries import get_contract_by_code
from app.db import reading, transaction
from app.identity.queries import find_person_by_username
from app.simulation.cast import make_doer
from app.tasks.queries import list_open_tasks
from tests.integration.losing import lose_exactly
from tests.journeys.browser import PHONE, open_browser
from tests.journeys.office import CONTRACT, PATIENCE, Office, finish, get_opening, open_office, open_task

STATEMENT = "已补足师资和场地，请求继续履行。"
REASON = "整改已见成效，继续履行，下季度重点督办。"
STAFF = {"party_staff": "jingban", "party_head": "fuzeren", "reviewer": "shenhe"}
MONTH = dt.timedelta(days=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with open_browser() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, browser: Browser) -> Iterator[Office]:
    """A contract whose first three quarters lost 36 points elsewhere; the fourth is over."""
    with open_office(tmp_path, browser, ("12", "12", "12")) as made:
        made.tick_on(get_opening(4))
        yield made


def hand_in(office: Office, lost: str) -> None:
    """Let the fourth quarter come to its signature with exactly these points lost, without the browser."""
    facts = lose_exactly("Q4", lost)
    forms: dict[str, dict[str, object]] = {"submit": {"facts": facts}, "review": {"facts": facts}}
    while True:
        with reading() as connection:
            contract = get_contract_by_code(connection, "HS-01")
            case = find_case(connection, QUARTER, contract.id, "Y1Q4")
            assert case is not None
            tasks = list_open_tasks(connection, case.id)
        if tasks[0].step == "approve":
            return
        for task in tasks:
            with transaction() as connection:
                doer = find_doer(office, task.assigned_to, STAFF.get(task.role, ""))
                complete_task(connection, doer, task.id, forms.get(task.step, {}), office.clock.now())


def find_doer(office: Office, person_id: int | None, username: str) -> Doer:
    with reading() as connection:
        if person_id is None:
            person = find_person_by_username(connection, username)
            assert person is not None
            person_id = person.id
        return make_doer(connection, person_id, username, office.clock.now())


def cross_forty(office: Office) -> None:
    """Sign twice; the odometer says what the signature does."""
    hand_in(office, "6")
    with office.enter("lingdao") as page:
        open_task(page, "签批")
        expect(page.locator("#odometer, section.card", has_text="本次签批后").first).to_contain_text("36.00 → 42.00")
        finish(page, "同意签批", "签批")
    with office.enter("fuqian") as page:
        open_task(page, "复签")
        finish(page, "同意签批", "复签")
    office.tick()
    assert "拟解除" in office.box.read("fuzeren", "拟解除合同通知书")


def receive_the_notice(office: Office) -> None:
    """On the phone: the notice is opened as a paper, then signed for."""
    with office.enter("fuzeren", PHONE) as page:
        open_task(page, "签收拟解除通知书")
        with page.expect_download() as download:
            page.get_by_role("link", name="PDF").first.click()
        assert download.value.path().read_bytes().startswith(b"%PDF")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        finish(page, "签收通知书", "签收拟解除通知书")


def open_contract(page: Page) -> None:
    page.get_by_role("link", name="合同").first.click()
    page.get_by_role("link", name=CONTRACT).click()
    expect(page.get_by_role("heading", level=1, name=CONTRACT)).to_be_visible()


def test_a_year_that_reaches_40_is_heard_and_continues(office: Office) -> None:
    cross_forty(office)
    receive_the_notice(office)
    with office.enter("fuzeren") as page:
        open_task(page, "陈述申辩")
        page.get_by_label("陈述申辩意见").fill(STATEMENT)
        finish(page, "提交", "陈述申辩")
    with office.enter("lingdao") as page:
        open_task(page, "拟解除决定")
        expect(page.get_by_text(STATEMENT).first).to_be_visible()
        page.get_by_label("继续履行合同").check()
        page.locator("#opinion").fill(REASON)
        page.get_by_role("button", name="提交决定").click()
        expect(page.get_by_role("alert")).to_contain_text("复核申请期")
        expect(page.locator("#opinion")).to_have_value(REASON)
    office.tick_on(get_opening(4) + MONTH)
    with office.enter("lingdao") as page:
        open_task(page, "拟解除决定")
        page.get_by_label("继续履行合同").check()
        page.locator("#opinion").fill(REASON)
        finish(page, "提交决定", "拟解除决定")
        open_contract(page)
        expect(page.get_by_text("继续履行决定书")).to_be_visible()
    office.tick()
    assert "继续履行" in office.box.read("jingban", "继续履行决定")
    with office.enter("caiwu") as page:
        open_task(page, "核对结算")
        finish(page, "核对无误", "核对结算")


def test_a_year_that_ends_takes_effect_on_arrival_and_withholds_the_rest(office: Office) -> None:
    cross_forty(office)
    receive_the_notice(office)
    office.tick_on(get_opening(4) + MONTH)
    with office.enter("lingdao") as page:
        open_task(page, "拟解除决定")
        expect(page.get_by_text("逾期未提出陈述申辩")).to_be_visible()
        page.get_by_label("解除合同").check()
        page.locator("#opinion").fill("多次整改无效。")
        page.get_by_role("button", name="提交决定").click()
        expect(page.get_by_text("解除合同须填写批准文件").first).to_be_visible()
        page.get_by_label("批准文件（机关、文号）").fill("红山区政府〔2026〕8号")
        finish(page, "提交决定", "拟解除决定")
        open_contract(page)
        expect(page.get_by_text("拟解除", exact=True).first).to_be_visible()
    with office.enter("fuzeren") as page:
        open_task(page, "签收解除通知书")
        finish(page, "签收通知书", "签收解除通知书")
        open_contract(page)
        expect(page.get_by_text("已终止").first).to_be_visible()
        expect(page.get_by_role("row", name="年度结算").first).to_contain_text("0.00")


def test_an_appeal_changes_points_and_money_by_entries_of_its_own(office: Office) -> None:
    hand_in(office, "6")
    with office.enter("lingdao") as page:
        open_task(page, "签批")
        finish(page, "同意签批", "签批")
    with office.enter("fuqian") as page:
        open_task(page, "复签")
        finish(page, "同意签批", "复签")
    lost = next(one for one, value in lose_exactly("Q4", "0").items() if lose_exactly("Q4", "6")[one] != value)
    with office.enter("fuzeren") as page:
        page.get_by_role("link", name="考核个案").first.click()
        page.get_by_role("row", name="已公示").get_by_role("link").first.click()
        page.get_by_role("button", name="申请复核").click()
        expect(page.get_by_role("heading", level=1, name="复核申请")).to_be_visible()
        line = page.locator("section.card", has=page.locator(f'[name$=".facts.{lost}"]'))
        line.get_by_label("对本项提出申辩").check()
        line.get_by_label("理由", exact=True).fill("签到表漏装订，现补交原件。")
        line.locator(f'[name$=".facts.{lost}"]').fill(str(lose_exactly("Q4", "0")[lost]))
        finish(page, "提交复核申请", "复核申请")
    with office.enter("fuhe2") as page:
        open_task(page, "复核")
        page.get_by_label("采纳，完成值改为：").check()
        page.get_by_label("处理理由").fill("原件属实，予以认定。")
        finish(page, "提交处理意见", "复核")
    with office.enter("lingdao") as page:
        open_task(page, "签批复核决定")
        finish(page, "同意签批", "签批复核决定")
        open_contract(page)
        ledger = page.locator("#ledger")
        expect(ledger.get_by_text("复核").first).to_be_visible()
        expect(ledger.get_by_text("冲回").first).to_be_visible()
        expect(page.get_by_text("复核决定书")).to_be_visible()
