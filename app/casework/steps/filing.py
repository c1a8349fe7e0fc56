"""The party's filing: filled in, signed, or missing."""

from __future__ import annotations

from collections.abc import Mapping

from app.calendar.working_days import add_working_days, get_end_of_day
from app.casework.deferral import check_deferrals, check_made_up
from app.casework.forms import OpinionForm, SubmitForm, UnfiledForm, check_facts, read_form
from app.casework.notices import PARTY, notify
from app.casework.work import ONE_SECOND, Outcome, Work, get_calendar
from app.evidence.operations import EnteredFact, enter_facts
from app.submissions.operations import Filed, record_submission
from app.submissions.operations import sign_submission as sign


def submit(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the facts as the party claims them; what is missing stays missing, the review says what it comes to."""
    form = read_form(SubmitForm, given)
    facts = check_facts(work.scorer, "facts", form.facts)
    claimed = {name: EnteredFact(value, "", ()) for name, value in facts.items()}
    case, connection, now = work.case, work.connection, work.now
    enter_facts(connection, work.person.actor, case.id, work.round, "filed", claimed, now)
    due = work.filing_due or now
    made_up = check_made_up(work, form.made_up)
    says = Filed(form.note, check_deferrals(work, form.defer), made_up)
    filed = record_submission(connection, case.id, work.round, says, work.person.id, due, now)
    work.audit("filed", number=filed.number, late=filed.is_late, facts=len(facts), defer=list(form.defer))
    return Outcome(decision="late" if filed.is_late else "on_time", opinion=form.note)


def sign_submission(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign the filing for the party; from here on it is the authority's turn."""
    form = read_form(OpinionForm, given)
    sign(work.connection, work.case.id, work.person.id, work.now)
    return Outcome(decision="signed", opinion=form.opinion)


def decide_unfiled(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the supervisor's word on a filing that never came: more time, or scored by a person on what is there."""
    form = read_form(UnfiledForm, given)
    proceed = form.decision == "proceed"
    variables: dict[str, object] = {"proceed_unfiled": proceed}
    payload: dict[str, object] = {"proceed": proceed, "reason": form.opinion, "days": 0, "due_at": ""}
    if not proceed:
        work.round += 1
        due = get_end_of_day(add_working_days(get_calendar(), work.today, form.days))
        work.filing_due = due
        variables["unfiled_at"] = (due + ONE_SECOND).isoformat()
        payload |= {"days": form.days, "due_at": due.isoformat()}
    notify(work, PARTY, "unfiled_decision", work.round, payload)
    return Outcome(variables, form.decision, form.opinion)
