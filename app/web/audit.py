"""The audit trail to read: who did what when, newest first; and whether it still holds."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection

from app.audit.models import AuditEntry, Finding
from app.audit.queries import list_recent_entries
from app.cases.queries import get_case_by_code, list_cases_by_id
from app.clock import CHINA
from app.contracts.queries import list_contracts
from app.db import database, reading
from app.errors import Message, UnknownName
from app.identity.queries import find_person_by_username, list_organisations, list_people_by_id
from app.jobs.seals import ANCHORS, read_anchors, verify_trail
from app.permissions import Permission
from app.web.access import needs
from app.web.audit_words import ACTIONS, name_detail
from app.web.case_words import name_decision, name_operation
from app.web.filters import ROLES
from app.web.numbers import read_number
from app.web.site import get_site
from app.web.steps_words import STEP_NAMES
from app.web.words import _, say

blueprint = Blueprint("audit", __name__)
PAGE = 50
DIGEST = 12
"""How much of a form's digest is shown: enough to compare by eye; the whole stands in the trail."""
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry in plain words: what it is about, what was done, with which particulars."""

    entry: AuditEntry
    about: str
    action: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader looks for, as typed; `problems` says what was not found."""

    who: str
    case: str
    day: str
    problems: tuple[str, ...]


WORDS: dict[str, Callable[[str], Message | str]] = {
    "step": lambda code: STEP_NAMES.get(code, code),
    "target": lambda code: STEP_NAMES.get(code, code),
    "decision": name_decision,
    "operation": name_operation,
    "role": lambda code: ROLES.get(code, code),
}
"""What makes words of a particular's code."""


@blueprint.get("/audit")
@needs(Permission.SEE_AUDIT)
def show_audit() -> str:
    """List the trail, newest first, of a person, a case or a day where one is wanted."""
    return _show(None)


@blueprint.post("/audit/verify")
@needs(Permission.SEE_AUDIT)
def verify() -> str:
    """Check the whole trail against its chains, seals and anchors, and show what doesn't hold."""
    lines = read_anchors(Path(get_site().settings.data_folder) / ANCHORS)
    with reading() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        findings = verify_trail(connection, lines)
    return _show(findings)


def _show(findings: Sequence[Finding] | None) -> str:
    before = read_number("before")
    with reading() as connection:
        wanted, where = _read_wanted(connection)
        # A trail that doesn't hold may hold rows that can't be read: what was found comes first, and alone.
        is_listed = not wanted.problems and not findings
        found = _list_entries(connection, before, where) if is_listed else []
        views = _make_views(connection, found[:PAGE])
    further = ""
    if len(found) > PAGE:
        query = {"who": wanted.who, "case": wanted.case, "day": wanted.day, "before": str(found[PAGE - 1].id)}
        further = f"{url_for('audit.show_audit')}?{urlencode({name: one for name, one in query.items() if one})}"
    return render_template(
        "audit/list.html",
        found=views,
        wanted=wanted,
        findings=findings,
        further=further,
        is_further=before is not None,
    )


def _list_entries(connection: Connection, before: int | None, where: dict[str, object]) -> list[AuditEntry]:
    return list_recent_entries(connection, most=PAGE + 1, before_id=before, **where)  # type: ignore[arg-type]  # by name, as that function has them


def _read_wanted(connection: Connection) -> tuple[Wanted, dict[str, object]]:
    """Return what is looked for, and the same as the query's own terms."""
    who, case, day = (request.args.get(name, "").strip() for name in ("who", "case", "day"))
    where: dict[str, object] = {}
    problems: list[str] = []
    if who:
        person = find_person_by_username(connection, who)
        where["actor_id"] = None if person is None else person.id
        problems += [_("There is no account {name}.", name=who)] if person is None else []
    if case:
        try:
            where["chain"] = get_case_by_code(connection, case).chain
        except UnknownName:
            problems.append(_("There is no case {code}.", code=case))
    if day:
        start = _read_day(day)
        problems += [_("{day} is no day; write it as {example}.", day=day, example="2026-01-31")] if not start else []
        where |= {"from_": start, "to": start + ONE_DAY} if start else {}
    return Wanted(who, case, day, tuple(problems)), where


def _read_day(text: str) -> dt.datetime | None:
    """Return the beginning of a day in China."""
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), CHINA)
    except (ValueError, OverflowError):
        return None


def _make_views(connection: Connection, found: Sequence[AuditEntry]) -> list[EntryView]:
    names = dict(_name_chains(connection, {one.chain for one in found}))
    return [_make_view(one, names.get(one.chain, one.chain)) for one in found]


def _make_view(entry: AuditEntry, about: str) -> EntryView:
    details = _read_details(entry.details)
    pairs = tuple((say(name_detail(name)), _show_detail(name, value)) for name, value in details.items())
    return EntryView(entry, about, say(ACTIONS.get(entry.action, Message(entry.action))), pairs)


def _read_details(text: str) -> dict[str, object]:
    """Return an entry's particulars; a text that somebody changed so that it can't be read is shown as it is."""
    try:
        found = json.loads(text)
    except ValueError:
        return {"message": text}
    return found if isinstance(found, dict) else {"message": text}


def _show_detail(name: str, value: object) -> str:
    """Return a particular's value: codes by their words, a digest by its beginning."""
    if name in WORDS and isinstance(value, str):
        return say(WORDS[name](value)) or "—"
    return f"{str(value)[:DIGEST]}…" if name == "form" else _show_value(value)


def _show_value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(map(_show_value, value)) or _("none")
    if isinstance(value, dict):
        return "；".join(f"{name}: {_show_value(one)}" for name, one in value.items())
    return "—" if value is None or value == "" else str(value)


def _name_chains(connection: Connection, chains: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what each chain is about: a case by its number, a person by name, a contract, an organisation."""
    ids: dict[str, set[int]] = {}
    for chain in chains:
        kind, _colon, number = chain.partition(":")
        if number.isdecimal():
            ids.setdefault(kind, set()).add(int(number))
    for case in list_cases_by_id(connection, ids.get("case", set())).values():
        yield case.chain, case.code
    for person in list_people_by_id(connection, ids.get("person", set())).values():
        yield f"person:{person.id}", person.name
    for contract in list_contracts(connection) if "contract" in ids else ():
        yield f"contract:{contract.id}", contract.name
    for place in list_organisations(connection) if "organisation" in ids else ():
        yield f"organisation:{place.id}", place.name
