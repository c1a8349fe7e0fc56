"""Record a payment of a settlement, or take one back by an entry of its own; what is recorded is never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection

from app.audit.operations import append
from app.cases.operations import set_heads
from app.casework.exclusions import require_no_exclusion
from app.casework.forms import FormRefused, PaymentForm, Refusal, ReversalForm, read_form
from app.casework.payment import Owed, read_owed
from app.casework.work import Doer, Work, make_task_target
from app.errors import KaoheError, Message
from app.i18n import format_money
from app.ledger.models import Payment
from app.ledger.operations import NewPayment, add_payment
from app.permissions import Permission, require
from app.tasks.operations import TaskTaken, describe_taken
from app.tasks.queries import get_task_with_case, lock_task_with_case

STEP = "register_payment"
CENT = Decimal("0.01")


def record_payment(
    connection: Connection, doer: Doer, task_id: int, given: Mapping[str, object], now: dt.datetime
) -> Owed:
    """Record one payment of what a settlement released; return what is open then.

    Raises `NotPermitted`, `Excluded`, `TaskTaken` where the step is finished, and `FormRefused`: more than is open, a
    day to come, a voucher that stands already. Nothing is changed then.
    """
    work = _take_up(connection, doer, task_id, now)
    form, owed = read_form(PaymentForm, given), read_owed(work)
    _check(work, form, owed)
    new = NewPayment(form.amount.quantize(CENT), form.paid_on, form.voucher, form.opinion)
    number = add_payment(connection, work.case.id, new, doer.id, now)
    details = {"payment": number, "money": format_money(new.amount), "paid_on": str(new.paid_on)}
    _record(work, "payment_recorded", {**details, "voucher": new.voucher})
    return read_owed(work)


def reverse_payment(
    connection: Connection, doer: Doer, task_id: int, payment_id: int, given: Mapping[str, object], now: dt.datetime
) -> Owed:
    """Take a wrong payment back, with the reason; return what is open then. Raises as `record_payment`."""
    work = _take_up(connection, doer, task_id, now)
    form, owed = read_form(ReversalForm, given), read_owed(work)
    wrong = _get_standing(owed, payment_id)
    new = NewPayment(-wrong.amount, wrong.paid_on, wrong.voucher, form.reason, wrong.id)
    add_payment(connection, work.case.id, new, doer.id, now)
    details = {"payment": wrong.id, "money": format_money(wrong.amount), "reason": form.reason}
    _record(work, "payment_reversed", details)
    return read_owed(work)


def _take_up(connection: Connection, doer: Doer, task_id: int, now: dt.datetime) -> Work:
    """Lock the settlement's case while its step stays open: one payment is recorded after the other.

    The task is read once more behind the lock: PostgreSQL reads anew only what it locks.
    """
    lock_task_with_case(connection, task_id)
    task, case = get_task_with_case(connection, task_id)
    if task.step != STEP:
        raise KaoheError(Message("payments are recorded where a settlement waits for its payment"))
    if task.state != "open":
        raise TaskTaken(describe_taken(connection, task))
    require(doer.viewer, Permission.RECORD_PAYMENT, make_task_target(task, case))
    work = Work(connection, case, now, doer, task)
    require_no_exclusion(task.step, doer.id, work.done)
    return work


def _check(work: Work, form: PaymentForm, owed: Owed) -> None:
    refusals = []
    if not form.amount.is_finite() or form.amount <= 0 or form.amount != round(form.amount, 2):
        refusals.append(Refusal("amount", Message("a payment is above 0, in whole cents")))
    elif form.amount > owed.open:
        template = "{amount} CNY are more than what is open: {released} released, {paid} paid, {open} open"
        figures = {"released": owed.released, "paid": owed.paid, "open": owed.open, "amount": form.amount}
        shown = {name: f"{value:,.2f}" for name, value in figures.items()}
        refusals.append(Refusal("amount", Message(template, **shown)))
    if form.paid_on > work.today:
        refusals.append(Refusal("paid_on", Message("the day lies in the future")))
    elif form.paid_on < work.contract.start:
        refusals.append(Refusal("paid_on", Message("the day lies before the contract began")))
    if form.voucher in {one.voucher for one in owed.standing}:
        text = Message("voucher {voucher} is recorded already", voucher=form.voucher)
        refusals.append(Refusal("voucher", text))
    if refusals:
        raise FormRefused(refusals)


def _get_standing(owed: Owed, payment_id: int) -> Payment:
    found = next((one for one in owed.standing if one.id == payment_id), None)
    if found is None:
        raise FormRefused(
            [Refusal("payment", Message("no payment of this settlement that stands: {id}", id=payment_id))]
        )
    return found


def _record(work: Work, action: str, details: Mapping[str, object]) -> None:
    head = append(work.connection, work.case.head, work.case.chain, [(work.person.actor, action, details)], work.now)
    set_heads(work.connection, {work.case.id: head})
