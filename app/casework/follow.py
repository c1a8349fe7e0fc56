"""What follows an advance of the engine: the inbox, the step history, the case's row, its audit chain, the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from app.audit.operations import append
from app.calendar.due_explained import pack_step_due
from app.cases.operations import NewStep, move_case, record_failure, record_steps, resolve_incident
from app.cases.queries import find_incident_of_case
from app.casework.notices import notify
from app.casework.statuses import find_status
from app.casework.work import Work, explain_until
from app.db import together
from app.identity.rules import get_role_by_lane
from app.outbox.operations import add
from app.permissions import PARTY_ROLES
from app.processes.values import Advance, Ready
from app.tasks.models import Task
from app.tasks.operations import NewTask, add_tasks, close_tasks_by_engine_id, drop_drafts
from app.tasks.queries import list_open_tasks

SYSTEM = "系统"


def follow(work: Work, advance: Advance, steps: Sequence[NewStep] = (), lapsed_state: str = "cancelled") -> None:
    """Write what an advance came to. `steps`: what people finished; tasks that the engine took get `lapsed_state`."""
    if advance.failure is not None:
        work.undo_services()
    lapsed = _close_gone(work, advance, lapsed_state)
    if advance.failure is not None:
        _record_failure(work, advance)
    ready = [make_task(work, one) for one in advance.ready]
    with together(work.connection):
        if work.task is not None:
            drop_drafts(work.connection, work.task, None if work.doer is None else work.doer.id)
        record_steps(work.connection, work.case, [*steps, *lapsed], work.now)
        add_tasks(work.connection, ready, work.now)
        _move(work, advance)
        add(work.connection, work.messages, work.now)


def _close_gone(work: Work, advance: Advance, state: str) -> list[NewStep]:
    """Close the tasks that a timer or a return took away; what a timer took is a step of the history too."""
    if not advance.gone:
        return []
    gone = [task for task in list_open_tasks(work.connection, work.case.id) if task.engine_id in advance.gone]
    close_tasks_by_engine_id(work.connection, work.case.id, advance.gone, state, work.now)
    if state != "lapsed":
        return []
    for task in gone:
        work.audit("step_lapsed", step=task.step, task=task.id)
    return [_make_lapsed(task) for task in gone]


def _make_lapsed(task: Task) -> NewStep:
    return NewStep(task.step, task.engine_id, task.role, None, SYSTEM, task.opened_at, task.due_at, "lapsed")


def make_task(work: Work, ready: Ready) -> NewTask:
    """Return a step that became ready as work for the inbox: whose, until when, why until then."""
    role = get_role_by_lane(ready.lane)
    organisation_id = work.case.party_id if role in PARTY_ROLES else work.case.authority_id
    due, explained = _find_due(work, ready)
    assigned_to = int(str(ready.data["scorer"])) if ready.step == "score" else None
    return NewTask(
        case_id=work.case.id,
        engine_id=ready.id,
        step=ready.step,
        role=role,
        organisation_id=organisation_id,
        programme=work.case.programme,
        assigned_to=assigned_to,
        start_day=str(explained["start"]),
        due_at=due,
        due_explained=explained,
    )


def _find_due(work: Work, ready: Ready) -> tuple[dt.datetime, Mapping[str, object]]:
    """Return until when a step may take; the signature has what is left of the time for the filing."""
    if ready.step in work.dues:
        due = work.dues[ready.step]
        return due.due, pack_step_due(due)
    if ready.step == "sign_submission" and work.task is not None and work.task.step == "submit":
        return work.task.due_at, work.task.due_explained
    due = work.explain_due(ready.properties["due"])
    granted = work.filing_due
    if ready.step == "submit" and granted is not None and granted != due.due:
        due = explain_until(work.today, granted)
    return due.due, pack_step_due(due)


def _record_failure(work: Work, advance: Advance) -> None:
    failure = advance.failure
    if failure is None:
        return
    before = find_incident_of_case(work.connection, work.case.id)
    message = f"{type(failure.error).__name__}: {failure.error}"
    incident = record_failure(work.connection, work.case.id, failure.operation, message, before, work.now)
    if incident.state == "open":
        payload = {"operation": failure.operation, "tries": incident.tries, "message": message}
        notify(work, ["process_admin"], "incident", incident.id, payload)
    work.audit("incident", operation=failure.operation, tries=incident.tries, message=message)


def settle_incident(work: Work, resolved_by: int | None) -> None:
    """Mark the case's incident as over once its automatic step ran."""
    incident = find_incident_of_case(work.connection, work.case.id)
    if incident is not None:
        resolve_incident(work.connection, incident.id, resolved_by, work.now)
        work.audit("incident_resolved", operation=incident.operation, tries=incident.tries)


def _move(work: Work, advance: Advance) -> None:
    actor = work.doer.actor if work.doer is not None else None
    entries = [(actor, action, details) for action, details in work.audited]
    head = append(work.connection, work.case.head, work.case.chain, entries, work.now)
    move_case(
        work.connection,
        work.case,
        status=find_status(work, advance),
        round_=work.round,
        filing_due=work.filing_due,
        closed_at=work.now if advance.is_completed else None,
        head=head,
    )
