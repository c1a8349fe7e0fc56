"""Complaints and safety incidents (投诉与安全事故): recorded, answered by the party, checked before they count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

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
from app.casework.work import Doer, make_contract_target
from app.contracts.models import Contract
from app.contracts.queries import get_contract, list_contracts, list_periods
from app.db import reading, transaction
from app.errors import KaoheError, Message
from app.evidence.operations import Received, receive_file
from app.evidence.queries import get_file
from app.evidence.rules import NameRefused
from app.evidence.signatures import UploadRefused
from app.evidence.store import FileTooLarge, StorageFull
from app.identity.queries import list_people_by_id
from app.occurrences.models import Occurrence
from app.occurrences.queries import get_occurrence, list_of_contracts
from app.permissions import Permission, may
from app.web.access import get_session, get_viewer, needs, require_here
from app.web.evidence import get_store, send_stored
from app.web.numbers import ID, read_number
from app.web.site import get_now
from app.web.task_values import YES, read_posted
from app.web.words import _, say

blueprint = Blueprint("occurrences", __name__)
STATES = {
    "unheard": (Message("the party may answer"), "orange", "clock"),
    "heard": (Message("to be checked"), "blue", "search"),
    "valid": (Message("valid"), "red", "circle-check"),
    "unfounded": (Message("unfounded"), "grey", "circle-x"),
}
"""Where an occurrence is: word, tone, icon."""
FIELDS = {
    "fact": Message("Kind"),
    "happened_on": Message("Happened on"),
    "source": Message("Source"),
    "description": Message("What happened"),
    "answer": Message("Your answer"),
    "valid": Message("Conclusion"),
    "finding": Message("What was found"),
}
UPLOADS = (UploadRefused, NameRefused, FileTooLarge, StorageFull)


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """An occurrence as pages show it: its contract and kind, its state, who did what."""

    one: Occurrence
    contract: Contract
    kind: str
    state: str
    recorded_by: str
    answered_by: str
    checked_by: str


@blueprint.app_context_processor
def add_words() -> dict[str, object]:
    """Give templates the words of occurrences."""
    return {
        "occurrence_states": STATES,
        "may_record": lambda contract: may(get_viewer(), Permission.RECORD_OCCURRENCE, make_contract_target(contract)),
    }


@blueprint.get("/occurrences")
@needs(Permission.SEE_INBOX)
def list_all() -> str:
    """List what was recorded about the contracts that the viewer may see; what waits for its check first."""
    viewer = get_viewer()
    with reading() as connection:
        seen = {
            one.id: one
            for one in list_contracts(connection)
            if may(viewer, Permission.SEE_CONTRACT, make_contract_target(one)) and list_kinds(connection, one)
        }
        views = view_occurrences(connection, list_of_contracts(connection, seen), seen, get_now())
    recordable = [one for one in seen.values() if may(viewer, Permission.RECORD_OCCURRENCE, make_contract_target(one))]
    return render_template("occurrences/list.html", rows=views, contracts=list(seen.values()), recordable=recordable)


@blueprint.get(f"/occurrences/<{ID}:occurrence_id>")
@needs(Permission.SEE_CONTRACT)
def show_occurrence(occurrence_id: int) -> str:
    """Show an occurrence with its answer and check."""
    return _show(occurrence_id, {}, {})


@blueprint.get(f"/occurrences/<{ID}:occurrence_id>/files/<which>")
@needs(Permission.SEE_CONTRACT)
def download(occurrence_id: int, which: str) -> AnyResponse:
    """Send the file that was recorded (`record`) or answered (`answer`) with an occurrence."""
    with reading() as connection:
        one, _contract = _get(connection, occurrence_id)
        file_id, name = {
            "record": (one.file_id, one.file_name),
            "answer": (one.answer_file_id, one.answer_file_name),
        }.get(which, (None, ""))
        file = get_file(connection, file_id) if file_id is not None else abort(404)
    return send_stored(file.sha256, file.media_type, name)


@blueprint.get("/occurrences/new")
@needs(Permission.SEE_INBOX)
def show_form_of() -> AnyResponse:
    """Lead from the list to the form of the contract that was chosen there."""
    contract_id = read_number("contract")
    return redirect(url_for("occurrences.show_form", contract_id=contract_id) if contract_id else abort(404), 303)


@blueprint.get(f"/contracts/<{ID}:contract_id>/occurrences/new")
@needs(Permission.RECORD_OCCURRENCE)
def show_form(contract_id: int) -> str:
    """Show the form that records an occurrence."""
    return _show_form(contract_id, {}, {})


@blueprint.post(f"/contracts/<{ID}:contract_id>/occurrences")
@needs(Permission.RECORD_OCCURRENCE)
def record(contract_id: int) -> AnyResponse | tuple[str, int]:
    """Record an occurrence; what is wrong is said at its field, and what was typed comes back."""
    typed = read_posted(request.form)
    with reading() as connection:
        require_here(Permission.RECORD_OCCURRENCE, make_contract_target(get_contract(connection, contract_id)))
    try:
        form = read_form(OccurrenceForm, {**typed, "happened_on": _read_day(typed)})
        file = _receive()
        with transaction() as connection:
            made = record_occurrence(connection, _get_doer(), contract_id, form, file, get_now())
    except KaoheError as error:
        return _show_form(contract_id, typed, _read_wrong(error)), 422
    flash(_("Recorded; the party is told and may answer."), "success")
    return redirect(url_for("occurrences.show_occurrence", occurrence_id=made.id), 303)


@blueprint.post(f"/occurrences/<{ID}:occurrence_id>/answer")
@needs(Permission.ANSWER_OCCURRENCE)
def answer(occurrence_id: int) -> AnyResponse | tuple[str, int]:
    """Take the party's answer with a file or none."""
    typed = read_posted(request.form)
    with reading() as connection:
        require_here(Permission.ANSWER_OCCURRENCE, make_contract_target(_get(connection, occurrence_id)[1]))
    try:
        form = read_form(AnswerForm, {"answer": typed.get("answer", "")})
        file = _receive()
        with transaction() as connection:
            answer_occurrence(connection, _get_doer(), occurrence_id, form, file, get_now())
    except KaoheError as error:
        return _show(occurrence_id, typed, _read_wrong(error)), 422
    flash(_("Your answer is recorded; until the check it can be replaced."), "success")
    return redirect(url_for("occurrences.show_occurrence", occurrence_id=occurrence_id), 303)


@blueprint.post(f"/occurrences/<{ID}:occurrence_id>/check")
@needs(Permission.CHECK_OCCURRENCE)
def check(occurrence_id: int) -> AnyResponse | tuple[str, int]:
    """Record what the check found; it is final."""
    typed = read_posted(request.form)
    with reading() as connection:
        require_here(Permission.CHECK_OCCURRENCE, make_contract_target(_get(connection, occurrence_id)[1]))
    try:
        given = {"finding": typed.get("finding", "")} | ({"valid": typed["valid"] == YES} if "valid" in typed else {})
        form = read_form(CheckForm, given)
        with transaction() as connection:
            found = check_occurrence(connection, _get_doer(), occurrence_id, form, get_now())
    except KaoheError as error:
        return _show(occurrence_id, typed, _read_wrong(error)), 422
    flash(_("The finding is recorded; valid ones count at the quarter's review."), "success")
    return redirect(url_for("occurrences.show_occurrence", occurrence_id=found.id), 303)


def view_occurrences(
    connection: Connection, found: list[Occurrence], contracts: Mapping[int, Contract], now: dt.datetime
) -> list[OccurrenceView]:
    """Return occurrences as pages show them."""
    ids = {one for each in found for one in (each.recorded_by, each.answered_by, each.checked_by) if one is not None}
    names = {number: person.name for number, person in list_people_by_id(connection, ids).items()}
    kinds = {number: list_kinds(connection, contract) for number, contract in contracts.items()}
    return [
        OccurrenceView(
            one=one,
            contract=contracts[one.contract_id],
            kind=kinds[one.contract_id].get(one.fact, one.fact),
            state=one.verdict or ("heard" if one.can_be_checked(now) else "unheard"),
            recorded_by=names[one.recorded_by],
            answered_by=names.get(one.answered_by or 0, ""),
            checked_by=names.get(one.checked_by or 0, ""),
        )
        for one in found
    ]


def _show(occurrence_id: int, typed: Mapping[str, str], wrong: Mapping[str, Message]) -> str:
    viewer, now = get_viewer(), get_now()
    with reading() as connection:
        one, contract = _get(connection, occurrence_id)
        view = view_occurrences(connection, [one], {contract.id: contract}, now)[0]
    target = make_contract_target(contract)
    may_check = may(viewer, Permission.CHECK_OCCURRENCE, target) and viewer.person_id != one.recorded_by
    return render_template(
        "occurrences/occurrence.html",
        view=view,
        contract=contract,
        typed=typed,
        wrong=wrong,
        may_answer=not one.is_checked and may(viewer, Permission.ANSWER_OCCURRENCE, target),
        may_check=may_check and one.can_be_checked(now),
    )


def _show_form(contract_id: int, typed: Mapping[str, str], wrong: Mapping[str, Message]) -> str:
    with reading() as connection:
        contract = get_contract(connection, contract_id)
        require_here(Permission.RECORD_OCCURRENCE, make_contract_target(contract))
        kinds, periods = list_kinds(connection, contract), list_periods(connection, contract_id)
    return render_template(
        "occurrences/new.html", contract=contract, kinds=kinds, begins=periods[0].start, typed=typed, wrong=wrong
    )


def _get(connection: Connection, occurrence_id: int) -> tuple[Occurrence, Contract]:
    one = get_occurrence(connection, occurrence_id)
    contract = get_contract(connection, one.contract_id)
    require_here(Permission.SEE_CONTRACT, make_contract_target(contract))
    return one, contract


def _get_doer() -> Doer:
    session = get_session()
    return Doer(session.person.id, session.person.name, get_viewer())


def _receive() -> Received | None:
    file = request.files.get("file")
    return receive_file(get_store(), file.filename, file.stream) if file is not None and file.filename else None


def _read_day(typed: Mapping[str, str]) -> str | None:
    return typed.get("happened_on") or None


def _read_wrong(error: KaoheError) -> dict[str, Message]:
    """Return what is wrong by field; what is wrong with an upload stands at the file. Anything else goes on up."""
    if isinstance(error, FormRefused):
        return {one.field: _name_field(one.field, one.message) for one in error.refusals}
    if isinstance(error, UPLOADS):
        return {"file": Message("{reason} Choose the file again.", reason=say(error.message))}
    raise error


def _name_field(field: str, message: Message) -> Message:
    """Return a message that names its field as the page does."""
    if "field" not in message.values or field not in FIELDS:
        return message
    return Message(message.text, **{**message.values, "field": FIELDS[field]})
