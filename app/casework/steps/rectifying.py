"""The human steps of a rectification: planned, approved, done with proof, verified by someone who didn't score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from app.calendar.due_explained import StepDue, explain_step_due, pack_step_due
from app.casework.forms import (
    FormRefused,
    LateForm,
    OpinionForm,
    PlanForm,
    Refusal,
    ReportForm,
    Verdict,
    VerifyForm,
    read_form,
)
from app.casework.notices import PARTY, notify
from app.casework.paper_words import name_indicators
from app.casework.work import ONE_SECOND, Outcome, Work, get_calendar
from app.errors import Message
from app.evidence.queries import list_evidence
from app.submissions.models import RectificationItem
from app.submissions.operations import add_rectification_items, change_rectification_item
from app.submissions.queries import list_rectification_items

PLAN, WORK = "rectification_plan", "rectification_work"
TOLD_FROM_FAILURE = 2
"""From this failed verification on the supervisor is told as well."""


def plan_rectification(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the party's plan: a measure for every failed criterion."""
    form, items = read_form(PlanForm, given), list_rectification_items(work.connection, work.case.id)
    _require_all(items, form.items)
    early = [code for code, one in form.items.items() if one.finish_on < work.today]
    if early:
        text = Message("the day lies in the past")
        raise FormRefused([Refusal(f"items.{code}.finish_on", text) for code in early])
    for item in items:
        change_rectification_item(work.connection, item.id, **form.items[item.indicator].model_dump())
    work.audit("rectification_planned", criteria=list(form.items))
    return Outcome(decision="planned", opinion=form.opinion)


def approve_plan(work: Work, given: Mapping[str, object]) -> Outcome:
    """Approve the plan; one that won't do is returned with reasons (退回). The time for the work begins."""
    form = read_form(OpinionForm, given)
    return Outcome(_begin_work(work, work.explain_due(WORK)), "approved", form.opinion)


def decide_late_plan(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the supervisor's word on a plan that never came: more time, or straight to the work."""
    form = read_form(LateForm, given)
    if form.decision == "proceed":
        variables = {"plan_waived": True, **_begin_work(work, work.explain_due(WORK))}
        return _tell_late(work, form, Outcome(variables, "work_without_plan", form.opinion), None)
    due = explain_step_due(get_calendar(), work.today, form.days)
    work.dues["plan_rectification"] = due
    variables = {"plan_waived": False, "plan_overdue_at": _fire_after(due)}
    return _tell_late(work, form, Outcome(variables, "extend", form.opinion), due)


def decide_late_work(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the supervisor's word on work that wasn't reported in time: more time, or verified as it stands."""
    form = read_form(LateForm, given)
    if form.decision == "proceed":
        return _tell_late(work, form, Outcome({"work_over": True}, "verify_as_is", form.opinion), None)
    due = explain_step_due(get_calendar(), work.today, form.days, calendar_days=True)
    variables = {"work_over": False, **_begin_work(work, due)}
    return _tell_late(work, form, Outcome(variables, "extend", form.opinion), due)


def report_rectification(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the report on every failed criterion; each is proven by evidence uploaded beside it."""
    form, items = read_form(ReportForm, given), list_rectification_items(work.connection, work.case.id)
    _require_all(items, form.items)
    proven = {one.indicator for one in list_evidence(work.connection, work.case.id) if one.is_current}
    bare = [one.indicator for one in items if one.indicator not in proven]
    if bare:
        names = name_indicators(work.scorer)
        template = "{field}: upload the proof of its rectification"
        raise FormRefused([Refusal(f"items.{code}", Message(template, field=names[code])) for code in bare])
    for item in items:
        change_rectification_item(work.connection, item.id, report=form.items[item.indicator])
    work.audit("rectification_reported", criteria=list(form.items))
    return Outcome(decision="reported", opinion=form.opinion)


def verify_rectification(work: Work, given: Mapping[str, object]) -> Outcome:
    """Find every criterion's rectification passed or failed; after a failure another round follows, or the end."""
    form, items = read_form(VerifyForm, given), list_rectification_items(work.connection, work.case.id)
    _require_all(items, form.verdicts)
    _require_reasons(work, form.verdicts)
    failed = [one for one in items if not form.verdicts[one.indicator].passed]
    if failed and not form.then:
        text = Message("say whether another round follows or the rectification ends as failed")
        raise FormRefused([Refusal("then", text)])
    for item in items:
        verdict = form.verdicts[item.indicator]
        values = {"verdict": "passed" if verdict.passed else "failed", "finding": verdict.reason}
        change_rectification_item(work.connection, item.id, **values)
    return _conclude(work, form, items, failed)


def _conclude(work: Work, form: VerifyForm, items: list[RectificationItem], failed: list[RectificationItem]) -> Outcome:
    again = bool(failed) and form.then == "again"
    round_ = max((one.round for one in items), default=1)
    variables: dict[str, object] = {"again": again}
    due = work.explain_due(PLAN) if again else None
    if due is not None:
        again_items = [(one.indicator, one.lost, one.is_repeated) for one in failed]
        add_rectification_items(work.connection, work.case.id, round_ + 1, again_items)
        variables["plan_overdue_at"] = _fire_after(due)
    decision = "failed_again" if again else "failed" if failed else "pass"
    names = name_indicators(work.scorer)
    told = [{"name": names[one.indicator], "reason": form.verdicts[one.indicator].reason} for one in failed]
    payload = {
        "outcome": decision,
        "round": round_,
        "failed": told,
        "due": None if due is None else pack_step_due(due),
    }
    roles = [*PARTY, "supervisor"] if failed and (round_ >= TOLD_FROM_FAILURE or not again) else list(PARTY)
    notify(work, roles, "rectification_verified", f"{work.round}.{round_}", payload)
    work.audit("rectification_verified", round=round_, failed=[one.indicator for one in failed], decision=decision)
    return Outcome(variables, decision, form.opinion)


def _require_all(items: Iterable[RectificationItem], given: Mapping[str, object]) -> None:
    """Refuse a form that doesn't name every failed criterion, and those only."""
    codes = [one.indicator for one in items]
    refusals = [
        Refusal(f"items.{code}", Message("{field}: must be filled in", field=code))
        for code in codes
        if code not in given
    ]
    strange = Message("this criterion isn't part of the rectification")
    refusals += [Refusal(f"items.{code}", strange) for code in given if code not in codes]
    if refusals:
        raise FormRefused(refusals)


def _require_reasons(work: Work, verdicts: Mapping[str, Verdict]) -> None:
    names, template = name_indicators(work.scorer), "{field}: give the reason"
    bare = [code for code, one in verdicts.items() if not one.passed and not one.reason]
    if bare:
        raise FormRefused([Refusal(f"verdicts.{code}.reason", Message(template, field=names[code])) for code in bare])


def _begin_work(work: Work, due: StepDue) -> dict[str, object]:
    work.dues["report_rectification"] = due
    return {"work_overdue_at": _fire_after(due)}


def _fire_after(due: StepDue) -> str:
    moment: dt.datetime = due.due + ONE_SECOND
    return moment.isoformat()


def _tell_late(work: Work, form: LateForm, outcome: Outcome, due: StepDue | None) -> Outcome:
    work.round += 1
    payload = {
        "decision": outcome.decision,
        "reason": form.opinion,
        "due": None if due is None else pack_step_due(due),
    }
    notify(work, PARTY, "rectification_late", work.round, payload)
    return outcome
