"""The leaders' signatures."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.accounts import lock_account
from app.casework.forms import FormRefused, OpinionForm, Refusal, read_form
from app.casework.services.results import preview_quarter, write_points
from app.casework.sheets import require_sheet, write_sheet
from app.casework.work import Outcome, Work
from app.errors import Message
from app.i18n import format_number


def approve(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign the result: its points are computed once more from the settled facts and must be whole."""
    form, sheet = read_form(OpinionForm, given), require_sheet(work)
    account = preview_quarter(work, lock_account(work), sheet)
    if sheet.score is None:
        raise FormRefused([Refusal("opinion", Message("the sheet has no result yet"))])
    write_points(work, sheet, account, approved_by=work.person.id)
    work.audit("approved", sheet=sheet.number, score=format_number(account.score))
    return Outcome(decision="approved", opinion=form.opinion)


def second_sign(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign a second time, by a second person, where the approval would open a termination proposal."""
    form, sheet = read_form(OpinionForm, given), require_sheet(work)
    write_sheet(work, sheet, second_signed_by=work.person.id)
    work.audit("second_signed", sheet=sheet.number)
    return Outcome(decision="approved", opinion=form.opinion)
