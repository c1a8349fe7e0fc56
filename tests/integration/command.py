"""The real command in a process of its own, as a person or another program would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

MAIN = "from app.cli import main; main()"


class Done(NamedTuple):
    """What a run printed, and its exit status."""

    out: str
    err: str
    status: int

    @property
    def json(self) -> Any:  # noqa: ANN401  # decoded JSON has any shape
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: str, given: str | bytes = "", language: str = "zh_CN.UTF-8", folder: Path | None = None) -> Done:
    """Run `kaohe` with arguments and standard input in a language; `folder` is where it runs."""
    kept = {name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES")}
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", MAIN, *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env={**kept, "LANG": language},
        cwd=folder,
        check=False,
        timeout=120,
    )
    return Done(done.stdout.decode(), done.stderr.decode(), done.returncode)
