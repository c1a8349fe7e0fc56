"""An installation of its own for a test: a data folder and a database on each kind, given to real processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.databases import make_database

SETTINGS = ("KAOHE_SMTP_HOST", "KAOHE_MAIL_FROM", "KAOHE_DEMO", "KAOHE_BASE_URL", "KAOHE_SECRET_KEY")
DEADLINE_SECONDS = 90


@pytest.fixture(params=["sqlite", "postgresql"])
def data(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder of an installation that isn't made yet, on a database of each kind."""
    with make_database(request.param, tmp_path) as url:
        point_at(monkeypatch, tmp_path / "data", url)
        yield tmp_path / "data"


def point_at(monkeypatch: pytest.MonkeyPatch, folder: Path, url: str | None = None) -> None:
    """Let commands work on a data folder, and on a database other than its own file where one is named."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAOHE_DATA", str(folder))
    if url is None:
        monkeypatch.delenv("KAOHE_DATABASE_URL", raising=False)
    else:
        monkeypatch.setenv("KAOHE_DATABASE_URL", url)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Look until something holds; fail by name when it doesn't within the deadline."""
    latest, pause = time.monotonic() + DEADLINE_SECONDS, threading.Event()
    while not holds():
        if time.monotonic() > latest:
            pytest.fail(f"waited in vain: {what}")
        pause.wait(0.05)
