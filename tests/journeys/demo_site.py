"""The demonstration, built in a folder of its own and served; a window signed in by a card."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from app import create_app
from app.cli.demo import build
from app.config import Settings
from app.db import database
from app.simulation.demo_people import PEOPLE
from tests.journeys.browser import serve

CARDS = tuple(one for one in PEOPLE if one.first)


@contextmanager
def serve_demo(folder: Path) -> Iterator[str]:
    """Build the demonstration and serve it; give its address."""
    build(folder, fresh=True)
    place = f"sqlite:///{folder / 'kaohe.db'}"
    app = create_app(Settings(folder, place, "a key for the demonstration", "http://127.0.0.1", demo=True))
    with serve(app) as address:
        yield address
    with app.app_context():
        database.engine.dispose()


def enter_by_card(page: Page, name: str) -> None:
    """Sign in as a person of the demonstration with one click."""
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
