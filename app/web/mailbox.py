"""The mailbox: notices as they were or will be sent, with their delivery state; each can be read as its letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from jinja2 import UndefinedError
from sqlalchemy import Connection
from werkzeug.wrappers import Response as WebResponse

from app.cases.queries import list_cases_by_id, list_letters_of_cases
from app.channels.letters import Letter, Letterhead
from app.channels.preview import render_preview
from app.db import reading, transaction
from app.errors import KaoheError
from app.identity.models import Person
from app.identity.queries import list_people_by_id
from app.outbox.models import Message as Row
from app.outbox.operations import requeue
from app.outbox.queries import get_message, list_by_person, list_recent
from app.permissions import NotPermitted, Permission, Viewer
from app.web.access import get_viewer, may_here, needs
from app.web.headers import POLICY
from app.web.letters import list_supervised, name_template, reads_all_letters
from app.web.numbers import ID, read_number
from app.web.site import get_now, get_site
from app.web.words import _, get_language

blueprint = Blueprint("mailbox", __name__)
PAGE = 50
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
"""What a letter shown in a frame may do: nothing but look like itself."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the mailbox."""

    row: Row
    title: str
    to: str
    case_code: str


@blueprint.context_processor
def give_words() -> dict[str, object]:
    """Give the pages what they ask."""
    return {"may_resend": lambda: may_here(Permission.RESEND_LETTER)}


@blueprint.get("/mailbox")
@needs(Permission.SEE_MAILBOX)
def show_mailbox() -> str:
    """List one's own notices; `box=all`, what was sent to everybody whose letters one may read."""
    viewer = get_viewer()
    may_read_all = get_site().settings.demo or bool(list_supervised(viewer))
    box = "all" if may_read_all and request.args.get("box") == "all" else "mine"
    before = read_number("before")
    with reading() as connection:
        found = _list(connection, viewer, box, before)
        rows = _make_rows(connection, found[:PAGE])
    further = url_for("mailbox.show_mailbox", box=box, before=found[PAGE - 1].id) if len(found) > PAGE else ""
    return render_template(
        "mailbox/list.html",
        rows=rows,
        box=box,
        may_read_all=may_read_all,
        is_further=before is not None,
        further=further,
    )


@blueprint.get(f"/mailbox/<{ID}:letter_id>")
@needs(Permission.SEE_MAILBOX)
def show_letter(letter_id: int) -> Response:
    """Show a letter: subject, text, and its HTML in a frame that can do nothing."""
    with reading() as connection:
        row = _get_letter(connection, letter_id)
        view = _make_rows(connection, [row])[0]
    page = render_template("mailbox/letter.html", view=view, row=row, letter=_render(row))
    return make_response(page, 200, {"Content-Security-Policy": f"{POLICY}; frame-src 'self'"})


@blueprint.get(f"/mailbox/<{ID}:letter_id>/html")
@needs(Permission.SEE_MAILBOX)
def show_html(letter_id: int) -> Response:
    """Give a letter's HTML for the frame of its page."""
    with reading() as connection:
        row = _get_letter(connection, letter_id)
    letter = _render(row)
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return make_response("" if letter is None else letter.html, 200, headers)


@blueprint.post(f"/mailbox/<{ID}:letter_id>/resend")
@needs(Permission.RESEND_LETTER)
def resend(letter_id: int) -> WebResponse:
    """Let a letter that couldn't be delivered be tried again from the start."""
    with transaction() as connection:
        row = _get_letter(connection, letter_id)
        is_waiting = requeue(connection, row.id, get_now())
    if is_waiting:
        flash(_("The letter is in the queue again."), "success")
    else:
        flash(_("Only a letter that couldn't be delivered is sent again."), "warning")
    return redirect(url_for("mailbox.show_letter", letter_id=letter_id), 303)


def _list(connection: Connection, viewer: Viewer, box: str, before: int | None) -> list[Row]:
    if box == "mine":
        return list_by_person(connection, viewer.person_id, PAGE + 1, before)
    if get_site().settings.demo:
        return list_recent(connection, PAGE + 1, before)
    return list_letters_of_cases(connection, list_supervised(viewer), PAGE + 1, before)


def _make_rows(connection: Connection, found: Sequence[Row]) -> list[RowView]:
    people = list_people_by_id(connection, {one.person_id for one in found})
    cases = list_cases_by_id(connection, {one.case_id for one in found if one.case_id is not None})
    codes = {number: case.code for number, case in cases.items()}
    return [
        RowView(one, name_template(one.template), _name(people.get(one.person_id)), codes.get(one.case_id or 0, ""))
        for one in found
    ]


def _name(person: Person | None) -> str:
    return "" if person is None else person.name


def _get_letter(connection: Connection, letter_id: int) -> Row:
    """Return a letter that the viewer may read; `NotPermitted` for anybody else's."""
    row, viewer = get_message(connection, letter_id), get_viewer()
    if row.person_id == viewer.person_id:
        return row
    case = None if row.case_id is None else list_cases_by_id(connection, [row.case_id]).get(row.case_id)
    if not reads_all_letters(viewer, case):
        raise NotPermitted(Permission.SEE_MAILBOX)
    return row


def _render(row: Row) -> Letter | None:
    """Return a letter in its reader's language; None where its template no longer fits what it says."""
    letterhead = Letterhead(get_site().settings.base_url, get_site().calendar)
    try:
        return render_preview(row, get_language(), letterhead)
    except (UndefinedError, KaoheError):
        return None
