"""Make the pictures of this folder anew: `.venv/bin/python docs/pictures/make_pictures.py`.

Builds the demonstration in a temporary folder, serves it and takes pictures of its main pages in two widths. The
demonstration ends today, so that days differ from one making to the next.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.browser import DESK, PHONE, open_browser, open_page
from tests.journeys.demo_site import enter_by_card, serve_demo

HERE = Path(__file__).parent
SIZES: dict[int, ViewportSize] = {DESK["width"]: DESK, PHONE["width"]: PHONE}
MOST_BYTES = 300_000
PATIENCE = 20_000


def show_sign_in(page: Page) -> None:
    """The way in, with everybody's card."""
    page.goto("/sign-in")


def show_inbox_of(name: str) -> Callable[[Page], None]:
    """Somebody's inbox, the first tab that has rows."""

    def show(page: Page) -> None:
        enter_by_card(page, name)
        for tab in ("mine", "role", "done"):
            page.goto(f"/inbox?tab={tab}")
            if page.locator("tr[data-href]").count():
                return

    return show


def show_task_of(name: str, of: str = "") -> Callable[[Page], None]:
    """Somebody's first task, of a contract where one is named."""

    def show(page: Page) -> None:
        show_inbox_of(name)(page)
        page.locator("tr[data-href]", has_text=of).first.get_by_role("link").first.click()
        page.wait_for_url("**/tasks/*")

    return show


def show_case(page: Page) -> None:
    """A case at its signature, with the diagram."""
    show_task_of("陈立新", "云启")(page)
    page.get_by_role("link", name="查看全案").click()
    page.wait_for_url("**/cases/*")
    expect(page.locator(".diagram svg").first).to_be_visible()


def show_contract(page: Page) -> None:
    """The contract that lost most, with its years of points and money."""
    enter_by_card(page, "陈立新")
    page.goto("/contracts")
    page.get_by_role("link", name="云启").first.click()
    page.wait_for_url("**/contracts/*")


PICTURES: dict[str, Callable[[Page], None]] = {
    "sign-in": show_sign_in,
    "inbox-reviewer": show_inbox_of("王晓梅"),
    "inbox-scorer": show_inbox_of("李建国"),
    "filing": show_task_of("张伟"),
    "scoring": show_task_of("李建国"),
    "approval": show_task_of("陈立新", "云启"),
    "case": show_case,
    "contract": show_contract,
}


def take(browser: Browser, address: str, name: str, width: int) -> None:
    """Take one picture of what stands in the window first."""
    with open_page(browser, address, SIZES[width]) as page:
        page.set_default_timeout(PATIENCE)
        PICTURES[name](page)
        page.wait_for_load_state("networkidle")
        path = HERE / f"{name}-{width}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SystemExit(f"{path.name} has {size} bytes, at most {MOST_BYTES} are kept here")
        print(path.name, size)


def main() -> None:
    """Take every picture in every width."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    expect.set_options(timeout=PATIENCE)
    with (
        tempfile.TemporaryDirectory(prefix="kaohe-") as folder,
        serve_demo(Path(folder)) as address,
        open_browser() as browser,
    ):
        for name in PICTURES:
            for width in SIZES:
                take(browser, address, name, width)


if __name__ == "__main__":
    main()
