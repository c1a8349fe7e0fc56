"""A whole quarter in the browser: filed, returned, scored, contested, signed, published; every party by its own way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.casework.work import get_part_scorer
from tests.integration.simulating import HONGSHAN, reach
from tests.journeys.browser import PHONE, open_browser
from tests.journeys.office import (
    CONTRACT,
    PATIENCE,
    Office,
    finish,
    get_opening,
    open_office,
    open_task,
    sign_in,
    sign_out,
)

DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
ROSTER = {"name": "培训人员档案.pdf", "mimeType": "application/pdf", "buffer": PDF}
SHORTFALLS = {"trainees_cumulative": 30, "plans_in_quarter": 2, "mentor_events": 2, "short_videos": 20}
FORGOTTEN = "mentor_events"
CAMPUS, PUBLICITY = "线下赴高校招生活动", "宣传推介"
WHY_RETURNED = "缺创业就业实训活动场次，请补报并附活动开展汇总表。"
WHY_CORRECTED = "有 3 次活动无现场图片，不予认定。"
WHY_CONTESTED = "另有 10 条短视频发布于合作账号，台账漏列。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with open_browser() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path, browser: Browser) -> Iterator[Office]:
    with open_office(tmp_path, browser) as made:
        yield made


def label(name: str) -> str:
    """What a fact is called on every page."""
    return get_part_scorer(HONGSHAN, 1, "Q1").facts[name].label


def find_line(page: Page, indicator: str) -> Locator:
    """The card of an indicator on a task's page."""
    return page.locator("section.card", has=page.get_by_role("heading", name=indicator, exact=True))


def fill_facts(page: Page, facts: Mapping[str, object]) -> None:
    for name, value in facts.items():
        page.get_by_label(label(name), exact=True).fill(str(value))


def test_a_quarter_goes_from_the_notice_to_file_to_points_and_money(office: Office) -> None:
    office.tick_on(get_opening())
    assert "报送" in office.box.read("jingban", "报送通知")
    file_with_a_gap(office)
    sign_on_the_phone(office)
    return_the_filing(office)
    assert WHY_RETURNED in office.box.read("jingban", "退回通知")
    file_again(office)
    sign_on_the_phone(office)
    find_complete_in_one_of_two_tabs(office)
    review(office)
    score_as_reviewed(office)
    score_after_a_break(office)
    look_together(office)
    assert "19.30" in office.box.read("fuzeren", "初步结果")
    contest(office)
    accept(office)
    sign_the_result(office)
    read_the_account(office)
    published = office.box.read("fuzeren", "考核结果")
    assert "19.80" in published
    assert "20,000.00" in published


def file_with_a_gap(office: Office) -> None:
    facts = reach(HONGSHAN, "Q1", **SHORTFALLS)
    del facts[FORGOTTEN]
    with office.enter("jingban") as page:
        open_task(page, "填报完成情况")
        fill_facts(page, facts)
        line = find_line(page, "数字化专业人才培训")
        line.get_by_role("button", name="上传").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("佐证", exact=True).set_input_files(ROSTER)  # type: ignore[arg-type]  # a payload as documented
        dialog.get_by_role("button", name="上传").click()
        expect(line.get_by_role("link", name="培训人员档案.pdf")).to_be_visible()
        expect(page.get_by_label(label("short_videos"), exact=True)).to_have_value("20")
        expect(page.get_by_role("status").filter(has_text="按所报")).to_contain_text("1 项")
        page.get_by_role("button", name="提交报送").click()
        expect(page.get_by_role("alert")).to_contain_text("仍有缺项")
        page.get_by_label("仍有缺项，确认报送").check()
        finish(page, "提交报送", "填报完成情况")


def sign_on_the_phone(office: Office) -> None:
    with office.enter("fuzeren", PHONE) as page:
        open_task(page, "签章报送")
        expect(page.get_by_text("培训人员档案.pdf").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        finish(page, "签章报送", "签章报送")


def return_the_filing(office: Office) -> None:
    office.tick_on(get_opening() + DAY)
    with office.enter("shenhe") as page:
        open_task(page, "完整性核对")
        page.get_by_label("退回至").select_option(label="填报完成情况")
        page.get_by_label("理由").fill(WHY_RETURNED)
        page.get_by_role("button", name="退回", exact=True).click()
        expect(page.get_by_text("已退回。")).to_be_visible()
    office.tick()


def file_again(office: Office) -> None:
    with office.enter("jingban") as page:
        open_task(page, "填报完成情况")
        expect(page.locator(".alert", has_text=WHY_RETURNED)).to_be_visible()
        expect(page.get_by_label(label("short_videos"), exact=True)).to_have_value("20")
        expect(page.get_by_role("status").filter(has_text="按所报")).to_contain_text("1 项")
        fill_facts(page, {FORGOTTEN: SHORTFALLS[FORGOTTEN]})
        page.get_by_label("填报说明").fill("已补报创业就业实训活动场次。")
        page.get_by_label("仍有缺项，确认报送").check()
        finish(page, "提交报送", "填报完成情况")


def find_complete_in_one_of_two_tabs(office: Office) -> None:
    """The second tab learns who was first, and nothing is done twice."""
    with office.enter("shenhe") as page:
        open_task(page, "完整性核对")
        second = page.context.new_page()
        second.goto(page.url)
        expect(second.get_by_role("button", name="材料齐全", exact=True).last).to_be_visible()
        page.locator("#work").get_by_role("button", name="材料齐全", exact=True).last.click()
        expect(page.get_by_text("完整性核对：已办结。")).to_be_visible()
        second.locator("#work").get_by_role("button", name="材料齐全", exact=True).last.click()
        expect(second.get_by_role("heading", level=1)).to_have_text("已被他人办理")
        expect(second.get_by_role("main")).to_contain_text("王晓梅")


def review(office: Office) -> None:
    """Opened by keys alone."""
    with office.enter("shenhe") as page:
        page.get_by_role("link", name="我的岗位").first.click()
        expect(page.get_by_role("row", name="审核")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="审核")).to_be_visible()
        expect(page.get_by_label("李建国")).to_be_checked()
        expect(page.get_by_label("赵敏")).to_be_checked()
        finish(page, "审核通过，转评分", "审核")


def score_as_reviewed(office: Office) -> None:
    with office.enter("pingfen1") as page:
        open_task(page, "评分", "我的")
        expect(page.get_by_role("status").filter(has_text="20.50")).to_be_visible()
        finish(page, "提交评分", "评分")


def score_after_a_break(office: Office) -> None:
    """What was typed just before signing out is there after signing in."""
    with office.enter("pingfen2") as page:
        open_task(page, "评分", "我的")
        line = find_line(page, CAMPUS)
        line.get_by_label(label("complete_campus_visits"), exact=True).fill("4")
        line.get_by_text("更正理由").first.click()
        line.get_by_label("理由", exact=True).first.fill(WHY_CORRECTED)
        sign_out(page)
        sign_in(page, "pingfen2")
        open_task(page, "评分", "我的")
        expect(page.get_by_text("已恢复")).to_be_visible()
        expect(line.get_by_label(label("complete_campus_visits"), exact=True)).to_have_value("4")
        expect(line.get_by_label("理由", exact=True).first).to_have_value(WHY_CORRECTED)
        expect(page.get_by_role("status").filter(has_text="19.30")).to_be_visible()
        finish(page, "提交评分", "评分")


def look_together(office: Office) -> None:
    with office.enter("pingfen1") as page:
        open_task(page, "合议")
        expect(page.get_by_text(WHY_CORRECTED).first).to_be_visible()
        line = find_line(page, label("complete_campus_visits"))
        line.get_by_label(label("complete_campus_visits"), exact=True).fill("4")
        line.get_by_label("理由", exact=True).fill("经合议，缺现场图片的 3 次不予认定。")
        finish(page, "提交合议结果", "合议")
    office.tick()


def contest(office: Office) -> None:
    office.tick_on(get_opening() + 2 * DAY)
    with office.enter("fuzeren") as page:
        open_task(page, "陈述申辩")
        line = find_line(page, PUBLICITY)
        line.get_by_label("对本项提出申辩").check()
        line.get_by_label("理由", exact=True).fill(WHY_CONTESTED)
        line.get_by_label(label("short_videos"), exact=True).fill("30")
        finish(page, "提交", "陈述申辩")


def accept(office: Office) -> None:
    with office.enter("fuhe") as page:
        open_task(page, "申辩处理")
        line = find_line(page, PUBLICITY)
        expect(line.get_by_text(WHY_CONTESTED)).to_be_visible()
        line.get_by_label("采纳，完成值改为：").check()
        expect(line.get_by_label(label("short_videos"), exact=True)).to_have_value("30")
        line.get_by_label("处理理由").fill("合作账号截图属实，予以认定。")
        finish(page, "提交处理意见", "申辩处理")


def sign_the_result(office: Office) -> None:
    with office.enter("lingdao") as page:
        open_task(page, "签批")
        after = page.locator("section.card", has=page.get_by_role("heading", name="本次签批后"))
        expect(after).to_contain_text("19.80")
        expect(after).to_contain_text("0.00 → 5.20")
        expect(after).to_contain_text("20,000.00")
        finish(page, "同意签批", "签批")
    office.tick()


def read_the_account(office: Office) -> None:
    with office.enter("fuzeren") as page:
        page.get_by_role("link", name="合同").first.click()
        page.get_by_role("link", name=CONTRACT).click()
        expect(page.get_by_role("heading", level=1, name=CONTRACT)).to_be_visible()
        expect(page.get_by_role("img", name="累计扣分 5.20 分")).to_be_visible()
        quarter = page.get_by_role("row", name="Y1Q1").first
        expect(quarter).to_contain_text("已公示")
        expect(quarter).to_contain_text("19.80")
        expect(quarter).to_contain_text("20,000.00")
