"""`kaohe demo`: an invented authority with eight contracts and a year behind them, served at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.serve import run_clock, run_site
from app.cli.words import _
from app.clock import SystemClock, get_china_day
from app.config import DEFAULT_PORT
from app.db import reading, transaction, use_database
from app.evidence.store import FileStore
from app.migrations.operations import find_mark, is_current, set_mark, upgrade_database
from app.simulation.demo import CONTRACTS, build_demo

MARK, COMPLETE = "demo", "complete"
QUARTERS_LIVED = 3


@click.command(help=_("Build a demonstration with three quarters of history and serve it; nothing in it is real."))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on; 0.0.0.0 for all."))
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help=_("Port."))
@click.option("--fresh", is_flag=True, help=_("Build it anew, even if there is one."))
@click.option("--build-only", is_flag=True, help=_("Build it and don't serve it."))
def demo(*, host: str, port: int, fresh: bool, build_only: bool) -> None:
    """Build the demonstration unless it is there, then serve it."""
    folder = Path(os.environ.get("KAOHE_DATA", "var/demo")).absolute()
    base_url = os.environ.get("KAOHE_BASE_URL", f"http://{host}:{port}")
    os.environ.update(KAOHE_DATA=str(folder), KAOHE_DEMO="1", KAOHE_BASE_URL=base_url)
    os.environ.pop("KAOHE_DATABASE_URL", None)
    build(folder, fresh=fresh)
    if build_only:
        return
    print(_("The demonstration is ready: http://{host}:{port} (end with Ctrl+C)").format(host=host, port=port))
    print(_("Everybody's card is on the first page; no mail leaves unless KAOHE_SMTP_HOST is set."), flush=True)
    with run_clock(wanted=True):
        run_site(host, port)


def build(folder: Path, *, fresh: bool) -> None:
    """Build the demonstration in a folder; one that was cut off half-way is begun anew."""
    place = folder / "kaohe.db"
    if place.is_file() and not fresh and is_complete(place):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("kaohe.db*"):
        path.unlink()
    with use_database(f"sqlite:///{place}"), show_progress() as report:
        upgrade_database()
        build_demo(get_china_day(SystemClock().now()), FileStore(folder / "files"), report)
        with transaction() as connection:
            set_mark(connection, MARK, COMPLETE)


def is_complete(place: Path) -> bool:
    """Whether a database holds a demonstration of this version, built to its end."""
    with use_database(f"sqlite:///{place}"), reading() as connection:
        return is_current(connection) and find_mark(connection, MARK) == COMPLETE


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Show the quarters as they are lived through: a bar on a terminal, a line each elsewhere."""
    total = len(CONTRACTS) * QUARTERS_LIVED
    if not sys.stderr.isatty():
        print(_("Living through {total} quarters …").format(total=total), file=sys.stderr, flush=True)
        yield lambda _quarter: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(_("Living through quarters"), total=total)
        yield lambda quarter: progress.update(bar, advance=1, description=quarter)
