"""The human steps of a year's settlement: checked by finance, signed, paid."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.accounts import get_year, read_account
from app.casework.forms import FormRefused, OpinionForm, Refusal, read_form
from app.casework.letters import issue_settlement
from app.casework.notices import PARTY, notify
from app.casework.obstacles import find_settlement_obstacle
from app.casework.payment import find_payment_due, read_owed
from app.casework.work import Outcome, Work
from app.errors import Message
from app.i18n import format_money


def confirm_settlement(work: Work, given: Mapping[str, object]) -> Outcome:
    """Confirm that fee, deductions and what is paid already are right, and that no appeal or proposal is open."""
    form = read_form(OpinionForm, given)
    obstacle = find_settlement_obstacle(work.connection, work.contract.id, work.case.period, work.now)
    if obstacle is not None:
        raise FormRefused([Refusal("opinion", obstacle)])
    return Outcome(decision="settlement_confirmed", opinion=form.opinion)


def sign_settlement(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign the year's settlement; where an amount is withheld, with the reason or what is decided about it."""
    form = read_form(OpinionForm, given)
    account, year = read_account(work.connection, work.contract), get_year(work.case.period)
    settlement = account.term.settlements[year]
    if settlement.withheld and not form.opinion:
        template = "{amount} CNY are withheld; say why, and what is decided about it"
        raise FormRefused([Refusal("opinion", Message(template, amount=format_money(settlement.withheld)))])
    due = find_payment_due(work)
    paper = issue_settlement(work, account, year, settlement, due)
    work.dues["register_payment"] = due
    payload = {
        "released": format_money(settlement.released),
        "withheld": format_money(settlement.withheld),
        "reason": form.opinion,
        "paper": paper.number,
    }
    notify(work, PARTY, "year_settled", "final", payload)
    work.audit("settlement_signed", released=payload["released"], withheld=payload["withheld"])
    return Outcome({"payable": bool(settlement.released)}, "approved", form.opinion)


def register_payment(work: Work, given: Mapping[str, object]) -> Outcome:
    """Close the payment once the recorded payments come to what was released, to the cent."""
    form, owed = read_form(OpinionForm, given), read_owed(work)
    if owed.open:
        template = "{open} of {released} CNY are still open; record their payment first"
        figures = {"open": f"{owed.open:,.2f}", "released": f"{owed.released:,.2f}"}
        raise FormRefused([Refusal("opinion", Message(template, **figures))])
    work.audit("paid", released=format_money(owed.released), payments=len(owed.standing), late=owed.is_late)
    return Outcome(decision="paid_late" if owed.is_late else "paid", opinion=form.opinion)
