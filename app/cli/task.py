"""`kaohe task`: the inbox, what a step asks for, and completing it."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import click
from sqlalchemy import Connection, RowMapping

from app.calendar.due_explained import describe_due, describe_left
from app.casework.complete_task import complete_task
from app.casework.exclusions import Excluded
from app.casework.forms import FormRefused
from app.casework.return_case import return_case
from app.casework.work import Doer, get_calendar
from app.cli.context import (
    Opened,
    find_person,
    find_role,
    make_doer,
    name_role,
    name_step,
    open_app,
    show_moment,
    write_moment,
)
from app.cli.numbers import read_json, write_json
from app.cli.rank import read_text
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.task_forms import get_scorer, list_facts, list_fields, write_template
from app.cli.words import _, say
from app.cli.year import print_refused
from app.clock import get_china_day
from app.contracts.queries import get_contract
from app.db import reading, transaction
from app.errors import KaoheError
from app.identity.queries import get_person
from app.permissions import PARTY_ROLES, CaseTarget, NotPermitted, Permission, TaskTarget, Viewer, may
from app.processes.values import InstanceChanged, ReturnRefused, StepNotReady
from app.programmes.yaml_files import FileRefused, read_yaml
from app.scoring.facts import FactRefused
from app.tasks.models import Task
from app.tasks.operations import TaskTaken
from app.tasks.queries import get_task_with_case, list_all_open, list_open_tasks

REFUSALS = (NotPermitted, Excluded, StepNotReady, InstanceChanged, ReturnRefused)
"""What refuses a step that was asked for rightly: exit status 1."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A row of the list."""

    id: int
    case: str
    contract: str
    step: str
    role: str
    holder: str | None
    due_at: dt.datetime


@click.group(help=_("Tasks: the steps that wait for people."))
def task() -> None:
    """Gather the commands about tasks."""


@task.command("list", help=_("List open tasks, due first; “kaohe task show ID” says what one asks for."))
@click.option("--user", metavar="NAME", help=_("What this person may work on."))
@click.option("--role", help=_("What waits for this role."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def task_list(*, user: str | None, role: str | None, as_json: bool) -> None:
    """List open tasks."""
    wanted = None if role is None else find_role(role, "--role")
    with open_app() as opened, reading() as connection:
        viewer = None if user is None else find_doer(connection, opened, user).viewer
        rows = list_rows(connection, viewer)
    kept = [one for one in rows if wanted in (None, one.role)]
    if as_json:
        print(write_json([describe_row(one) for one in kept], indent=2))
    elif kept:
        print_rows(kept, opened.today)
    else:
        print(_("Nothing waits here. Quarters that are over open when the clock runs: “kaohe worker --once”."))


def list_rows(connection: Connection, viewer: Viewer | None) -> list[TaskRow]:
    """Return every open task, or those that one person may work on."""
    found = list_all_open(connection)
    kept = [one for one in found if viewer is None or may(viewer, Permission.WORK_ON_TASK, _make_target(one))]
    return [
        TaskRow(
            one["id"],
            one["case_code"],
            one["contract_name"],
            one["step"],
            one["role"],
            _name_holder(connection, one["assigned_to"] or one["claimed_by"]),
            one["due_at"],
        )
        for one in kept
    ]


def _make_target(one: RowMapping) -> TaskTarget:
    party_id = one["organisation_id"] if one["role"] in PARTY_ROLES else 0
    case = CaseTarget(one["case_id"], one["authority_id"], party_id, one["programme"])
    return TaskTarget(case, one["role"], one["assigned_to"], one["claimed_by"])


def _make_row(connection: Connection, one: Task, case: str, contract: str) -> TaskRow:
    holder = _name_holder(connection, one.assigned_to or one.claimed_by)
    return TaskRow(one.id, case, contract, one.step, one.role, holder, one.due_at)


def _name_holder(connection: Connection, number: int | None) -> str | None:
    return None if number is None else get_person(connection, number).username


def describe_row(one: TaskRow) -> dict[str, object]:
    """Return a task as JSON values."""
    return {
        "id": one.id,
        "case": one.case,
        "contract": one.contract,
        "step": one.step,
        "role": one.role,
        "person": one.holder,
        "due": write_moment(one.due_at),
    }


def print_rows(rows: Sequence[TaskRow], today: dt.date) -> None:
    """Print tasks as a table."""
    columns = [(_("Task"), NUMBER), (_("Case"), CODE), (_("Contract"), TEXT), (_("Step"), TEXT), (_("Role"), TEXT)]
    columns += [(_("Person"), TEXT), (_("Due"), CODE), (_("Time left"), TEXT)]
    table = [
        (
            str(one.id),
            one.case,
            one.contract,
            name_step(one.step),
            name_role(one.role),
            one.holder or "—",
            show_moment(one.due_at),
            say(describe_left(get_calendar(), today, get_china_day(one.due_at))),
        )
        for one in rows
    ]
    print_table(_("Open tasks"), columns, table)


@task.command(
    "show",
    help=_(
        "Show what a task asks for. With --template print a form to begin with: keep it as a file, complete it, then "
        "“kaohe task complete ID --user NAME --form FILE”."
    ),
)
@click.argument("task_id", metavar="ID", type=int)
@click.option("--template", is_flag=True, help=_("Print a form to begin with, as YAML."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def task_show(task_id: int, *, template: bool, as_json: bool) -> None:
    """Show a task."""
    with open_app() as opened, reading() as connection:
        found, its_case = get_task_with_case(connection, task_id)
        lines = list(write_template(connection, found, its_case))
    facts = list_facts(get_scorer(its_case))
    if template:
        print("\n".join(lines))
    elif as_json:
        print(write_json(describe_task(found, its_case.code, facts), indent=2))
    else:
        print_task(found, its_case.code, facts, opened.today)


def describe_task(one: Task, case: str, facts: Mapping[str, str]) -> dict[str, object]:
    """Return what a task asks for as JSON values."""
    fields = [{"field": name, "required": must, "holds": holds} for name, must, holds in list_fields(one.step)]
    return {
        "id": one.id,
        "case": case,
        "step": one.step,
        "role": one.role,
        "state": one.state,
        "due": write_moment(one.due_at),
        "fields": fields,
        "facts": dict(facts),
    }


def print_task(one: Task, case: str, facts: Mapping[str, str], today: dt.date) -> None:
    """Print what a task asks for."""
    print(f"#{one.id}  {case}  {name_step(one.step)}（{name_role(one.role)}）")
    print(say(describe_due(get_calendar(), one.due_explained, today)))
    columns = [(_("Field"), CODE), (_("Needed"), TEXT), (_("Holds"), TEXT)]
    rows = [(name, _("yes") if must else _("no"), holds) for name, must, holds in list_fields(one.step)]
    print_table(_("Form"), columns, rows)
    if {name for name, _must, _holds in list_fields(one.step)} & {"facts", "corrections", "agreed"}:
        print_table(_("Facts"), [(_("Fact"), CODE), (_("Meaning"), TEXT)], list(facts.items()))


@task.command(
    "complete",
    help=_(
        "Complete a task as a person who may. The form is a JSON or YAML file (“-”: standard input); without one an "
        "empty form is handed in. With --return the case goes back to an earlier step."
    ),
)
@click.argument("task_id", metavar="ID", type=int)
@click.option("--user", required=True, metavar="NAME", help=_("Who completes it."))
@click.option("--form", "file", metavar="FILE", help=_("The form; “kaohe task show ID --template” prints one."))
@click.option("--return", "target", metavar="STEP", help=_("Return the case to this step instead."))
@click.option("--reason", default="", metavar="TEXT", help=_("Why it is returned."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def task_complete(*, task_id: int, user: str, file: str | None, target: str | None, reason: str, as_json: bool) -> None:
    """Complete a task, or return its case."""
    if target is not None and file is not None:
        raise click.UsageError(_("--form and --return don't go together"))
    try:
        form = read_form(file)
        with open_app() as opened:
            following = do_task(opened, task_id, user, form, target, reason)
    except FileRefused as error:
        print_refused(error, as_json=as_json)
        sys.exit(1)
    except FormRefused as error:
        refuse([(one.field, say(one.message)) for one in error.refusals], as_json=as_json)
    except Taken as error:
        refuse([("", error.words)], as_json=as_json)
    except REFUSALS as error:
        refuse([("", say(error.message))], as_json=as_json)
    report_done(following, as_json=as_json)


class Taken(Exception):
    """Somebody else was first; `words` say who and when."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def read_form(file: str | None) -> dict[str, object]:
    """Return a form's fields; `FileRefused` for what is neither JSON nor YAML, or no group of fields."""
    if file is None:
        return {}
    text = read_text(file)
    try:
        value = read_json(text)
    except FactRefused:
        # What is no JSON may be YAML, whose reader also says where something is wrong.
        value = read_yaml(text, file).value
    if not isinstance(value, dict):
        raise click.BadParameter(_("the form must be a group of fields"), param_hint="--form")
    return value


def do_task(
    opened: Opened, task_id: int, username: str, form: Mapping[str, object], target: str | None, reason: str
) -> list[TaskRow]:
    """Complete a task or return its case; return the case's open tasks afterwards."""
    try:
        with transaction() as connection:
            doer = find_doer(connection, opened, username)
            if target is None:
                complete_task(connection, doer, task_id, form, opened.now)
            else:
                return_case(connection, doer, task_id, target, reason, opened.now)
            _done, its_case = get_task_with_case(connection, task_id)
            contract = get_contract(connection, its_case.contract_id).name
            following = list_open_tasks(connection, its_case.id)
            return [_make_row(connection, one, its_case.code, contract) for one in following]
    except TaskTaken as error:
        raise Taken(describe_taken(task_id, error)) from None


def find_doer(connection: Connection, opened: Opened, username: str) -> Doer:
    """Return who acts; a usage error for an account that isn't known or is disabled."""
    person = find_person(connection, username, "--user")
    if not person.is_active:
        raise click.BadParameter(_("the account {name} is disabled").format(name=person.username), param_hint="--user")
    return make_doer(connection, person, opened)


def describe_taken(task_id: int, error: KaoheError) -> str:
    """Return who was first, and when."""
    with reading() as connection:
        found, _case = get_task_with_case(connection, task_id)
        number = found.closed_by or found.claimed_by
        name = None if number is None else get_person(connection, number).name
    if name is None or found.state in ("lapsed", "cancelled"):
        return say(error.message)
    if found.state == "open":
        return _("{name} has claimed this task ({at})").format(name=name, at=show_moment(found.claimed_at))
    return _("{name} was first: the task was closed on {at}").format(name=name, at=show_moment(found.closed_at))


def refuse(problems: Sequence[tuple[str, str]], *, as_json: bool) -> NoReturn:
    """Print what was refused, field by field, and end with status 1."""
    if as_json:
        listed = [{"field": field or None, "message": words} for field, words in problems]
        print(write_json({"error": listed[0], "errors": listed}, indent=2))
    for field, words in () if as_json else problems:
        print(_("Refused: {message}").format(message=f"{field}: {words}" if field else words))
    sys.exit(1)


def report_done(following: Sequence[TaskRow], *, as_json: bool) -> None:
    """Say what comes next."""
    if as_json:
        print(write_json({"next": [describe_row(one) for one in following]}, indent=2))
        return
    print(_("Done."))
    for one in following:
        who = one.holder or name_role(one.role)
        text = _("Next: task {id}, {step}, {who}, due {due}")
        print(text.format(id=one.id, step=name_step(one.step), who=who, due=show_moment(one.due_at)))
    if not following:
        print(_("Nothing more is to be done on this case."))
