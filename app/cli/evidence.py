"""`kaohe evidence`: files and links that prove something, added on a task, listed by case, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.serving import SERVICE_EVIDENCE
from app.casework.sheets import SPECIAL
from app.casework.work import Doer, make_task_target
from app.cli.case import find_case
from app.cli.context import Opened, find_person, open_app, show_moment, write_moment
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.task import find_doer, refuse
from app.cli.task_forms import get_scorer
from app.cli.words import _, say
from app.db import reading, transaction
from app.errors import KaoheError, find_nearest
from app.evidence.models import Evidence
from app.evidence.operations import EvidenceRefused, add_link, add_received, receive_file, withdraw_own
from app.evidence.queries import list_evidence
from app.evidence.store import FILES, FileStore
from app.permissions import NotPermitted, Permission, require
from app.tasks.models import Task
from app.tasks.queries import get_task_with_case

PROVING = ("prove_proposal", "prove_termination")
FILING = ("submit", "review")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose evidence it is and what it proves; `requirement` counts the rubric's wishes from 0 (None: all of them)."""

    doer: Doer
    organisation_id: int
    case: Case
    indicator: str
    requirement: int | None


@click.group(help=_("Evidence: files and links of a case; what is withdrawn stays on record."))
def evidence() -> None:
    """Gather the commands about evidence."""


@evidence.command(
    "add",
    help=_(
        "Add files or a link as evidence, as somebody who may work on the task. The numbers that are printed are what "
        "a form names (“kaohe task show ID”). What is refused says why; the other files are kept."
    ),
)
@click.argument("task_id", metavar="TASK", type=int)
@click.argument("files", metavar="FILE…", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--indicator",
    metavar="CODE",
    help=_("What it proves: an indicator's code; where a notice's arrival is proven, nothing need be named."),
)
@click.option(
    "--requirement",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help=_("Which of the pieces of evidence that the rubric asks for there, from 1."),
)
@click.option("--link", metavar="URL", help=_("A web address; it is kept and never fetched."))
@click.option("--user", required=True, metavar="NAME", help=_("Who adds it."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def evidence_add(
    task_id: int,
    files: tuple[Path, ...],
    indicator: str | None,
    requirement: int | None,
    link: str | None,
    user: str,
    *,
    as_json: bool,
) -> None:
    """Add evidence."""
    if not files and link is None:
        raise click.UsageError(_("name a file, or a link with --link"))
    with open_app() as opened:
        try:
            with reading() as connection:
                place = find_place(connection, opened, task_id, user, indicator, requirement)
        except NotPermitted as error:
            refuse([("", say(error.message))], as_json=as_json)
        added, refused = add_files(opened, task_id, place, files)
        if link is not None:
            add_address(opened, task_id, place, link, added, refused)
    if refused:
        for one in () if as_json else added:
            print(describe(one))
        refuse(refused, as_json=as_json)
    print_added(added, as_json=as_json)


def print_added(added: Sequence[Evidence], *, as_json: bool) -> None:
    """Print what was added with its numbers."""
    if as_json:
        print(write_json([describe_evidence(one) for one in added], indent=2))
        return
    for one in added:
        print(describe(one))


def describe(one: Evidence) -> str:
    """Return what was added in a line."""
    text = _("Evidence {id} ({indicator}): {name}")
    return text.format(id=one.id, indicator=one.indicator, name=one.name)


def find_place(
    connection: Connection,
    opened: Opened,
    task_id: int,
    username: str,
    indicator: str | None,
    requirement: int | None,
) -> Place:
    """Return where evidence of a task belongs; `NotPermitted`, or a usage error for what the case doesn't know."""
    task, case = get_task_with_case(connection, task_id)
    doer = find_doer(connection, opened, username)
    require(doer.viewer, Permission.UPLOAD_EVIDENCE, make_task_target(task, case))
    code = check_indicator(task, case, indicator)
    organisation_id = find_person(connection, username, "--user").organisation_id
    return Place(doer, organisation_id, case, code, check_requirement(task, case, code, requirement))


def check_indicator(task: Task, case: Case, given: str | None) -> str:
    """Return under which word evidence of a task stands; a usage error names the nearest known ones."""
    if task.step in PROVING:
        known: tuple[str, ...] = (SERVICE_EVIDENCE,)
        given = given or SERVICE_EVIDENCE
    else:
        scorer = get_scorer(case)
        known = (*scorer.codes, *([SPECIAL] if scorer.special_facts else []))
    if given is None:
        raise click.UsageError(_("say with --indicator what it proves: {known}").format(known=_(", ").join(known)))
    if given not in known:
        listed = _(", ").join(find_nearest(given, known) or known)
        words = _("unknown indicator {code}; nearest: {nearest}").format(code=given, nearest=listed)
        raise click.BadParameter(words, param_hint="--indicator")
    return given


def check_requirement(task: Task, case: Case, code: str, given: int | None) -> int | None:
    """Return which wish of the rubric is met, from 0; where it has but one there, a filing meets that one."""
    listed = {one.code: one.evidence for _section, one in get_scorer(case).part.list_indicators()}
    wished = len(listed.get(code, ()))
    if given is None:
        return 0 if wished == 1 and task.step in FILING else None
    if given > wished:
        words = _("{code} asks for {count} pieces of evidence").format(code=code, count=wished)
        raise click.BadParameter(words, param_hint="--requirement")
    return given - 1


def add_files(
    opened: Opened, task_id: int, place: Place, files: Sequence[Path]
) -> tuple[list[Evidence], list[tuple[str, str]]]:
    """Add files one by one; return what was added, and each that was refused with the reason."""
    store = FileStore(opened.settings.data_folder / FILES)
    added: list[Evidence] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        try:
            with file.open("rb") as stream:
                received = receive_file(store, file.name, stream)
            with transaction() as connection:
                require_still(connection, task_id, place)
                one = add_received(
                    connection,
                    place.doer.actor,
                    place.case.id,
                    place.indicator,
                    place.requirement,
                    received,
                    place.organisation_id,
                    opened.now,
                )
            added.append(one)
        except KaoheError as error:
            refused.append((file.name, say(error.message)))
        except OSError as error:
            refused.append((file.name, error.strerror or str(error)))
    return added, refused


def add_address(
    opened: Opened, task_id: int, place: Place, link: str, added: list[Evidence], refused: list[tuple[str, str]]
) -> None:
    """Add a link to what was added, or to what was refused with the reason."""
    try:
        with transaction() as connection:
            require_still(connection, task_id, place)
            where = (place.case.id, place.indicator, place.requirement)
            added.append(add_link(connection, place.doer.actor, *where, link, place.organisation_id, opened.now))
    except KaoheError as error:
        refused.append((link, say(error.message)))


def require_still(connection: Connection, task_id: int, place: Place) -> None:
    """Raise `NotPermitted` where the task was finished or taken since."""
    task, case = get_task_with_case(connection, task_id)
    require(place.doer.viewer, Permission.UPLOAD_EVIDENCE, make_task_target(task, case))


@evidence.command("list", help=_("List a case's evidence by what it proves; the numbers are what forms name."))
@click.argument("code", metavar="CASE")
@click.option("--all", "with_withdrawn", is_flag=True, help=_("Withdrawn evidence as well."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def evidence_list(code: str, *, with_withdrawn: bool, as_json: bool) -> None:
    """List evidence."""
    with open_app(), reading() as connection:
        case = find_case(connection, code)
        found = list_evidence(connection, case.id, with_withdrawn=with_withdrawn)
    if as_json:
        print(write_json([describe_evidence(one) for one in found], indent=2))
        return
    if not found:
        print(
            _("{case} has no evidence yet; “kaohe evidence add TASK --indicator CODE FILE” adds it.").format(case=code)
        )
        return
    columns = [(_("Evidence number"), NUMBER), (_("Indicator"), CODE), (_("Version of the evidence"), NUMBER)]
    columns += [(_("File or link"), TEXT), (_("Uploaded"), CODE), (_("State"), TEXT)]
    rows = [_list_cells(one) for one in found]
    print_table(case.code, columns, rows)


def _list_cells(one: Evidence) -> tuple[str, ...]:
    shown = one.link or one.name
    return str(one.id), one.indicator, str(one.number), shown, show_moment(one.uploaded_at), name_state(one)


def name_state(one: Evidence) -> str:
    """Return whether a piece of evidence stands, in words."""
    if one.withdrawn_at is not None:
        return _("withdrawn: {reason}").format(reason=one.reason)
    return _("stands") if one.is_current else _("superseded by {id}").format(id=one.superseded_by)


def describe_evidence(one: Evidence) -> dict[str, object]:
    """Return a piece of evidence as JSON values; `requirement` counts from 1."""
    return {
        "id": one.id,
        "indicator": one.indicator,
        "requirement": None if one.requirement is None else one.requirement + 1,
        "version": one.number,
        "name": one.name,
        "link": one.link,
        "sha256": one.sha256,
        "size": one.size,
        "uploaded_at": write_moment(one.uploaded_at),
        "stands": one.is_current,
        "withdrawn_at": write_moment(one.withdrawn_at),
        "reason": one.reason,
    }


@evidence.command(
    "withdraw", help=_("Withdraw a piece of one's own evidence while its task is open; it stays on record.")
)
@click.argument("task_id", metavar="TASK", type=int)
@click.argument("evidence_id", metavar="ID", type=int)
@click.option("--reason", required=True, metavar="TEXT", help=_("Why it is withdrawn."))
@click.option("--user", required=True, metavar="NAME", help=_("Who withdraws it."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def evidence_withdraw(task_id: int, evidence_id: int, reason: str, user: str, *, as_json: bool) -> None:
    """Withdraw evidence."""
    try:
        with open_app() as opened, transaction() as connection:
            task, case = get_task_with_case(connection, task_id)
            doer = find_doer(connection, opened, user)
            require(doer.viewer, Permission.UPLOAD_EVIDENCE, make_task_target(task, case))
            organisation_id = find_person(connection, user, "--user").organisation_id
            gone = withdraw_own(connection, doer.actor, organisation_id, case.id, evidence_id, reason, opened.now)
    except (NotPermitted, EvidenceRefused) as error:
        refuse([("", say(error.message))], as_json=as_json)
    if as_json:
        print(write_json(describe_evidence(gone), indent=2))
        return
    print(_("{name}: withdrawn; it stays on record.").format(name=gone.name))
