"""A clock in a process of its own that a test can kill: its time runs fast, its mails become lines of a file.

Run as `python -m tests.integration.clock_process URL FOLDER MOMENT`; it says on standard output that it leads.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from app.db import bind_database
from app.errors import Message
from app.jobs.leader import make_leader
from app.jobs.scheduler import Worker

EVERY_SECONDS = 0.2
FAST = 120
"""How many times as fast its time runs: what a killed clock had leased is free again after seconds."""


class FastClock:
    """A clock that begins at a moment and runs fast."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment, self.begun = moment.astimezone(dt.UTC), time.monotonic()

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        return self.moment + dt.timedelta(seconds=FAST * (time.monotonic() - self.begun))


class FileMailer:
    """Keeps the Message-ID of every mail as a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, mail: EmailMessage) -> None:
        """Take a mail."""
        with self.path.open("a", encoding="ascii") as file:
            file.write(f"{mail['Message-ID']}\n")


def report(message: Message) -> None:
    print(message, flush=True)


def main(url: str, folder: Path, moment: dt.datetime) -> None:
    """Run the clock until SIGTERM."""
    app = Flask("clock")
    bind_database(app, url)
    mailer = FileMailer(folder / "mails.txt")
    leader, clock = make_leader(url, folder), FastClock(moment)
    name = f"process {os.getpid()}"
    worker = Worker(leader, clock, app.app_context, folder / "anchors.txt", mailer=mailer, name=name, report=report)
    signal.signal(signal.SIGTERM, lambda *_signal: worker.stop())
    worker.run(EVERY_SECONDS)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), dt.datetime.fromisoformat(sys.argv[3]))
