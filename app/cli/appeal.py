"""`kaohe case appeal` and `kaohe case withdraw-appeal`: as the party's head, against a published result."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from app.cases.queries import get_case_by_code
from app.casework.open_appeal import AppealRefused, open_appeal
from app.casework.withdraw_appeal import WithdrawalRefused, withdraw_appeal
from app.cli.context import open_app
from app.cli.numbers import write_json
from app.cli.task import find_doer
from app.cli.words import _, say
from app.db import transaction
from app.errors import KaoheError
from app.permissions import NotPermitted
from app.tasks.queries import list_open_tasks


@click.command("appeal", help=_("Appeal a published result in time; its first task names the lines."))
@click.argument("code", metavar="CASE")
@click.option("--user", required=True, metavar="NAME", help=_("Who appeals: the party's head."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def appeal(code: str, user: str, *, as_json: bool) -> None:
    """Open an appeal; a refusal stays on record."""
    try:
        with open_app() as opened, transaction() as connection:
            case = get_case_by_code(connection, code)
            answer = open_appeal(connection, find_doer(connection, opened, user), case.id, opened.now)
            tasks = [] if isinstance(answer, AppealRefused) else list_open_tasks(connection, answer.id)
    except NotPermitted as error:
        _refuse(error, as_json=as_json)
    if isinstance(answer, AppealRefused):
        _refuse(answer, as_json=as_json)
    if as_json:
        print(write_json({"case": answer.code, "task": tasks[0].id}, indent=2))
        return
    text = _("Appeal {case} opened; “kaohe task show {task} --template” prints its form.")
    print(text.format(case=answer.code, task=tasks[0].id))


@click.command("withdraw-appeal", help=_("Withdraw an appeal that isn't answered yet; the published result stands."))
@click.argument("code", metavar="CASE")
@click.option("--reason", required=True, metavar="TEXT", help=_("Why it is withdrawn."))
@click.option("--user", required=True, metavar="NAME", help=_("Who withdraws it: the party's head."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def withdraw(code: str, reason: str, user: str, *, as_json: bool) -> None:
    """Withdraw an appeal."""
    try:
        with open_app() as opened, transaction() as connection:
            case = get_case_by_code(connection, code)
            closed = withdraw_appeal(connection, find_doer(connection, opened, user), case.id, reason, opened.now)
    except (NotPermitted, WithdrawalRefused) as error:
        _refuse(error, as_json=as_json)
    if as_json:
        print(write_json({"case": closed.code, "status": closed.status}, indent=2))
        return
    print(_("Appeal {case} withdrawn; the published result stands.").format(case=closed.code))


def _refuse(error: KaoheError, *, as_json: bool) -> NoReturn:
    words = say(error.message)
    print(write_json({"error": {"fact": "", "message": words}}, indent=2) if as_json else words)
    sys.exit(1)
