"""Complete a human step: check who and what, record it, advance the case, and all that follows, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.operations import NewStep
from app.casework.exclusions import is_exclusive, require_no_exclusion
from app.casework.follow import follow
from app.casework.services import bind_services
from app.casework.steps import STEPS
from app.casework.work import Doer, Outcome, Work, make_task_target
from app.db import dump_json
from app.permissions import Permission, require
from app.processes.operations import advance
from app.processes.values import Advance
from app.tasks.models import Task
from app.tasks.operations import close_task
from app.tasks.queries import lock_task_with_case


def complete_task(
    connection: Connection, doer: Doer, task_id: int, form: Mapping[str, object], now: dt.datetime
) -> Advance:
    """Complete a task with its form.

    Raises `TaskTaken` where somebody was first, `NotPermitted` or `Excluded` where this person may not, `FormRefused`
    naming every field that is wrong; then nothing is changed.
    """
    work = take_up(connection, doer, task_id, Permission.WORK_ON_TASK, "done", now)
    task = get_task(work)
    outcome = work.outcome = STEPS[task.step](work, form)
    went = advance(connection, work.case.instance_id, task.engine_id, outcome.variables, bind_services(work), now)
    digest = sha256(dump_json(dict(form)).encode()).hexdigest()
    work.audit("step_completed", step=task.step, task=task.id, decision=outcome.decision, form=digest)
    follow(work, went, [make_step(work, task, outcome, went)], lapsed_state="lapsed")
    return went


def take_up(
    connection: Connection, doer: Doer, task_id: int, permission: Permission, state: str, now: dt.datetime
) -> Work:
    """Lock a task's case, check that this person may work on it, and close the task as done or returned.

    It is closed first: whoever waited for the lock still sees the task as it was before (PostgreSQL reads anew only
    what it locks), and one conditional UPDATE tells who was first.
    """
    task, case = lock_task_with_case(connection, task_id)
    require_own(task, case, doer, permission)
    close_task(connection, task.id, state, doer.id, now)
    work = Work(connection, case, now, doer, task)
    if is_exclusive(task.step):
        require_no_exclusion(task.step, doer.id, work.done)
    return work


def require_own(task: Task, case: Case, doer: Doer, permission: Permission) -> None:
    """Refuse a task of somebody else's (`NotPermitted`), whether it is open or not."""
    target = make_task_target(task, case)
    seen = type(target)(target.case, target.role, target.assigned_to)
    require(doer.viewer, permission, seen)


def get_task(work: Work) -> Task:
    """Return the task at work; only work that was taken up has one."""
    if work.task is None:
        raise LookupError("no task is at work here")
    return work.task


def make_step(work: Work, task: Task, outcome: Outcome, went: Advance, as_: str = "done") -> NewStep:
    """Return a finished task as the step history records it, with the data that it started from."""
    entry = next((one.entry_data for one in went.finished if one.id == task.engine_id), {})
    return NewStep(
        step=task.step,
        engine_id=task.engine_id,
        role=task.role,
        person_id=work.person.id,
        person_name=work.person.name,
        started_at=task.opened_at,
        due_at=task.due_at,
        outcome=as_,
        decision=outcome.decision,
        opinion=outcome.opinion,
        entry_data=dict(entry),
    )
