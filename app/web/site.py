"""What a page needs to know of the application that it runs in: its settings, its clock, its calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask import current_app

from app.calendar.holidays import WorkingCalendar
from app.clock import Clock
from app.identity.rules import ROLES
from app.simulation.demo_people import ORGANISATIONS, PASSWORD, PEOPLE

EXTENSION = "kaohe_site"


class WebSettings(Protocol):
    """What the web site wants of the settings."""

    @property
    def secret_key(self) -> str:
        """Return the key that signs forms; the same for every process of the site."""

    @property
    def base_url(self) -> str:
        """Return the address that people open, without a slash at its end."""

    @property
    def data_folder(self) -> Path:
        """Return the folder of files that people uploaded."""

    @property
    def demo(self) -> bool:
        """Return whether this is a demonstration: cards to sign in with, the page of the look."""


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A person of the demonstration, offered on the sign-in page: one click signs in as them."""

    username: str
    password: str
    name: str
    role: str
    organisation: str
    first: str


@dataclass(frozen=True, slots=True)
class Site:
    """The web site of one application."""

    settings: WebSettings
    clock: Clock
    calendar: WorkingCalendar
    is_secure: bool


def get_site() -> Site:
    """Return the site of the application that runs."""
    site: Site = current_app.extensions[EXTENSION]
    return site


def get_now() -> dt.datetime:
    """Return the moment by the application's clock, in UTC."""
    return get_site().clock.now()


def list_demo_cards() -> list[DemoCard]:
    """Return the people that the sign-in page offers; none outside a demonstration."""
    if not get_site().settings.demo:
        return []
    given: list[DemoCard] | None = current_app.config.get("DEMO_CARDS")
    return make_demo_cards() if given is None else given


def make_demo_cards() -> list[DemoCard]:
    """Return the cards of the demonstration's people who have something to try."""
    names = {one.code: one.name.removesuffix("（演示）") for one in ORGANISATIONS}
    return [
        DemoCard(one.username, PASSWORD, one.name, ROLES[one.role].name, names[one.organisation], one.first)
        for one in PEOPLE
        if one.first
    ]
