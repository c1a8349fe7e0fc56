"""Withdraw an appeal (撤回复核申请) that isn't answered yet: by the party's head, with a reason; the result stands."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.calendar.due_explained import StepDue, pack_step_due
from app.cases.models import Case
from app.cases.queries import find_case, get_case, lock_case
from app.casework.notices import PARTY, notify
from app.casework.obstacles import find_appeal_due
from app.casework.withdraw_case import end_withdrawn
from app.casework.work import APPEAL, QUARTER, Doer, Work, make_case_target
from app.errors import KaoheError, Message
from app.permissions import Permission, require
from app.tasks.queries import list_open_tasks

FILING, HANDLING = "file_appeal", "handle_appeal"
LONGEST_REASON = 1000


class WithdrawalRefused(KaoheError):
    """An appeal that can't be withdrawn, and why; nothing is changed."""


def withdraw_appeal(connection: Connection, doer: Doer, case_id: int, reason: str, now: dt.datetime) -> Case:
    """Withdraw an appeal; return its case as it is closed.

    Its tasks close, its handler is told, points and money stay as published. Raises `NotPermitted`, or
    `WithdrawalRefused` for what isn't an appeal, is answered already, or has no reason.
    """
    case = lock_case(connection, case_id)
    require(doer.viewer, Permission.WITHDRAW_APPEAL, make_case_target(case))
    refusal = find_withdrawal_refusal(connection, case) or _check_reason(reason.strip())
    if refusal is not None:
        raise WithdrawalRefused(refusal)
    work, steps = Work(connection, case, now, doer), {one.step for one in list_open_tasks(connection, case.id)}
    again = find_time_left(connection, case, now)
    payload = {
        "person": doer.name,
        "reason": reason.strip(),
        "due": None if again is None else pack_step_due(again),
    }
    told = [*PARTY, "appeal_handler"] if HANDLING in steps else list(PARTY)
    notify(work, told, "appeal_withdrawn", "final", payload)
    end_withdrawn(work, "appeal_withdrawn", {"reason": reason.strip()})
    return get_case(connection, case_id)


def find_withdrawal_refusal(connection: Connection, case: Case) -> Message | None:
    """Return why a case is no appeal that can still be withdrawn, None where it is one."""
    if case.process != APPEAL:
        return Message("only an appeal is withdrawn by its party")
    if case.closed_at is not None:
        return Message("this appeal is closed already")
    if not {one.step for one in list_open_tasks(connection, case.id)} & {FILING, HANDLING}:
        return Message("this appeal is answered already and waits for its signature; it can't be withdrawn any more")
    return None


def find_time_left(connection: Connection, case: Case, now: dt.datetime) -> StepDue | None:
    """Return until when another appeal may be filed in the place of this one, None where the time is over."""
    quarter = find_case(connection, QUARTER, case.contract_id, case.period)
    due = None if quarter is None else find_appeal_due(quarter)
    return None if due is None or now > due.due else due


def _check_reason(reason: str) -> Message | None:
    if reason and len(reason) <= LONGEST_REASON:
        return None
    return Message("give a reason of at most {most} characters", most=LONGEST_REASON)
