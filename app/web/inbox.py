"""The inbox (待办): what waits for me and for my roles, due first, and what I have done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection

from app.casework.intake import CHECKERS, has_intake
from app.db import reading
from app.errors import Message
from app.occurrences.queries import count_to_answer, count_to_check
from app.permissions import PARTY_ROLES, Permission, Viewer
from app.programmes.catalogue import get_catalogue
from app.scores.queries import list_scores
from app.tasks.inbox import (
    MOST_COUNTED,
    PAGE,
    InboxFilter,
    InboxRow,
    InboxScope,
    Place,
    count_inbox,
    list_done,
    list_inbox,
)
from app.web.access import get_viewer, needs
from app.web.assets import find_asset
from app.web.periods import show_days, show_period
from app.web.site import get_now
from app.web.states import STATE_OF_STEP
from app.web.steps_words import STEP_NAMES

blueprint = Blueprint("inbox", __name__)
blueprint.add_app_template_global(show_period, "period")
blueprint.add_app_template_global(show_days, "days")
Tab = Literal["mine", "role", "done"]
TABS: tuple[tuple[Tab, Message], ...] = (
    ("mine", Message("Mine")),
    ("role", Message("Of my roles")),
    ("done", Message("Done")),
)
MOST_TEXT = 60
AFTER_DRAFT = frozenset({"represent", "handle_representation", "approve", "second_sign"})
"""Steps whose row shows the score: before, it is still being found, blind to each other."""

SCORED = frozenset({"to_confirm", "to_sign", "published"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the page shows it."""

    one: InboxRow
    href: str
    step: Message | str
    state: str
    score: Decimal | None
    whose: Message
    can_claim: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows: rows, counts by tab, and where the next page begins."""

    rows: Sequence[Row]
    counts: Mapping[str, str]
    further: str


@blueprint.get("/inbox")
@needs(Permission.SEE_INBOX)
def show_inbox() -> str:
    """Show a tab of the inbox, a page of fifty."""
    wanted, viewer = _read_filter(), get_viewer()
    with reading() as connection:
        scope = make_scope(viewer)
        counts = _count(connection, scope)
        tab = _read_tab(counts)
        found = _list(connection, scope, tab, wanted, _read_place(request.args.get("after", "")))
        shown = found[:PAGE]
        scores = list_scores(connection, [one.task.case_id for one in shown if shows_score(one, tab)])
        to_check, to_answer = count_occurrences(connection, scope, get_now())
    rows = [make_row(one, tab, scores) for one in shown]
    page = Page(rows, counts, _link_further(shown[-1], tab, wanted) if len(found) > PAGE else "")
    is_further = "after" in request.args
    return render_template(
        "inbox/list.html",
        found=page,
        tab=tab,
        tabs=TABS,
        wanted=wanted,
        is_further=is_further,
        programmes=_list_programmes(scope),
        steps=STEP_NAMES,
        to_check=to_check,
        to_answer=to_answer,
        asset=cache(find_asset),
    )


def make_scope(viewer: Viewer) -> InboxScope:
    """Return whose work a viewer sees: a role held for all programmes is spelled out."""
    every = get_catalogue().list_programme_names()
    roles = [
        (one.role, one.organisation_id, programme)
        for one in viewer.holdings
        for programme in (every if one.programme is None else [one.programme])
    ]
    people = tuple(dict.fromkeys([viewer.person_id, *(one.holder_id for one in viewer.holdings)]))
    return InboxScope(viewer.person_id, people, tuple(roles))


def count_occurrences(connection: Connection, scope: InboxScope, now: dt.datetime) -> tuple[int, int]:
    """Return how many complaints and safety incidents wait for the viewer's check, and for the viewer's answer.

    Nothing is asked of the database for roles whose programmes keep no such register.
    """
    kept = [one for one in scope.roles if has_intake(one[2])]
    checks = {(place, programme) for role, place, programme in kept if role in CHECKERS}
    answers = {(place, programme) for role, place, programme in kept if role in PARTY_ROLES}
    return (
        count_to_check(connection, checks, scope.person_id, now) if checks else 0,
        count_to_answer(connection, answers, now) if answers else 0,
    )


def shows_score(one: InboxRow, tab: Tab) -> bool:
    """Whether a row shows its case's score: from the draft result on."""
    return one.status in SCORED if tab == "done" else one.task.step in AFTER_DRAFT


def make_row(one: InboxRow, tab: Tab, scores: Mapping[int, Decimal]) -> Row:
    """Return a row as it is shown."""
    task = one.task
    return Row(
        one=one,
        href=f"/cases/{task.case_id}" if tab == "done" else f"/tasks/{task.id}",
        step=STEP_NAMES.get(task.step, task.step),
        state=one.status if tab == "done" or one.status == "returned" else STATE_OF_STEP.get(task.step, one.status),
        score=scores.get(task.case_id) if shows_score(one, tab) else None,
        whose=find_whose(task.role),
        can_claim=tab == "role",
    )


def find_whose(role: str | None) -> Message:
    """Return whose clock runs while a role has the work; None: nobody's."""
    if role is None:
        return Message("system")
    return Message("party") if role in PARTY_ROLES else Message("authority")


def _list(
    connection: Connection, scope: InboxScope, tab: Tab, wanted: InboxFilter, after: Place | None
) -> list[InboxRow]:
    """Return a page's rows and one more, where there is a further page."""
    if tab == "done":
        return list_done(connection, scope.person_id, after, PAGE + 1)
    return list_inbox(connection, scope, tab, wanted, after, PAGE + 1)


def _count(connection: Connection, scope: InboxScope) -> dict[str, str]:
    counts = count_inbox(connection, scope)
    return {box: f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count) for box, count in counts.items()}


def _read_tab(counts: Mapping[str, str]) -> Tab:
    """Return the tab that the address names, else the first that holds something."""
    asked = request.args.get("tab")
    named = next((tab for tab, _words in TABS if tab == asked), None)
    return named or ("role" if counts.get("mine") == "0" and counts.get("role") != "0" else "mine")


def _read_filter() -> InboxFilter:
    """Return the filters that the address names; unknown values are left out."""
    programme, step = request.args.get("programme", ""), request.args.get("step", "")
    known = get_catalogue().list_programme_names()
    return InboxFilter(
        programme=programme if programme in known else "",
        step=step if step in STEP_NAMES else "",
        text=request.args.get("q", "").replace("\0", "").strip()[:MOST_TEXT],
    )


def _read_place(text: str) -> Place | None:
    """Return where the page before ended; nothing for what is no such place."""
    moment, _at, number = text.partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        place = int(number)
    except ValueError:
        return None
    return (at, place) if at.tzinfo is not None and 0 < place < 2**62 else None


def _link_further(last: InboxRow, tab: Tab, wanted: InboxFilter) -> str:
    moment = last.task.closed_at if tab == "done" else last.task.due_at
    place = f"{moment.isoformat() if moment else ''}~{last.task.id}"
    named = {"programme": wanted.programme, "step": wanted.step, "q": wanted.text}
    query = {"tab": tab, "after": place, **{name: one for name, one in named.items() if one}}
    return f"{url_for('inbox.show_inbox')}?{urlencode(query)}"


def _list_programmes(scope: InboxScope) -> list[tuple[str, str]]:
    """Return the programmes with cases that the viewer holds roles for."""
    held = {programme for _role, _organisation, programme in scope.roles}
    return [
        (one.programme, one.short_name)
        for one in get_catalogue().list_programmes()
        if one.programme in held and one.consequences
    ]
