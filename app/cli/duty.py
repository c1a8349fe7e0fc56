"""`kaohe contract duty`: a duty of the whole term recorded as met, or taken back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.casework.forms import FormRefused, read_form
from app.casework.record_duty import DutyForm, record_duty
from app.cli.context import find_contract, open_app
from app.cli.task import find_doer
from app.cli.words import _, say
from app.db import transaction
from app.evidence.operations import Received, receive_file
from app.evidence.store import FILES, FileStore
from app.permissions import NotPermitted


@click.command("duty", help=_("Record a duty of the whole term as met; without a day, take the record back."))
@click.argument("code", metavar="CONTRACT")
@click.argument("duty", metavar="DUTY")
@click.option("--met-on", metavar="DAY", help=_("The day on which it was met, such as 2026-05-01."))
@click.option("--document", required=True, metavar="TEXT", help=_("The certificate, or why the record is taken back."))
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("A file that belongs to it.")
)
@click.option("--user", required=True, metavar="NAME", help=_("Who records it: a supervisor of the authority."))
def record(code: str, duty: str, met_on: str | None, document: str, file: Path | None, user: str) -> None:
    """Record a duty."""
    try:
        with open_app() as opened, transaction() as connection:
            form = read_form(DutyForm, {"met_on": met_on, "document": document})
            found, doer = find_contract(connection, code), find_doer(connection, opened, user)
            store = FileStore(opened.settings.data_folder / FILES)
            kept = None if file is None else _receive(store, file)
            record_duty(connection, doer, found.id, duty, form, kept, opened.now)
    except FormRefused as error:
        for one in error.refusals:
            print(f"{one.field}: {say(one.message)}")
        sys.exit(1)
    except NotPermitted as error:
        print(say(error.message))
        sys.exit(1)
    print(_("Contract {code}, {duty}: recorded.").format(code=code, duty=duty))


def _receive(store: FileStore, file: Path) -> Received:
    with file.open("rb") as stream:
        return receive_file(store, file.name, stream)
