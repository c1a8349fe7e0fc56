"""The page of a task (办理): claim, draft, complete, return, and what it would score while typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from app.cases.models import Case
from app.casework.complete_task import complete_task, require_own
from app.casework.forms import FormRefused
from app.casework.return_case import return_case
from app.casework.work import Doer, make_case_target, make_task_target
from app.db import again_after_deadlock, reading, transaction
from app.errors import Message
from app.identity.queries import get_person
from app.permissions import Permission
from app.tasks.models import Task
from app.tasks.operations import claim_task, drop_own_drafts, release_task, save_draft
from app.tasks.queries import get_task_with_case
from app.web.access import get_session, get_viewer, needs, require_here
from app.web.numbers import ID
from app.web.site import get_now
from app.web.step_forms import STEP_FORMS, name_field
from app.web.steps_words import STEP_NAMES
from app.web.task_page import TaskPage, read_known, read_task_page
from app.web.task_values import YES, read_posted, shape_form
from app.web.words import _, say

blueprint = Blueprint("tasks", __name__)
CONFIRM = "confirm"
PHRASES = {
    "approve": (Message("Agreed."), Message("Agreed; deduct as the rules say.")),
    "second_sign": (Message("Agreed."),),
    "check_completeness": (Message("The material is complete."),),
    "review": (Message("Reviewed; the values are as proven."),),
}
"""Office phrases (常用语) by step: a click puts one into the opinion."""


@blueprint.get(f"/tasks/<{ID}:task_id>")
@needs(Permission.SEE_CASE)
def show_task(task_id: int) -> str:
    """Show a task with its form; a finished one with who was first."""
    with reading() as connection:
        task, case = _get(connection, task_id)
        page = read_task_page(connection, task, case, get_viewer(), get_now())
        closed_by = None if task.closed_by is None else get_person(connection, task.closed_by).name
    return _render(page, closed_by=closed_by)


@blueprint.post(f"/tasks/<{ID}:task_id>/claim")
@needs(Permission.CLAIM_TASK)
def claim(task_id: int) -> AnyResponse:
    """Take a task of one's role (签收)."""
    with transaction() as connection:
        task, case = get_task_with_case(connection, task_id)
        require_here(Permission.CLAIM_TASK, make_task_target(task, case))
        claim_task(connection, task_id, get_viewer().person_id, get_now())
    flash(_("Claimed."), "success")
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/release")
@needs(Permission.SEE_CASE)
def release(task_id: int) -> AnyResponse:
    """Give a claimed task back (释放)."""
    with transaction() as connection:
        _get(connection, task_id)
        release_task(connection, task_id, get_viewer().person_id)
    flash(_("Given back to the role."), "success")
    return redirect(url_for("inbox.show_inbox"), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/draft")
@needs(Permission.WORK_ON_TASK)
def save(task_id: int) -> AnyResponse:
    """Keep what is typed; asked by the page while typing and by its own button."""
    with transaction() as connection:
        _require_work(connection, task_id)
        save_draft(connection, task_id, get_viewer().person_id, read_posted(request.form), get_now())
    if request.headers.get("Accept", "").startswith("text/html") and "HX-Request" not in request.headers:
        flash(_("Saved; the form is as you left it when you come back."), "success")
        return redirect(url_for("tasks.show_task", task_id=task_id), 303)
    return Response(status=204)


@blueprint.post(f"/tasks/<{ID}:task_id>/draft/drop")
@needs(Permission.WORK_ON_TASK)
def drop(task_id: int) -> AnyResponse:
    """Forget one's own draft and begin from what is on record."""
    with transaction() as connection:
        task, _case = _require_work(connection, task_id)
        drop_own_drafts(connection, task, get_viewer().person_id)
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/estimate")
@needs(Permission.WORK_ON_TASK)
def show_estimate(task_id: int) -> str:
    """Return what the form as typed would score; nothing is kept."""
    with reading() as connection:
        task, case = _require_work(connection, task_id)
        page = read_task_page(connection, task, case, get_viewer(), get_now(), read_posted(request.form))
    return render_template("tasks/estimate.html", found=page)


@blueprint.post(f"/tasks/<{ID}:task_id>/complete")
@needs(Permission.SEE_CASE)
def complete(task_id: int) -> AnyResponse | tuple[str, int]:
    """Complete a step; a refused form comes back as it was typed, each message at its field."""
    flat = read_posted(request.form)
    with reading() as connection:
        task, case = _get(connection, task_id)
        require_own(task, case, get_doer(), Permission.WORK_ON_TASK)
        known = read_known(connection, task, case)
        if task.step == "submit" and task.state == "open" and flat.get(CONFIRM) != YES:
            page = read_task_page(connection, task, case, get_viewer(), get_now(), flat)
            if page.estimate is not None and (page.estimate.missing or page.estimate.unproven):
                text = Message("There are still open items. Tick the box to file all the same.")
                return show_refused(page, flat, {CONFIRM: text})
    form = shape_form(task.step, flat, known)

    def run() -> None:
        with transaction() as connection:
            complete_task(connection, get_doer(), task_id, form, get_now())

    try:
        again_after_deadlock(run)
    except FormRefused as error:
        with reading() as connection:
            page = read_task_page(connection, task, case, get_viewer(), get_now(), flat)
        names = page.more.names
        return show_refused(page, flat, {one.field: name_field(one.message, names) for one in error.refusals})
    flash(_("{step}: done.", step=say(STEP_NAMES[task.step])), "success")
    return redirect(url_for("inbox.show_inbox"), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/return")
@needs(Permission.SEE_CASE)
def return_to(task_id: int) -> AnyResponse | tuple[str, int]:
    """Return the case to a step that it has passed (退回)."""
    flat = read_posted(request.form)
    target, reason = flat.get("target", ""), flat.get("reason", "")
    with reading() as connection:
        task, case = _get(connection, task_id)
        require_own(task, case, get_doer(), Permission.RETURN_CASE)
    try:
        with transaction() as connection:
            return_case(connection, get_doer(), task_id, target, reason, get_now())
    except FormRefused as error:
        with reading() as connection:
            page = read_task_page(connection, task, case, get_viewer(), get_now())
        return show_refused(
            page, {**page.values, **flat}, {f"return.{one.field}": one.message for one in error.refusals}
        )
    flash(_("Returned."), "success")
    return redirect(url_for("inbox.show_inbox"), 303)


def get_doer() -> Doer:
    """Return the person who is signed in as somebody who does something."""
    person = get_session().person
    return Doer(person.id, person.name, get_viewer())


def _get(connection: Connection, task_id: int) -> tuple[Task, Case]:
    """Return a task and its case, which the viewer must be allowed to see."""
    task, case = get_task_with_case(connection, task_id)
    require_here(Permission.SEE_CASE, make_case_target(case))
    return task, case


def _require_work(connection: Connection, task_id: int) -> tuple[Task, Case]:
    task, case = get_task_with_case(connection, task_id)
    require_here(Permission.WORK_ON_TASK, make_task_target(task, case))
    return task, case


def show_refused(page: TaskPage, flat: Mapping[str, str], wrong: Mapping[str, Message]) -> tuple[str, int]:
    """Return a form as it was typed, each message at its field."""
    return _render(replace(page, values=flat, wrong=wrong, draft=None)), 422


def _render(page: TaskPage, closed_by: str | None = None) -> str:
    return render_template(
        "tasks/task.html",
        found=page,
        task=page.task,
        case=page.page.case,
        step_names=STEP_NAMES,
        step_forms=STEP_FORMS,
        closed_by=closed_by,
        phrases=PHRASES.get(page.task.step, ()),
    )
