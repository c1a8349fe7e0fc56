"""The command line: one file per command group, each a thin edge over the domains.

Here alone errors become exit statuses: 0 all well, 1 some input was refused, 2 the call itself is wrong.
"""

from __future__ import annotations

import gettext
import os
import sys
from importlib import import_module
from typing import Any

import click

from app.cli.words import LANGUAGE, _
from app.errors import KaoheError, find_nearest
from app.i18n import LOCALE_FOLDER, render

COMMANDS = {
    "init": "app.cli.install:init",
    "demo": "app.cli.demo:demo",
    "serve": "app.cli.serve:serve",
    "worker": "app.cli.worker:worker",
    "user": "app.cli.user:user",
    "contract": "app.cli.contract:contract",
    "case": "app.cli.case:case",
    "task": "app.cli.task:task",
    "occurrence": "app.cli.occurrence:occurrence",
    "evidence": "app.cli.evidence:evidence",
    "ledger": "app.cli.ledger:ledger",
    "payment": "app.cli.payment:payment",
    "paper": "app.cli.paper:paper",
    "audit": "app.cli.audit:audit",
    "score": "app.cli.score:score",
    "due": "app.cli.due:due",
    "year": "app.cli.year:year",
    "simulate": "app.cli.simulate:simulate",
    "rank": "app.cli.rank:rank",
    "rubric": "app.cli.rubric:rubric",
    "bench": "app.cli.bench:bench",
}


class KaoheGroup(click.Group):
    """The command group: loads a command when it is called, answers unknown ones with the nearest known."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command's name; raise a usage error with the nearest known ones."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            known = ", ".join(find_nearest(args[0], COMMANDS) or COMMANDS)
            raise click.UsageError(_("Unknown command {name}; known: {known}").format(name=args[0], known=known), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run a command; what the domains raise of a call becomes a message and status 2."""
        try:
            return super().invoke(ctx)
        except KaoheError as error:
            raise click.UsageError(render(error.message, LANGUAGE)) from None


@click.group(
    cls=KaoheGroup,
    help=_("Kaohe: performance assessments as cases, from filing to points, money and contract."),
)
@click.version_option(package_name="kaohe", message="%(prog)s %(version)s", help=_("Show the version and exit."))
@click.help_option("--help", "-h", help=_("Show this message and exit."))
def cli() -> None:
    """Gather the commands."""


def main() -> None:
    """Run the command line, robust in pipes: UTF-8 out whatever the locale, a closed pipe ends quietly."""
    os.environ.setdefault("LANGUAGE", LANGUAGE)
    gettext.bindtextdomain("messages", str(LOCALE_FOLDER))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        cli(prog_name="kaohe")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
