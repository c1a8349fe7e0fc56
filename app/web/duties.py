"""Duties of the whole term (全期任务) that no fact counts: recorded as met with what proves it, or taken back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.casework.forms import read_form
from app.casework.record_duty import DutyForm, record_duty
from app.casework.work import Doer, make_contract_target
from app.contracts.queries import get_contract, get_duty_record, map_duty_records
from app.db import reading, transaction
from app.errors import KaoheError, Message
from app.evidence.queries import get_file
from app.permissions import Permission
from app.programmes.catalogue import get_catalogue
from app.web.access import get_session, get_viewer, needs, require_here
from app.web.evidence import send_stored
from app.web.numbers import ID
from app.web.site import get_now
from app.web.task_values import read_posted
from app.web.uploads import read_wrong, receive_posted
from app.web.words import _

blueprint = Blueprint("duties", __name__)
FIELDS = {"met_on": Message("Met on"), "document": Message("Document")}


@blueprint.get(f"/contracts/<{ID}:contract_id>/duties/<code>")
@needs(Permission.RECORD_DUTY)
def show_form(contract_id: int, code: str) -> str:
    """Show the form that records a duty."""
    return _show(contract_id, code, {}, {})


@blueprint.post(f"/contracts/<{ID}:contract_id>/duties/<code>")
@needs(Permission.RECORD_DUTY)
def save(contract_id: int, code: str) -> AnyResponse | tuple[str, int]:
    """Record a duty as met, or take the record back; what is wrong comes back as typed."""
    typed = read_posted(request.form)
    with reading() as connection:
        require_here(Permission.RECORD_DUTY, make_contract_target(get_contract(connection, contract_id)))
    try:
        given = {"met_on": typed.get("met_on") or None, "document": typed.get("document", "")}
        form, file = read_form(DutyForm, given), receive_posted()
        with transaction() as connection:
            person = get_session().person
            doer = Doer(person.id, person.name, get_viewer())
            record_duty(connection, doer, contract_id, code, form, file, get_now())
    except KaoheError as error:
        return _show(contract_id, code, typed, read_wrong(error, FIELDS)), 422
    flash(_("Recorded."), "success")
    return redirect(url_for("contracts.show_contract", contract_id=contract_id, _anchor="duties"), 303)


@blueprint.get(f"/duties/<{ID}:duty_id>/file")
@needs(Permission.SEE_CONTRACT)
def download(duty_id: int) -> AnyResponse:
    """Send what proves a duty."""
    with reading() as connection:
        found = get_duty_record(connection, duty_id)
        require_here(Permission.SEE_CONTRACT, make_contract_target(get_contract(connection, found.contract_id)))
        file = get_file(connection, found.file_id) if found.file_id is not None else abort(404)
    return send_stored(file.sha256, file.media_type, found.file_name)


def _show(contract_id: int, code: str, typed: Mapping[str, str], wrong: Mapping[str, Message]) -> str:
    with reading() as connection:
        contract = get_contract(connection, contract_id)
        require_here(Permission.RECORD_DUTY, make_contract_target(contract))
        record = map_duty_records(connection, contract_id).get(code)
    duties = get_catalogue().get_programme(contract.programme).duties
    duty = next((one for one in duties if one.code == code and one.fact is None), None)
    if duty is None:
        abort(404)
    return render_template("contracts/duty.html", contract=contract, duty=duty, record=record, typed=typed, wrong=wrong)
