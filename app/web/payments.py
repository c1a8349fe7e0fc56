"""Payments of a settlement in the browser: recorded one by one at its step, a wrong one taken back with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.casework.forms import FormRefused
from app.casework.payment import Owed
from app.casework.record_payment import record_payment, reverse_payment
from app.casework.work import Doer, make_task_target
from app.db import reading, transaction
from app.permissions import Permission
from app.tasks.operations import drop_own_drafts
from app.tasks.queries import get_task_with_case
from app.web.access import get_session, get_viewer, needs, require_here
from app.web.filters import show_money
from app.web.numbers import ID
from app.web.site import get_now
from app.web.task_page import read_task_page
from app.web.task_values import parse_value, read_posted
from app.web.tasks import show_refused
from app.web.words import _, say

blueprint = Blueprint("payments", __name__)
FIELDS = ("amount", "paid_on", "voucher", "opinion")


@blueprint.post(f"/tasks/<{ID}:task_id>/payments")
@needs(Permission.RECORD_PAYMENT)
def record(task_id: int) -> AnyResponse | tuple[str, int]:
    """Record a payment; what is refused comes back as it was typed."""
    flat = read_posted(request.form)
    form: dict[str, object] = {name: flat.get(name, "") for name in FIELDS}
    form["amount"] = parse_value(flat.get("amount", ""))
    try:
        with transaction() as connection:
            task, case = get_task_with_case(connection, task_id)
            require_here(Permission.RECORD_PAYMENT, make_task_target(task, case))
            owed = record_payment(connection, _get_doer(), task_id, form, get_now())
            drop_own_drafts(connection, task, get_viewer().person_id)
    except FormRefused as error:
        with reading() as connection:
            page = read_task_page(connection, *get_task_with_case(connection, task_id), get_viewer(), get_now(), flat)
        return show_refused(page, flat, {one.field: one.message for one in error.refusals})
    flash(_say_open(owed), "success")
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


@blueprint.post(f"/tasks/<{ID}:task_id>/payments/<{ID}:payment_id>/reverse")
@needs(Permission.RECORD_PAYMENT)
def reverse(task_id: int, payment_id: int) -> AnyResponse:
    """Take a payment back; both entries stay on record."""
    given = {"reason": request.form.get("reason", "")}
    try:
        with transaction() as connection:
            task, case = get_task_with_case(connection, task_id)
            require_here(Permission.RECORD_PAYMENT, make_task_target(task, case))
            owed = reverse_payment(connection, _get_doer(), task_id, payment_id, given, get_now())
        flash(_say_open(owed), "success")
    except FormRefused as error:
        flash(say(error.message), "danger")
    return redirect(url_for("tasks.show_task", task_id=task_id), 303)


def _get_doer() -> Doer:
    person = get_session().person
    return Doer(person.id, person.name, get_viewer())


def _say_open(owed: Owed) -> str:
    if owed.open:
        return _("Recorded; still open: {amount}.", amount=show_money(owed.open))
    return _("Recorded; all that was released is paid. Check the payments, then close the settlement.")
