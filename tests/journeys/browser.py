"""A real server on a free port and a real browser in front of it, for journeys."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def find_chromium() -> str:
    """Where the browser is; a journey is skipped, saying so, where there is none."""
    named = os.environ.get("KAOHE_TEST_CHROMIUM")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if not found or not Path(found).exists():
        pytest.skip("no Chromium is installed (KAOHE_TEST_CHROMIUM may name one)")
    return found


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an application on a free port from a thread; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a window."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Complaints:
    """What a page's console complained of: refused by the policy, failed in a script."""

    def __init__(self, page: Page) -> None:
        self.texts: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.texts.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.texts.append(message.text)


@contextmanager
def open_page(browser: Browser, address: str, size: ViewportSize = DESK) -> Iterator[Page]:
    """Open a window of its own (cookies of its own) on a site; the journey fails where the console complained."""
    context = browser.new_context(base_url=address, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    complaints = Complaints(page)
    try:
        yield page
        assert complaints.texts == []
    finally:
        context.close()
