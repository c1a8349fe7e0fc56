"""The years of a contract, drawn in a browser under the site's own policy; without scripts the tables stand alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.browser import DESK, PHONE, open_browser
from tests.journeys.office import CONTRACT, PATIENCE, Office, open_office, sign_in

NARROW: ViewportSize = {"width": 800, "height": 900}
PICTURES = ("scores", "points", "money")
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
STICKING_OUT = """[...document.querySelectorAll(".chart")].filter((one) => {
    const room = one.getBoundingClientRect();
    return [...one.querySelectorAll("svg text")].map((text) => text.getBoundingClientRect())
        .some((text) => text.right > room.right + 1 || text.left < room.left - 1);
}).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with open_browser() as made:
        yield made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    """A contract of three years whose first three quarters lost 36 points elsewhere."""
    with open_office(tmp_path_factory.mktemp("office"), browser, ("12", "12", "12")) as made:
        yield made


def open_years(page: Page) -> None:
    page.goto("/contracts")
    page.get_by_role("link", name=CONTRACT).click()
    expect(page.get_by_role("heading", name="历年情况")).to_be_visible()


def read_width(page: Page) -> int:
    width: int = page.locator("#picture-scores svg").evaluate("(one) => one.clientWidth")
    return width


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_three_pictures_are_drawn_each_with_its_numbers(office: Office, size: ViewportSize) -> None:
    with office.enter("lingdao", size) as page:
        open_years(page)
        for code in PICTURES:
            picture = page.locator(f"#picture-{code}")
            expect(picture.locator(".chart svg")).to_be_visible()
            expect(picture.get_by_role("table")).to_be_visible()
        expect(page.locator("#picture-points svg")).to_contain_text("40 拟解除")
        expect(page.locator("#picture-points svg")).to_contain_text("36.00")
        expect(page.locator("#picture-points").get_by_role("row", name="第 1 年度")).to_contain_text("36.00")
        expect(page.locator("#picture-money svg")).to_contain_text("1,200")
        assert page.evaluate(STICKING_OUT) == 0
        wide, window = page.evaluate(WIDTHS)
        assert wide <= window


@pytest.mark.parametrize(("username", "size"), [("duban", DESK), ("caiwu", PHONE)], ids=["desk", "phone"])
def test_english_words_find_room_as_well(office: Office, username: str, size: ViewportSize) -> None:
    with office.enter(username, size) as page:
        open_years(page)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Year by year")).to_be_visible()
        expect(page.locator("#picture-points svg")).to_contain_text("40 termination proposal")
        assert page.evaluate(STICKING_OUT) == 0


def test_a_picture_says_in_a_sentence_what_there_is_to_see(office: Office) -> None:
    with office.enter("lingdao") as page:
        open_years(page)
        picture = page.get_by_role("img", name="标有 40 分拟解除线：第 1 年度扣分最多，为 36 分")
        expect(picture).to_be_visible()


def test_a_picture_shows_its_numbers_under_the_pointer_and_follows_the_window(office: Office) -> None:
    with office.enter("lingdao") as page:
        open_years(page)
        page.locator("#picture-points .chart").hover()
        expect(page.locator("#picture-points .chart-tip")).to_contain_text("第 ")
        before = read_width(page)
        page.set_viewport_size(NARROW)
        expect(page.locator("#picture-scores svg")).not_to_have_attribute("width", str(before))
        assert read_width(page) < NARROW["width"]


def test_without_scripts_the_tables_stand_alone(office: Office, browser: Browser) -> None:
    context = browser.new_context(base_url=office.address, viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "lingdao")
    open_years(page)
    for code in PICTURES:
        expect(page.locator(f"#picture-{code} .drawn")).to_be_hidden()
        expect(page.locator(f"#picture-{code}").get_by_role("table")).to_be_visible()
    context.close()
