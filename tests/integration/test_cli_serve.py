"""`kaohe serve` in a process of its own: the site answers, the clock runs beside it, both end together."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.integration.command import MAIN, run
from tests.integration.installation import point_at, wait_until


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:  # our own server
            return int(answer.status) == 200
    except (URLError, ConnectionError):
        return False


def test_the_site_answers_with_the_clock_beside_it_until_both_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(monkeypatch, tmp_path / "data")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run("init").status == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    said = tmp_path / "said.txt"
    command = [sys.executable, "-c", MAIN, "serve", "--port", str(port)]
    with said.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:  # noqa: S603  # our own
        try:
            wait_until(lambda: answers(port), "a page of the site")
            wait_until(lambda: "leads the clock" in said.read_text("utf-8"), "the clock")
            busy = run("serve", "--port", str(port), "--no-worker")
            assert (busy.status, str(port) in busy.err) == (2, True)
        finally:
            server.terminate()
            assert server.wait(60) == 0
    assert f"http://127.0.0.1:{port}" in said.read_text("utf-8")
    assert "The clock has stopped." in said.read_text("utf-8")
