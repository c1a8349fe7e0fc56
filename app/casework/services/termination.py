"""A termination proposal's automatic steps: its time runs from the notice's arrival, an end from the decision's."""

from __future__ import annotations

from collections.abc import Mapping

from app.calendar.due_explained import pack_step_due
from app.cases.queries import list_steps
from app.casework.accounts import get_year, lock_account
from app.casework.binding import bind_event
from app.casework.letters import issue_continuation, issue_termination_decision
from app.casework.notices import PARTY, notify
from app.casework.serving import get_issued, require_service
from app.casework.withdraw_case import list_cases_to_end, withdraw_case
from app.casework.work import ONE_SECOND, Work, explain_step
from app.clock import get_china_day
from app.contracts.operations import cancel_periods, set_contract_state
from app.errors import Message


def begin_representation(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Begin the party's time for its representation on the day on which the notice arrived."""
    service = require_service(work, get_issued(work, "termination_notice"))
    arrived = get_china_day(service.arrived_at)
    due = explain_step(work.case.programme, "termination_representation", arrived)
    work.dues["represent_termination"] = due
    return {"silence_at": (due.due + ONE_SECOND).isoformat()}


def record_decision(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Let a decision to continue bind: the contract goes on."""
    account = lock_account(work)
    set_contract_state(work.connection, work.contract.id, "active")
    bind_event(work, account, "decided", {"quarter": work.case.period, "decision": "continue"})
    paper = issue_continuation(work, _find_opinion(work, "decide_termination"))
    notify(work, PARTY, "termination_decided", "final", {"ending": False, "paper": paper.number, "due": None})
    return {}


def issue_termination(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Issue the notice of termination; the contract ends when it arrives."""
    basis, _line, reasons = _find_opinion(work, "decide_termination").partition("\n")
    statement = _find_opinion(work, "represent_termination")
    answer = f"已听取陈述申辩（{statement}）" if statement else "逾期未提出陈述申辩，视为无异议"
    paper = issue_termination_decision(work, reasons, basis, answer)
    due = work.explain_due("service")
    payload = {"ending": True, "paper": paper.number, "due": pack_step_due(due)}
    notify(work, PARTY, "termination_decided", "final", payload)
    return {"termination_unopened_at": (due.due + ONE_SECOND).isoformat()}


def end_contract(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """End the contract: what was held is lost, the year is settled, open cases and future periods are withdrawn."""
    service = require_service(work, get_issued(work, "termination_decision"))
    account = lock_account(work)
    closing = list_cases_to_end(work.connection, work.case, set(account.term.settlements))
    settles = account.end()
    data = {"quarter": work.case.period, "decision": "end", "arrived_at": service.arrived_at.isoformat()}
    bind_event(work, account, "decided", data, settles)
    set_contract_state(work.connection, work.contract.id, "terminated")
    cancelled = cancel_periods(work.connection, work.contract.id, work.now)
    reason = Message("the contract was terminated")
    for case in closing:
        withdraw_case(work, case, reason)
    work.audit("contract_ended", year=get_year(work.case.period), periods_cancelled=cancelled, retender=True)
    return {}


def _find_opinion(work: Work, step: str) -> str:
    """Return the opinion given when people last completed a step; "" where nobody did."""
    if work.task is not None and work.task.step == step and work.outcome is not None:
        return work.outcome.opinion
    done = [one for one in list_steps(work.connection, work.case.id) if one.step == step and one.outcome == "done"]
    return done[-1].opinion if done else ""
