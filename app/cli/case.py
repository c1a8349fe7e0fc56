"""`kaohe case`: where cases stand, and everything that happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
from sqlalchemy import Connection

from app.cases.models import Case, CaseStep, Incident
from app.cases.queries import find_incident_of_case, get_case_by_code, list_cases, list_cases_of_contract, list_steps
from app.casework.work import get_part_scorer
from app.cli.appeal import appeal, withdraw
from app.cli.context import find_contract, name_mail, name_role, name_step, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.words import _, say
from app.contracts.models import Contract
from app.contracts.queries import get_contract
from app.db import reading
from app.errors import UnknownName, find_nearest
from app.i18n import format_number
from app.identity.models import Person
from app.identity.queries import get_person
from app.outbox.models import Message as Letter
from app.outbox.queries import list_by_case
from app.scores.models import SheetRow
from app.scores.queries import find_sheet
from app.tasks.models import Task
from app.tasks.queries import list_open_tasks
from app.web.states import find_state

MOST_CASES = 10_000


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about a case that is shown; `people` by number, as far as tasks and letters name them."""

    case: Case
    contract: Contract
    tasks: list[Task]
    steps: list[CaseStep]
    sheet: SheetRow | None
    letters: list[Letter]
    incident: Incident | None
    people: dict[int, Person]


@click.group(help=_("Cases: one party, one period, from filing to publication."))
def case() -> None:
    """Gather the commands about cases."""


@case.command("list", help=_("List cases, newest first; “kaohe case show CODE” says more."))
@click.option("--contract", metavar="CODE", help=_("Only this contract's."))
@click.option("--open", "only_open", is_flag=True, help=_("Only those that are not over."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def case_list(*, contract: str | None, only_open: bool, as_json: bool) -> None:
    """List cases."""
    with open_app(), reading() as connection:
        if contract is None:
            found = list_cases(connection, limit=MOST_CASES)
        else:
            found = list_cases_of_contract(connection, find_contract(connection, contract).id)[::-1]
        kept = [one for one in found if one.closed_at is None or not only_open]
        names = {one.contract_id: get_contract(connection, one.contract_id).name for one in kept}
    if as_json:
        print(write_json([describe_case(one) for one in kept], indent=2))
    elif kept:
        print_cases(kept, names)
    else:
        print(_("There are no such cases. A case opens by itself when its quarter is over."))


def describe_case(one: Case) -> dict[str, object]:
    """Return a case as JSON values."""
    return {
        "code": one.code,
        "process": one.process,
        "period": one.period,
        "status": one.status,
        "round": one.round,
        "opened_at": write_moment(one.opened_at),
        "filing_due": write_moment(one.filing_due),
        "closed_at": write_moment(one.closed_at),
    }


def print_cases(found: Sequence[Case], names: dict[int, str]) -> None:
    """Print cases as a table."""
    columns = [(_("Case"), CODE), (_("Contract"), TEXT), (_("Period"), CODE), (_("Status"), TEXT), (_("Opened"), CODE)]
    rows = [
        (
            one.code,
            names[one.contract_id],
            one.period,
            show_status(one),
            show_moment(one.opened_at),
            show_moment(one.closed_at),
        )
        for one in found
    ]
    print_table(_("Cases"), [*columns, (_("Closed"), CODE)], rows)


def show_status(one: Case) -> str:
    """Return a case's status in words."""
    return say(find_state(one.status).words)


@case.command("show", help=_("Show a case: where it stands, its steps, its sheet, deadlines and mails."))
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def case_show(code: str, *, as_json: bool) -> None:
    """Show a case."""
    with open_app(), reading() as connection:
        view = read_view(connection, find_case(connection, code))
    if as_json:
        print(write_json(describe_view(view), indent=2))
    else:
        print_view(view)


def find_case(connection: Connection, code: str) -> Case:
    """Return a case by its code; a usage error names the nearest known ones."""
    try:
        return get_case_by_code(connection, code)
    except UnknownName as error:
        nearest = find_nearest(code, (one.code for one in list_cases(connection, limit=MOST_CASES)))
        words = say(error.message) + (_("; nearest: {names}").format(names=_(", ").join(nearest)) if nearest else "")
        raise click.BadParameter(words, param_hint="CODE") from None


def read_view(connection: Connection, one: Case) -> CaseView:
    """Read everything about a case."""
    tasks, letters = list_open_tasks(connection, one.id), list_by_case(connection, one.id)
    numbers = {number for task in tasks for number in (task.assigned_to, task.claimed_by) if number is not None}
    numbers |= {letter.person_id for letter in letters}
    return CaseView(
        case=one,
        contract=get_contract(connection, one.contract_id),
        tasks=tasks,
        steps=list_steps(connection, one.id),
        sheet=find_sheet(connection, one.id),
        letters=letters,
        incident=find_incident_of_case(connection, one.id),
        people={number: get_person(connection, number) for number in numbers},
    )


def describe_view(view: CaseView) -> dict[str, object]:
    """Return everything about a case as JSON values."""
    incident = view.incident
    return {
        **describe_case(view.case),
        "contract": view.contract.code,
        "tasks": [describe_task(view, task) for task in view.tasks],
        "steps": [describe_step(step) for step in view.steps],
        "sheet": None if view.sheet is None else describe_sheet(view.sheet),
        "mails": [describe_letter(view, letter) for letter in view.letters],
        "incident": None if incident is None else {"operation": incident.operation, "message": incident.message},
    }


def describe_task(view: CaseView, task: Task) -> dict[str, object]:
    """Return an open task as JSON values."""
    return {
        "id": task.id,
        "step": task.step,
        "role": task.role,
        "assigned_to": view.people[task.assigned_to].username if task.assigned_to else None,
        "claimed_by": view.people[task.claimed_by].username if task.claimed_by else None,
        "due": write_moment(task.due_at),
    }


def describe_step(step: CaseStep) -> dict[str, object]:
    """Return a finished step as JSON values."""
    return {
        "step": step.step,
        "round": step.round,
        "role": step.role,
        "person": step.person_name,
        "started_at": write_moment(step.started_at),
        "due": write_moment(step.due_at),
        "finished_at": write_moment(step.finished_at),
        "outcome": step.outcome,
        "decision": step.decision,
        "opinion": step.opinion,
    }


def describe_sheet(sheet: SheetRow) -> dict[str, object]:
    """Return a sheet as JSON values: points as strings."""
    return {
        "number": sheet.number,
        "state": sheet.state,
        "score": None if sheet.score is None else format_number(sheet.score),
        "special": format_number(sheet.special),
        "indicators": {code: format_number(points) for code, points in sheet.indicators.items()},
        "differing": list(sheet.differing),
        "contested": list(sheet.contested),
        "approved_at": write_moment(sheet.approved_at),
    }


def describe_letter(view: CaseView, letter: Letter) -> dict[str, object]:
    """Return a mail as JSON values."""
    return {
        "template": letter.template,
        "to": view.people[letter.person_id].username,
        "state": letter.state,
        "created_at": write_moment(letter.created_at),
        "sent_at": write_moment(letter.sent_at),
        "error": letter.last_error,
    }


def print_view(view: CaseView) -> None:
    """Print everything about a case for a person."""
    one = view.case
    print(f"{one.code}  {view.contract.name}  {one.period}")
    print(_("Status: {status}; opened {opened}").format(status=show_status(one), opened=show_moment(one.opened_at)))
    if view.incident is not None:
        text = _("The automatic step {operation} failed: {message}")
        print(text.format(operation=view.incident.operation, message=view.incident.message))
    print_open(view)
    print_steps(view.steps)
    if view.sheet is not None:
        print_sheet(one, view.sheet)
    print_letters(view)


def print_open(view: CaseView) -> None:
    """Print whose turn it is."""
    if not view.tasks:
        print(_("Nobody's turn: the case is over.") if view.case.closed_at else _("Nobody's turn: the system works."))
        return
    columns = [(_("Task"), NUMBER), (_("Step"), TEXT), (_("Role"), TEXT), (_("Person"), TEXT), (_("Due"), CODE)]
    rows = [
        (str(task.id), name_step(task.step), name_role(task.role), _name_holder(view, task), show_moment(task.due_at))
        for task in view.tasks
    ]
    print_table(_("Whose turn it is"), columns, rows)


def _name_holder(view: CaseView, task: Task) -> str:
    number = task.assigned_to or task.claimed_by
    return view.people[number].name if number else "—"


def print_steps(steps: Sequence[CaseStep]) -> None:
    """Print what was done, by whom and when."""
    if not steps:
        return
    columns = [(_("Finished"), CODE), (_("Step"), TEXT), (_("Person"), TEXT), (_("Role"), TEXT), (_("Due"), CODE)]
    columns += [(_("Outcome"), TEXT), (_("Decision"), TEXT), (_("Opinion"), TEXT)]
    rows = [
        (
            show_moment(step.finished_at),
            name_step(step.step),
            step.person_name,
            name_role(step.role),
            show_moment(step.due_at),
            OUTCOMES[step.outcome],
            DECISIONS.get(step.decision, step.decision),
            step.opinion,
        )
        for step in steps
    ]
    print_table(_("Steps"), columns, rows)


def print_sheet(one: Case, sheet: SheetRow) -> None:
    """Print a sheet: points by indicator."""
    scorer = get_part_scorer(one.rubric, one.rubric_version, one.part)
    columns = [(_("Indicator"), TEXT), (_("Points"), NUMBER), (_("Full points"), NUMBER)]
    rows = [
        (indicator.name, format_number(sheet.indicators[indicator.code]), format_number(indicator.max))
        for _section, indicator in scorer.part.list_indicators()
        if indicator.code in sheet.indicators
    ]
    if sheet.special:
        rows.append((_("Special points"), format_number(sheet.special), ""))
    title = _("Sheet {number}: {state}").format(number=sheet.number, state=SHEET_STATES[sheet.state])
    print_table(title, columns, rows)
    print(_("Score: {score}").format(score="—" if sheet.score is None else format_number(sheet.score)))


def print_letters(view: CaseView) -> None:
    """Print the mails of a case and what became of them."""
    if not view.letters:
        return
    columns = [(_("Written"), CODE), (_("Mail"), TEXT), (_("Recipient"), TEXT), (_("State"), TEXT), (_("Sent"), CODE)]
    rows = [
        (
            show_moment(letter.created_at),
            name_mail(letter.template),
            view.people[letter.person_id].name,
            LETTER_STATES[letter.state],
            show_moment(letter.sent_at),
        )
        for letter in view.letters
    ]
    print_table(_("Mails"), columns, rows)


OUTCOMES = {
    "done": _("done"),
    "returned": _("returned"),
    "lapsed": _("time ran out"),
    "undone": _("undone by a return"),
}
DECISIONS = {
    "done": "",
    "on_time": _("on time"),
    "late": _("late"),
    "signed": _("signed"),
    "complete": _("complete"),
    "passed": _("passed"),
    "corrected": _("corrected"),
    "confirmed": _("confirmed"),
    "contested": _("contested"),
    "no_objection": _("no objection"),
    "accepted": _("accepted"),
    "refused": _("not accepted"),
    "approved": _("approved"),
    "proceed": _("scored without a filing"),
    "extend": _("more time given"),
    "pass": _("passed"),
    "continue": _("contract continues"),
}
SHEET_STATES = {"draft": _("draft"), "approved": _("signed off"), "superseded": _("superseded")}
LETTER_STATES = {
    "waiting": _("waiting"),
    "sent": _("sent"),
    "merged": _("in the day's digest"),
    "stopped": _("no longer needed"),
    "dead": _("given up"),
}


case.add_command(appeal)
case.add_command(withdraw)
