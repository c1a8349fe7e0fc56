"""The party's answer to the draft result, and its hearing by someone else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.calendar.due_explained import pack_step_due
from app.casework.accounts import read_account
from app.casework.forms import HandleForm, RepresentForm, read_form
from app.casework.notices import notify
from app.casework.services.results import preview_quarter, write_points
from app.casework.sheets import require_sheet, write_sheet
from app.casework.steps.contested import list_names, read_answers, read_contested
from app.casework.work import Outcome, Work

HANDLING = "representation_handling"


def represent(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the contested lines with their reasons; none contested means no objection."""
    form, sheet = read_form(RepresentForm, given), require_sheet(work)
    contested = read_contested(work, form)
    if contested:
        write_sheet(work, sheet, contested=contested)
        payload = {"contested": list_names(work, contested), "due": pack_step_due(work.explain_due(HANDLING))}
        notify(work, ["appeal_handler"], "representation_received", sheet.number, payload)
    work.audit("represented", contested=list(contested))
    decision = "contested" if contested else "no_objection"
    return Outcome({"represented": bool(contested)}, decision, form.opinion)


def handle_representation(work: Work, given: Mapping[str, object]) -> Outcome:
    """Answer every contested line; accepted facts are laid over the settled ones, and no indicator is worse for it."""
    form, sheet = read_form(HandleForm, given), require_sheet(work)
    accepted = read_answers(work, form, sheet)
    before = read_account(work.connection, work.contract)
    account = preview_quarter(work, before, replace(sheet, accepted=dict(accepted)))
    answers = {code: answer.reason for code, answer in form.answers.items()}
    write_points(work, sheet, account, accepted=accepted, answers=answers)
    work.audit("representation_handled", accepted=list(accepted), answers=len(answers))
    return Outcome(decision="accepted" if accepted else "refused", opinion=form.opinion)
