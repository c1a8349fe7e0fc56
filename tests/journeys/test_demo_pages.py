"""Every page that somebody of the demonstration comes by: whole, quiet, and no wider than a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.simulation.demo_people import DemoPerson
from tests.journeys.browser import PHONE, open_browser, open_page
from tests.journeys.demo_site import CARDS, enter_by_card, serve_demo

PATIENCE = 20_000
ONE_THING = re.compile(r"/(tasks|cases|contracts|mailbox|occurrences)/\d+|/diagrams/[\w-]+")
DIAGRAM = re.compile(r"/(cases|diagrams)/")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with open_browser() as made:
        yield made


@pytest.mark.parametrize("person", CARDS, ids=lambda one: one.role)
def test_every_page_of_a_role_is_whole_on_a_phone(address: str, browser: Browser, person: DemoPerson) -> None:
    with open_page(browser, address, PHONE) as page:
        page.set_default_timeout(PATIENCE)
        enter_by_card(page, person.name)
        menu = list_links(page, "nav.topnav")
        assert menu, "everybody has a page to begin at"
        for path in ["/account", *menu]:
            visit(page, path)
            opened = [one for one in list_links(page, "main") if is_of_one_thing(one)]
            boxes = list_links(page, "main nav.tabs")
            for box in boxes:
                visit(page, box)
                opened += [one for one in list_links(page, "main") if one.startswith("/tasks/")]
            for one in opened[:1]:
                visit(page, one)


def list_links(page: Page, place: str) -> list[str]:
    """The addresses that a part of the page links to."""
    found: list[str] = page.locator(f"{place} a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    return found


def is_of_one_thing(address: str) -> bool:
    """Whether an address is that of one task, case, contract, letter or diagram."""
    return bool(ONE_THING.fullmatch(address))


def visit(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    check(page)
    if DIAGRAM.match(path):
        expect(page.locator(".diagram svg").first).to_be_visible()
        expect(page.get_by_role("link", name="bpmn.io")).to_be_visible()


CUT = """[...document.querySelectorAll("main button")]
    .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"""


def check(page: Page) -> None:
    """A page has a heading, nothing that sticks out, no button whose word is cut off, no picture that failed."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert room[0] <= room[1], (page.url, room)
    assert page.evaluate(CUT) == [], page.url
    for place in page.locator("[data-picture]").all():
        expect(place.locator("svg text").first).to_be_visible()
    assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)"), page.url
