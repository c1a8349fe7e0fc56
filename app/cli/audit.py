"""`kaohe audit`: the audit trail checked and sealed."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from app.audit.models import Finding
from app.cli.context import open_app
from app.cli.numbers import write_json
from app.cli.words import _, say
from app.db import database, reading
from app.jobs.seals import ANCHORS, read_anchors, seal_when_due, verify_trail


@click.group(help=_("The audit trail: who did what, in chains that show every later change."))
def audit() -> None:
    """Gather the commands about the audit trail."""


@audit.command(
    "verify",
    help=_(
        "Check the whole trail; exit status 1 and a list when something doesn't hold. Keep a copy of the anchors on "
        "another machine and name it here: only they show a trail whose end was cut off together with its seals."
    ),
)
@click.option(
    "--anchors",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Anchors of the seals (default: anchors.txt in the data folder)."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def audit_verify(*, anchors: Path | None, as_json: bool) -> None:
    """Check the trail."""
    with open_app() as opened:
        lines = read_anchors(anchors or opened.settings.data_folder / ANCHORS)
        with reading() as connection:
            if database.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            findings = verify_trail(connection, lines)
    if as_json:
        print(write_json({"whole": not findings, "findings": list(map(describe_finding, findings))}, indent=2))
    else:
        print_findings(findings, len(lines))
    sys.exit(1 if findings else 0)


def describe_finding(finding: Finding) -> dict[str, object]:
    """Return what doesn't hold as JSON values."""
    return {"chain": finding.chain, "place": finding.place, "message": say(finding.message)}


def print_findings(findings: Sequence[Finding], anchors: int) -> None:
    """Print what doesn't hold, or that everything does."""
    for finding in findings:
        text = _("{chain}, entry {place}: {message}")
        print(text.format(chain=finding.chain, place=finding.place, message=say(finding.message)))
    if findings:
        print(_("The audit trail does not hold: {count} findings.").format(count=len(findings)))
    else:
        print(_("The audit trail is whole; anchors compared: {count}.").format(count=anchors))


@audit.command(
    "seal", help=_("Seal now what changed since the last seals, and keep the anchors; the clock does so hourly.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def audit_seal(*, as_json: bool) -> None:
    """Seal the trail."""
    with open_app() as opened:
        path = opened.settings.data_folder / ANCHORS
        made = seal_when_due(opened.now, path, dt.timedelta(0))
    if as_json:
        print(write_json({"seals": len(made), "anchors": str(path)}, indent=2))
    else:
        print(_("Seals made: {count}; anchors: {path}").format(count=len(made), path=path))
