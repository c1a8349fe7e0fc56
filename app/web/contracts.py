"""Contracts: the list, the page of each with its points and money, and adding one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.casework.add_contract import add_contract
from app.casework.amend_fee import amend_fee
from app.casework.intake import list_kinds
from app.casework.work import make_contract_target
from app.contracts.operations import ContractRefused
from app.contracts.queries import get_contract, list_contracts
from app.db import reading, transaction
from app.errors import Message
from app.identity.queries import list_organisations
from app.occurrences.queries import list_of_contract
from app.permissions import NotPermitted, Permission, may
from app.programmes.catalogue import get_catalogue
from app.web.access import get_session, get_viewer, may_here, needs, require_here
from app.web.contract_forms import ContractForm, list_adding_places, read_new_contract
from app.web.contract_page import read_contract_page
from app.web.contract_pictures import list_pictures
from app.web.numbers import ID
from app.web.occurrences import view_occurrences
from app.web.site import get_now
from app.web.task_values import parse_value, read_posted
from app.web.words import _, say

blueprint = Blueprint("contracts", __name__)
STATES = {
    "active": (Message("in force"), "green", "circle-check"),
    "termination_proposed": (Message("Termination proposed"), "red", "gavel"),
    "terminated": (Message("Terminated"), "dark-red", "ban"),
    "settled": (Message("settled"), "grey", "archive"),
}
"""A contract's states: word, tone, icon."""


@blueprint.app_context_processor
def add_words() -> dict[str, object]:
    """Give templates the words of contracts."""
    return {
        "contract_states": STATES,
        "may_add": lambda: may_here(Permission.ADD_CONTRACT),
        "may_record_duty": lambda contract: may_here(Permission.RECORD_DUTY, make_contract_target(contract)),
        "may_amend": lambda contract: may_here(Permission.AMEND_CONTRACT, make_contract_target(contract)),
    }


@blueprint.get("/contracts")
@needs(Permission.SEE_INBOX)
def list_all() -> str:
    """List the contracts that the viewer may see, with how far their year has come."""
    viewer = get_viewer()
    with reading() as connection:
        seen = [
            one for one in list_contracts(connection) if may(viewer, Permission.SEE_CONTRACT, make_contract_target(one))
        ]
        names = {one.id: one.name for one in list_organisations(connection)}
    programmes = {one.programme: one.short_name for one in get_catalogue().list_programmes()}
    return render_template("contracts/list.html", contracts=seen, names=names, programmes=programmes)


@blueprint.get(f"/contracts/<{ID}:contract_id>")
@needs(Permission.SEE_CONTRACT)
def show_contract(contract_id: int) -> str:
    """Show a contract: points towards the limit, score by quarter, money, ledger, quarters."""
    return _show_contract(contract_id, {}, None)


def _show_contract(contract_id: int, typed: Mapping[str, str], wrong: Message | None) -> str:
    with reading() as connection:
        contract = get_contract(connection, contract_id)
        require_here(Permission.SEE_CONTRACT, make_contract_target(contract))
        name = get_catalogue().get_programme(contract.programme).name
        page = read_contract_page(connection, contract, name)
        recorded = list_of_contract(connection, contract.id) if list_kinds(connection, contract) else None
        views = None if recorded is None else view_occurrences(connection, recorded, {contract.id: contract}, get_now())
    return render_template(
        "contracts/contract.html",
        found=page,
        contract=contract,
        amended=typed,
        amend_wrong=wrong,
        occurrences=views,
        pictures=list_pictures(page.years, page.parameters),
    )


@blueprint.post(f"/contracts/<{ID}:contract_id>/fee")
@needs(Permission.AMEND_CONTRACT)
def amend(contract_id: int) -> Response | tuple[str, int]:
    """Amend the fee from a contract year on; what is refused comes back as typed, with the reason."""
    typed = read_posted(request.form)
    with reading() as connection:
        require_here(Permission.AMEND_CONTRACT, make_contract_target(get_contract(connection, contract_id)))
    year, fee = parse_value(typed.get("from_year", "")), parse_value(typed.get("annual_fee", ""))
    if not isinstance(year, int) or not isinstance(fee, int | Decimal) or isinstance(fee, bool):
        return _show_contract(contract_id, typed, Message("give the year as a whole number and the fee in CNY")), 422
    try:
        with transaction() as connection:
            actor = get_session().person.actor
            amend_fee(connection, actor, contract_id, year, Decimal(fee), typed.get("reason", ""), get_now())
    except ContractRefused as error:
        return _show_contract(contract_id, typed, error.message), 422
    flash(_("The amendment is recorded."), "success")
    return redirect(url_for("contracts.show_contract", contract_id=contract_id), 303)


@blueprint.get("/contracts/new")
@needs(Permission.ADD_CONTRACT)
def show_form() -> str:
    """Show the form that adds a contract."""
    return _show(_make_form(is_sent=False))


@blueprint.post("/contracts")
@needs(Permission.ADD_CONTRACT)
def add() -> Response | tuple[str, int]:
    """Add a contract with its periods and opening balances; what is wrong is said at its field."""
    form = _make_form(is_sent=True)
    new = read_new_contract(form) if form.validate() else None
    if new is None:
        return _show(form), 422
    if (new.authority_id, new.programme) not in list_adding_places(get_viewer()):
        raise NotPermitted(Permission.ADD_CONTRACT)
    try:
        with transaction() as connection:
            contract = add_contract(connection, get_session().person.actor, new, get_now())
    except ContractRefused as error:
        form.refuse(error.field, say(error.message))
        return _show(form), 422
    flash(_("The contract is added with its periods."), "success")
    if may(get_viewer(), Permission.SEE_CONTRACT, make_contract_target(contract)):
        return redirect(url_for("contracts.show_contract", contract_id=contract.id), 303)
    return redirect(url_for("contracts.show_form"), 303)


def _make_form(*, is_sent: bool) -> ContractForm:
    """Return the form with what the viewer may choose from."""
    with reading() as connection:
        organisations = list_organisations(connection)
    form = ContractForm() if is_sent else ContractForm(formdata=None)
    form.offer(organisations, list_adding_places(get_viewer()))
    return form


def _show(form: ContractForm) -> str:
    return render_template("contracts/new.html", form=form)
