"""The human steps of an appeal (复核): contested lines only, answered by another handler, signed."""

from __future__ import annotations

from collections.abc import Mapping

from app.calendar.due_explained import pack_step_due
from app.casework.accounts import read_account
from app.casework.forms import FormRefused, HandleForm, OpinionForm, Refusal, RepresentForm, read_form
from app.casework.notices import notify
from app.casework.sheets import require_sheet, write_sheet
from app.casework.steps.contested import list_names, read_answers, read_contested
from app.casework.work import Outcome, Work
from app.errors import Message


def file_appeal(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the contested lines of a published result with their reasons; at least one."""
    form, sheet = read_form(RepresentForm, given), require_sheet(work)
    contested = read_contested(work, form)
    if not contested:
        raise FormRefused(
            [
                Refusal(
                    "contested",
                    Message("contest at least one line; without one the appeal lapses when its time is over"),
                )
            ]
        )
    write_sheet(work, sheet, contested=contested)
    payload = {"contested": list_names(work, contested), "due": pack_step_due(work.explain_due("appeal_handling"))}
    notify(work, ["appeal_handler"], "appeal_received", sheet.number, payload)
    work.audit("appealed", contested=list(contested))
    return Outcome(decision="contested", opinion=form.opinion)


def handle_appeal(work: Work, given: Mapping[str, object]) -> Outcome:
    """Answer every contested line; nobody is worse off for having asked: each indicator keeps the better points."""
    form, sheet = read_form(HandleForm, given), require_sheet(work)
    accepted = read_answers(work, form, sheet)
    account = read_account(work.connection, work.contract)
    account.appeal(work.case.period, accepted)
    quarter = account.get_quarter(work.case.period)
    answers = {code: answer.reason for code, answer in form.answers.items()}
    points = {"indicators": quarter.earned, "special": quarter.special.net, "score": quarter.score}
    write_sheet(work, sheet, accepted=accepted, answers=answers, **points)
    work.audit("appeal_handled", accepted=list(accepted), answers=len(answers))
    return Outcome(decision="accepted" if accepted else "refused", opinion=form.opinion)


def approve_appeal(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign the decision on the appeal; from here it binds."""
    form, sheet = read_form(OpinionForm, given), require_sheet(work)
    write_sheet(work, sheet, approved_by=work.person.id)
    work.audit("approved", sheet=sheet.number)
    return Outcome(decision="approved", opinion=form.opinion)
