"""`kaohe payment`: what finance pays of a settlement, one by one; a wrong payment is taken back, never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import click
from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.exclusions import Excluded
from app.casework.forms import FormRefused
from app.casework.payment import Owed, read_owed
from app.casework.record_payment import record_payment, reverse_payment
from app.casework.work import SETTLEMENT, Doer, Work
from app.cli.context import Opened, find_contract, open_app, show_moment, write_moment
from app.cli.contract_files import Cny
from app.cli.numbers import write_json
from app.cli.tables import CODE, NUMBER, TEXT, print_table
from app.cli.task import describe_taken, find_doer, refuse
from app.cli.words import _, say
from app.clock import get_china_day
from app.db import reading, transaction
from app.i18n import format_money
from app.ledger.models import Payment
from app.permissions import NotPermitted
from app.tasks.operations import TaskTaken

Change = Callable[[Connection, Doer], Owed]


@click.group(help=_("Payments: what finance pays of a year's settlement; nothing is changed, only taken back."))
def payment() -> None:
    """Gather the commands about payments."""


@payment.command(
    "add",
    help=_("Record a payment at a settlement's step; “kaohe task complete” closes it once all is paid."),
)
@click.argument("task_id", metavar="TASK", type=int)
@click.option("--amount", required=True, type=Cny(), metavar="CNY", help=_("The amount paid."))
@click.option("--paid-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help=_("The day of payment."))
@click.option("--voucher", required=True, metavar="NUMBER", help=_("The number of its voucher."))
@click.option("--note", default="", metavar="TEXT", help=_("A note."))
@click.option("--user", required=True, metavar="NAME", help=_("Who records it: finance."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def payment_add(
    task_id: int, amount: Decimal, paid_on: dt.datetime, voucher: str, note: str, user: str, *, as_json: bool
) -> None:
    """Record a payment."""
    form = {"amount": amount, "paid_on": paid_on.date(), "voucher": voucher, "opinion": note}
    with open_app() as opened:
        owed = change(
            opened,
            task_id,
            user,
            lambda connection, doer: record_payment(connection, doer, task_id, form, opened.now),
            as_json=as_json,
        )
    report(owed, as_json=as_json)


@payment.command("reverse", help=_("Take a wrong payment back while the step is open; both entries stay on record."))
@click.argument("task_id", metavar="TASK", type=int)
@click.argument("payment_id", metavar="PAYMENT", type=int)
@click.option("--reason", required=True, metavar="TEXT", help=_("Why it is taken back."))
@click.option("--user", required=True, metavar="NAME", help=_("Who takes it back: finance."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def payment_reverse(task_id: int, payment_id: int, reason: str, user: str, *, as_json: bool) -> None:
    """Take a payment back."""
    form = {"reason": reason}
    with open_app() as opened:
        owed = change(
            opened,
            task_id,
            user,
            lambda connection, doer: reverse_payment(connection, doer, task_id, payment_id, form, opened.now),
            as_json=as_json,
        )
    report(owed, as_json=as_json)


def change(opened: Opened, task_id: int, username: str, run: Change, *, as_json: bool) -> Owed:
    """Return what is open after a change; print what was refused, and end with status 1."""
    try:
        with transaction() as connection:
            return run(connection, find_doer(connection, opened, username))
    except FormRefused as error:
        refuse([(one.field, say(one.message)) for one in error.refusals], as_json=as_json)
    except TaskTaken as error:
        refuse([("", describe_taken(task_id, error))], as_json=as_json)
    except (NotPermitted, Excluded) as error:
        refuse([("", say(error.message))], as_json=as_json)


def report(owed: Owed, *, as_json: bool) -> None:
    """Say what is paid and what is open."""
    if as_json:
        print(write_json(describe_owed(owed), indent=2))
        return
    text = _("Payment {id} recorded. Released {released} CNY, paid {paid}, still open {open}; pay until {day}.")
    shown = {"released": f"{owed.released:,.2f}", "paid": f"{owed.paid:,.2f}", "open": f"{owed.open:,.2f}"}
    print(text.format(id=owed.payments[-1].id, day=get_china_day(owed.due.due), **shown))


@payment.command("list", help=_("List a contract's payments, settlement by settlement, with what is still open."))
@click.argument("contract", metavar="CONTRACT")
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def payment_list(contract: str, *, as_json: bool) -> None:
    """List payments."""
    with open_app() as opened, reading() as connection:
        found = find_contract(connection, contract)
        cases = [one for one in list_cases_of_contract(connection, found.id) if one.process == SETTLEMENT]
        owed = [(one, read_owed(Work(connection, one, opened.now))) for one in cases]
    if as_json:
        print(write_json([{"case": case.code, **describe_owed(one)} for case, one in owed], indent=2))
        return
    if not owed:
        text = _("Nothing of {contract} is settled yet; a year is settled after its fourth quarter.")
        print(text.format(contract=found.code))
    for case, one in owed:
        print_owed(case, one)


def describe_owed(owed: Owed) -> dict[str, object]:
    """Return what a settlement owes as JSON values."""
    return {
        "released": format_money(owed.released),
        "paid": format_money(owed.paid),
        "open": format_money(owed.open),
        "due": write_moment(owed.due.due),
        "payments": [describe_payment(one) for one in owed.payments],
    }


def describe_payment(one: Payment) -> dict[str, object]:
    """Return a payment as JSON values."""
    return {
        "id": one.id,
        "amount": format_money(one.amount),
        "paid_on": str(one.paid_on),
        "voucher": one.voucher,
        "reverses": one.reverses,
        "note": one.note,
        "recorded_by": one.recorder,
        "recorded_at": write_moment(one.recorded_at),
    }


def print_owed(case: Case, owed: Owed) -> None:
    """Print a settlement's payments as a table, and what is open."""
    columns = [(_("No."), NUMBER), (_("Paid on"), CODE), (_("CNY"), NUMBER), (_("Voucher"), TEXT)]
    columns += [(_("Takes back"), NUMBER), (_("Note"), TEXT), (_("Person"), TEXT), (_("Recorded"), CODE)]
    rows = [
        (
            str(one.id),
            str(one.paid_on),
            f"{one.amount:,.2f}",
            one.voucher,
            str(one.reverses or ""),
            one.note,
            one.recorder,
            show_moment(one.recorded_at),
        )
        for one in owed.payments
    ]
    print_table(case.code, columns, rows)
    text = _("Released {released} CNY, paid {paid}, still open {open}; pay until {day}.")
    shown = {"released": f"{owed.released:,.2f}", "paid": f"{owed.paid:,.2f}", "open": f"{owed.open:,.2f}"}
    print(text.format(day=get_china_day(owed.due.due), **shown))
