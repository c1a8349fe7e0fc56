"""`kaohe occurrence`: complaints and safety incidents, recorded, answered and checked before they count."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import Connection

from app.casework.forms import FormRefused, read_form
from app.casework.intake import (
    AnswerForm,
    CheckForm,
    OccurrenceForm,
    answer_occurrence,
    check_occurrence,
    list_kinds,
    record_occurrence,
)
from app.casework.work import Doer
from app.cli.context import Opened, find_contract, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.task import find_doer
from app.cli.words import _, say
from app.contracts.models import Contract
from app.db import reading, transaction
from app.evidence.operations import Received, receive_file
from app.evidence.store import FILES, FileStore
from app.occurrences.models import Occurrence
from app.occurrences.queries import get_by_number, list_of_contract
from app.permissions import NotPermitted

Change = Callable[[Connection, Opened, Doer, Contract], Occurrence]

contract_argument = click.argument("contract", metavar="CONTRACT")
number_argument = click.argument("number", type=int, metavar="NUMBER")
file_option = click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("A file that belongs to it.")
)
user_option = click.option("--user", required=True, metavar="NAME", help=_("Who does it."))


@click.group(help=_("Complaints and safety incidents: recorded, answered, checked before they count."))
def occurrence() -> None:
    """Gather the commands about occurrences."""


@occurrence.command("list", help=_("List what was recorded about a contract, newest first."))
@contract_argument
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def occurrence_list(contract: str, *, as_json: bool) -> None:
    """List occurrences."""
    with open_app(), reading() as connection:
        found = find_contract(connection, contract)
        kinds, ones = list_kinds(connection, found), list_of_contract(connection, found.id)
    if as_json:
        print(write_json([_describe(one) for one in ones], indent=2))
        return
    columns = [(_("No."), NUMBER), (_("Kind"), TEXT), (_("Happened on"), CODE), (_("State"), TEXT), (_("Source"), TEXT)]
    rows = [
        (str(one.number), kinds.get(one.fact, one.fact), str(one.happened_on), _show_state(one), one.source)
        for one in ones
    ]
    print_table(found.name, columns, rows)


@occurrence.command("record", help=_("Record a complaint or safety incident; it counts once it is found valid."))
@contract_argument
@click.option("--kind", "fact", required=True, metavar="FACT", help=_("valid_complaints or safety_incidents."))
@click.option("--on", "happened_on", required=True, metavar="DAY", help=_("When it happened, such as 2025-03-20."))
@click.option("--source", required=True, metavar="TEXT", help=_("Who told, without a complainant's name."))
@click.option("--description", required=True, metavar="TEXT", help=_("What happened."))
@file_option
@user_option
def occurrence_record(
    contract: str, fact: str, happened_on: str, source: str, description: str, file: Path | None, user: str
) -> None:
    """Record an occurrence."""
    given = {"fact": fact, "happened_on": happened_on, "source": source, "description": description}
    made = _change(
        contract,
        user,
        lambda connection, opened, doer, found: record_occurrence(
            connection, doer, found.id, read_form(OccurrenceForm, given), _receive(opened, file), opened.now
        ),
    )
    text = _("No. {number} recorded; the party may answer until {moment}.")
    print(text.format(number=made.number, moment=show_moment(made.answer_due)))


@occurrence.command("answer", help=_("Answer what was recorded, as the party."))
@contract_argument
@number_argument
@click.option("--text", required=True, metavar="TEXT", help=_("The answer."))
@file_option
@user_option
def occurrence_answer(contract: str, number: int, text: str, file: Path | None, user: str) -> None:
    """Answer an occurrence."""
    made = _change(
        contract,
        user,
        lambda connection, opened, doer, found: answer_occurrence(
            connection,
            doer,
            get_by_number(connection, found.id, number).id,
            read_form(AnswerForm, {"answer": text}),
            _receive(opened, file),
            opened.now,
        ),
    )
    print(_("No. {number}: answered.").format(number=made.number))


@occurrence.command("check", help=_("Find it valid or unfounded, once; not by whoever recorded it."))
@contract_argument
@number_argument
@click.option("--valid/--unfounded", required=True, default=None, help=_("What was found."))
@click.option("--finding", required=True, metavar="TEXT", help=_("Why."))
@user_option
def occurrence_check(contract: str, number: int, *, valid: bool, finding: str, user: str) -> None:
    """Check an occurrence."""
    made = _change(
        contract,
        user,
        lambda connection, opened, doer, found: check_occurrence(
            connection,
            doer,
            get_by_number(connection, found.id, number).id,
            read_form(CheckForm, {"valid": valid, "finding": finding}),
            opened.now,
        ),
    )
    print(_("No. {number}: {state}.").format(number=made.number, state=_show_state(made)))


def _change(contract: str, user: str, change: Change) -> Occurrence:
    """Do one thing in a transaction; what is refused is said, a field a line, with status 1."""
    try:
        with open_app() as opened, transaction() as connection:
            found = find_contract(connection, contract)
            return change(connection, opened, find_doer(connection, opened, user), found)
    except FormRefused as error:
        for one in error.refusals:
            print(f"{one.field}: {say(one.message)}")
        sys.exit(1)
    except NotPermitted as error:
        print(say(error.message))
        sys.exit(1)


def _receive(opened: Opened, file: Path | None) -> Received | None:
    if file is None:
        return None
    with file.open("rb") as stream:
        return receive_file(FileStore(opened.settings.data_folder / FILES), file.name, stream)


def _show_state(one: Occurrence) -> str:
    if one.verdict is None:
        return _("to be checked") if one.answered_at else _("the party may answer")
    return _("valid") if one.verdict == "valid" else _("unfounded")


def _describe(one: Occurrence) -> dict[str, object]:
    """Return an occurrence as JSON values."""
    return {
        "number": one.number,
        "fact": one.fact,
        "happened_on": str(one.happened_on),
        "source": one.source,
        "description": one.description,
        "file": one.file_name,
        "recorded_at": write_moment(one.recorded_at),
        "answer_due": write_moment(one.answer_due),
        "answer": one.answer,
        "answered_at": None if one.answered_at is None else write_moment(one.answered_at),
        "verdict": one.verdict,
        "finding": one.finding,
        "checked_at": None if one.checked_at is None else write_moment(one.checked_at),
    }
