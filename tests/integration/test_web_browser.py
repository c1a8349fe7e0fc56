"""The base of every page in a real browser, under the site's own policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Browser, Page, expect

from app.clock import SimulatedClock
from app.permissions import Permission
from app.web.access import needs
from app.web.site import DemoCard
from tests.integration.databases import app_on, make_database
from tests.integration.website import NOW, PASSWORD, SiteSettings, add_authority, add_someone, make_site
from tests.journeys.browser import DESK, PHONE, open_browser, open_page, serve

PAGE = """
{% extends "base.html" %}{% block title %}form{% endblock %}
{% block content %}
<form method="post" action="/opinion" hx-post="/opinion" hx-target="#out" data-draft-url="/draft">
{{ m.csrf() }}<textarea name="opinion" aria-label="opinion"></textarea>{{ m.draft_state() }}<button>send</button></form>
<div id="out"></div>
<form method="post" action="/file" enctype="multipart/form-data" data-upload data-upload-target="#files">
{{ m.csrf() }}<input type="file" name="file" aria-label="file"><progress hidden></progress></form><div id="files"></div>
{% endblock %}
"""


@dataclass(frozen=True)
class Running:
    """A site that is served, and what tests move or look into."""

    address: str
    clock: SimulatedClock
    drafts: list[str]


@needs(Permission.USE_OWN_ACCOUNT)
def show_form() -> str:
    return render_template_string(PAGE)


@needs(Permission.USE_OWN_ACCOUNT)
def give_opinion() -> str:
    return f"taken: {request.form['opinion']}"


@needs(Permission.USE_OWN_ACCOUNT)
def take_file() -> str:
    return f"stored: {request.files['file'].filename}"


def add_pages(app: Flask, drafts: list[str]) -> None:
    @needs(Permission.USE_OWN_ACCOUNT)
    def save_draft() -> tuple[str, int]:
        drafts.append(request.form["opinion"])
        return "", 204

    app.add_url_rule("/form", "form", show_form)
    app.add_url_rule("/opinion", "opinion", give_opinion, methods=["POST"])
    app.add_url_rule("/file", "file", take_file, methods=["POST"])
    app.add_url_rule("/draft", "draft", save_draft, methods=["POST"])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    clock, drafts = SimulatedClock(NOW), list[str]()
    with make_database("sqlite", tmp_path) as url, app_on(url) as app:
        make_site(app, SiteSettings(demo=True), clock)
        app.config["DEMO_CARDS"] = [DemoCard("wang", PASSWORD, "王建国", "审核员", "人社局", "审核第 3 季度")]
        add_someone("wang", add_authority(), "reviewer")
        add_pages(app, drafts)
        with serve(app) as address:
            yield Running(address, clock, drafts)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as made:
        yield made


def enter(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="王建国").click()
    page.wait_for_url("**/inbox*")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_is_wider_than_its_window_or_breaks_the_policy(
    running: Running, browser: Browser, size: object
) -> None:
    window = DESK if size is DESK else PHONE
    with open_page(browser, running.address, window) as page:
        page.goto("/nowhere")
        enter(page)
        for path in ("/account", "/account/password", "/_look"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_an_opinion_outlives_the_session_it_was_begun_in(running: Running, browser: Browser) -> None:
    with open_page(browser, running.address) as page:
        enter(page)
        page.goto("/form")
        page.get_by_label("opinion").fill("2.3 项缺签到表")
        expect(page.locator("[data-draft-state]")).to_contain_text(":")
        assert running.drafts == ["2.3 项缺签到表"]
        running.clock.move_to(NOW + dt.timedelta(hours=1))
        page.get_by_role("button", name="send").click()
        dialog = page.locator("dialog[open]")
        dialog.locator("#username").fill("wang")
        dialog.locator("#password").fill(PASSWORD)
        dialog.get_by_role("button").last.click()
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.get_by_role("button", name="send").click()
        expect(page.locator("#out")).to_have_text("taken: 2.3 项缺签到表")


def test_a_file_is_sent_as_soon_as_it_is_chosen(running: Running, browser: Browser) -> None:
    with open_page(browser, running.address) as page:
        enter(page)
        page.goto("/form")
        page.get_by_label("file").set_input_files({"name": "台账.xlsx", "mimeType": "application/zip", "buffer": b"PK"})
        expect(page.locator("#files")).to_have_text("stored: 台账.xlsx")


def test_the_keys_move_through_a_table_and_open_a_row(running: Running, browser: Browser) -> None:
    with open_page(browser, running.address) as page:
        enter(page)
        page.goto("/_look")
        for key in ("j", "j", "j", "k"):
            page.keyboard.press(key)
        expect(page.locator("[data-rows] .is-current")).to_have_attribute("data-href", "#2")
        page.keyboard.press("Enter")
        page.wait_for_url("**/_look#2")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
