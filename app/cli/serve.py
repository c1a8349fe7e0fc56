"""`kaohe serve`: the web site, and by default the clock beside it in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app import create_app
from app.cli.context import open_app
from app.cli.words import _
from app.cli.worker import print_line
from app.config import DEFAULT_PORT, read_settings

if TYPE_CHECKING:
    from flask import Flask

THREADS = 4
RESTART_SECONDS = 5.0
STOP_SECONDS = 30
CLOCK = "from app.cli import main; main()"


@click.command(
    help=_(
        "Serve the web site. The clock runs beside it unless --no-worker says that “kaohe worker” runs elsewhere. "
        "Settings: KAOHE_DATA, KAOHE_DATABASE_URL, KAOHE_BASE_URL, KAOHE_SMTP_HOST, KAOHE_MAIL_FROM."
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on; 0.0.0.0 for all."))
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help=_("Port."))
@click.option("--worker/--no-worker", "with_clock", default=True, help=_("Run the clock as well (default), or not."))
def serve(*, host: str, port: int, with_clock: bool) -> None:
    """Serve."""
    with open_app():
        pass
    check_address(host, port)
    print_line(_("Kaohe: http://{host}:{port} (end with Ctrl+C)").format(host=host, port=port))
    if not with_clock:
        print_line(_("The clock does not run here; “kaohe worker” must run somewhere."))
    with run_clock(wanted=with_clock):
        run_site(host, port)


def check_address(host: str, port: int) -> None:
    """Refuse an address that can't be listened on: the server itself would only end with a trace."""
    try:
        family, kind, number, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(address)
    except OSError as error:
        text = _("{host}:{port} can't be used: {problem}").format(host=host, port=port, problem=error.strerror)
        raise click.BadParameter(text, param_hint="--host / --port") from None


def make_site() -> Flask:
    """Return the application that the server's process serves."""
    return create_app(read_settings())


def run_site(host: str, port: int) -> None:
    """Serve until told to stop: one process, several threads."""
    from granian import Granian  # noqa: PLC0415  # only this command starts a server
    from granian.constants import Interfaces  # noqa: PLC0415  # as above
    from granian.log import LogLevels  # noqa: PLC0415  # as above

    Granian(
        "app.cli.serve:make_site",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        factory=True,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


@contextmanager
def run_clock(*, wanted: bool) -> Iterator[None]:
    """Run the clock in a process of its own as long as the block lasts, started anew should it die."""
    if not wanted:
        yield
        return
    keeper = ClockKeeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class ClockKeeper:
    """Keeps one clock running: a process that the site's requests don't slow down, nor it them."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the clock."""
        self._thread.start()

    def stop(self) -> None:
        """End the clock after the tick under way."""
        self._stopping.set()
        process = self._process
        if process is not None:
            process.terminate()
        self._thread.join(STOP_SECONDS)

    def _keep(self) -> None:
        command = [sys.executable, "-c", CLOCK, "worker", "--parent", str(os.getpid())]
        while not self._stopping.is_set():
            self._process = subprocess.Popen(command)  # noqa: S603  # our own command
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(RESTART_SECONDS)
