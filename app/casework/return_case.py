"""Return a case to a step that it has passed (退回), with reasons; what was undone stays on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection

from app.calendar.due_explained import pack_step_due
from app.cases.operations import mark_steps_undone
from app.cases.queries import find_last_done
from app.casework.complete_task import get_task, make_step, take_up
from app.casework.follow import follow
from app.casework.forms import FormRefused, Refusal
from app.casework.notices import PARTY, notify
from app.casework.open_case import find_unfiled_at
from app.casework.services import bind_services
from app.casework.services.results import reopen_draft
from app.casework.work import ONE_SECOND, Doer, Outcome, Work
from app.errors import Message
from app.permissions import Permission
from app.processes.operations import list_return_targets, return_to
from app.processes.values import Advance
from app.submissions.operations import receive_submission, unsign_submission

FILING_STEPS = ("submit", "sign_submission")
MANY_RETURNS = 20
"""From this return on the supervisor is told as well (reliability.md, long rework)."""


TIMED = {
    "plan_rectification": ("plan_overdue_at", "rectification_plan"),
    "report_rectification": ("work_overdue_at", "rectification_work"),
    "represent_termination": ("silence_at", "termination_representation"),
}
"""The party's steps that a timer ends: its variable, and the time that a return gives anew."""
FINAL = frozenset({"receive_proposal", "prove_proposal", "receive_termination", "prove_termination", "file_appeal"})
"""Steps that can't be done again: what arrived has arrived, what was appealed in time was."""


def list_targets(connection: Connection, instance_id: int, engine_id: str) -> tuple[str, ...]:
    """Return the steps that a case may be returned to from an open one, the one done last first."""
    found = list_return_targets(connection, instance_id, engine_id)
    return tuple(step for step in found if step not in FINAL)


def return_case(
    connection: Connection, doer: Doer, task_id: int, target: str, reason: str, now: dt.datetime
) -> Advance:
    """Return a case from an open step to one that it has passed.

    Raises what `complete_task` raises; `FormRefused` without a reason or for a step that can't be reached.
    """
    work = take_up(connection, doer, task_id, Permission.RETURN_CASE, "returned", now)
    if not reason.strip():
        raise FormRefused([Refusal("reason", Message("{field}: give the reason", field="reason"))])
    task, case = get_task(work), work.case
    if target not in list_targets(connection, case.instance_id, task.engine_id):
        text = Message("the case can't be returned to {step} from here", step=target)
        raise FormRefused([Refusal("target", text)])
    entry = find_last_done(connection, case.id, target)
    work.round, work.is_returned = work.round + 1, True
    variables = _prepare(work, target, reason)
    data = None if entry is None else entry.entry_data
    handlers = bind_services(work)
    went = return_to(connection, case.instance_id, task.engine_id, target, data, variables, handlers, now)
    if entry is not None:
        mark_steps_undone(connection, entry)
    work.audit("returned", step=task.step, task=task.id, target=target, reason=reason, round=work.round)
    follow(work, went, [make_step(work, task, Outcome(decision=target, opinion=reason), went, "returned")])
    return went


def _prepare(work: Work, target: str, reason: str) -> Mapping[str, object]:
    """Give the party's steps their time anew and tell it what came back; return the variables that say until when."""
    if work.round > MANY_RETURNS:
        notify(work, ["supervisor"], "many_returns", work.round, {"returns": work.round - 1, "reason": reason})
    if target == "represent":
        return reopen_draft(work)
    if target in TIMED:
        return _prepare_timed(work, target, reason)
    return _prepare_filing(work, target, reason) if target in FILING_STEPS else {}


def _prepare_timed(work: Work, target: str, reason: str) -> dict[str, object]:
    """Give a party's step its time anew and tell the party why it came back."""
    variable, step_time = TIMED[target]
    due = work.explain_due(step_time)
    notify(work, PARTY, "returned", work.round, {"reason": reason, "target": target, "due": pack_step_due(due)})
    return {variable: (due.due + ONE_SECOND).isoformat()}


def _prepare_filing(work: Work, target: str, reason: str) -> dict[str, object]:
    """Give a returned filing its time anew and tell the party why it came back."""
    due = work.explain_due("submission")
    work.filing_due = due.due
    if target == "submit":
        receive_submission(work.connection, work.case.id, "returned", reason)
    else:
        unsign_submission(work.connection, work.case.id, reason)
    notify(work, PARTY, "returned", work.round, {"reason": reason, "target": target, "due": pack_step_due(due)})
    return {"unfiled_at": find_unfiled_at(due).isoformat()}
