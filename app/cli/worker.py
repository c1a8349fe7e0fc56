"""`kaohe worker`: the clock: periods opened, timers fired, reminders and letters sent, by one process at a time."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from dataclasses import asdict

import click

from app.channels.letters import Letterhead
from app.channels.smtp import SmtpMailer
from app.cli.context import Opened, open_app
from app.cli.numbers import write_json
from app.cli.words import _, say
from app.errors import Message
from app.jobs.leader import make_leader
from app.jobs.scheduler import TICK_SECONDS, DatabaseClock, Worker
from app.jobs.seals import ANCHORS
from app.jobs.tick import Done

PARENT_SECONDS = 2.0
"""How often a clock started by “kaohe serve” looks whether that is still there."""


@click.command(
    help=_(
        "Run the clock: open quarters that are over, fire timers, remind, send mails, seal the audit trail. Of several "
        "workers one leads; another takes over when it ends. “kaohe serve” runs one by itself."
    )
)
@click.option("--once", is_flag=True, help=_("Do what is due now, and end."))
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=TICK_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help=_("How often to look."),
)
@click.option("--parent", type=int, hidden=True)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON (with --once)."))
def worker(*, once: bool, every: float, parent: int | None, as_json: bool) -> None:
    """Run the clock."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with open_app() as opened:
        made = make_worker(opened)
        if opened.settings.smtp is None:
            print_line(_("No mail server is set (KAOHE_SMTP_HOST): no mail leaves, all are kept."))
        if once:
            report_once(run_once(made), as_json=as_json)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: made.stop())
        if parent is not None:
            threading.Thread(target=follow_parent, args=(made, parent), daemon=True).start()
        made.run(every)
    print_line(_("The clock has stopped."))


def make_worker(opened: Opened) -> Worker:
    """Return the clock of the application at hand, with the mail server of its settings."""
    settings = opened.settings
    return Worker(
        make_leader(settings.database_url, settings.data_folder),
        DatabaseClock(),
        opened.app.app_context,
        settings.data_folder / ANCHORS,
        mailer=None if settings.smtp is None else SmtpMailer(settings.smtp),
        letterhead=Letterhead(settings.base_url),
        name=f"{socket.gethostname()}:{os.getpid()}"[:100],
        report=report,
    )


def run_once(made: Worker) -> Done | None:
    """Do what is due once; None where another process leads."""
    try:
        done = made.work()
        made.seal()
    finally:
        made.leader.resign()
    return done


def report_once(done: Done | None, *, as_json: bool) -> None:
    """Say what one run did."""
    if as_json:
        print(write_json({"leads": done is not None, "done": None if done is None else asdict(done)}, indent=2))
    elif done is not None and not any(asdict(done).values()):
        print(_("Nothing was due."))


def report(message: Message) -> None:
    """Tell the person at the console, with the process, so that several can be told apart."""
    print_line(_("process {number}: {message}").format(number=os.getpid(), message=say(message)))


def print_line(text: str) -> None:
    """Print a line for a person at once, away from what programs read."""
    print(text, file=sys.stderr, flush=True)


def follow_parent(made: Worker, parent: int) -> None:
    """Stop the clock once the process that started it is gone."""
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(PARENT_SECONDS)
    made.stop()
