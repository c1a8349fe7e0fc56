"""Reminders by ladder: rows of the outbox, one a task, stage and person; a digest a day gathers them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from sqlalchemy import Connection, RowMapping

from app.calendar.ladder import Reminder, list_reminders
from app.casework.work import get_calendar
from app.clock import get_china_day
from app.identity.queries import list_holders
from app.jobs.guarding import guard
from app.outbox.operations import Outgoing, add
from app.tasks.queries import list_all_open

SUPERVISOR = "supervisor"
FILING_STEPS = ("submit", "sign_submission")
NEW_FOR_DAYS = 4
FindPeople = Callable[[str, int, str], tuple[int, ...]]
"""Finds who holds a role at an organisation for a programme."""


def add_reminders(connection: Connection, now: dt.datetime) -> None:
    """Add today's reminders of all open tasks; one that is there already is not added again.

    Of stages missed while nothing ran only the latest is sent; a finished task has none: reminders stop by themselves.
    """
    today = get_china_day(now)

    @cache
    def find_people(role: str, organisation_id: int, programme: str) -> tuple[int, ...]:
        return tuple(one.id for one in list_holders(connection, role, organisation_id, programme, today))

    gathered: list[Outgoing] = []
    for task in list_all_open(connection):
        with guard("remind of task", task["id"]):
            gathered += _list_for(task, today, now, find_people)
    add(connection, gathered, now)


def _list_for(task: RowMapping, today: dt.date, now: dt.datetime, find_people: FindPeople) -> list[Outgoing]:
    """Return a task's reminders of the day, the supervisor's included where it is late or nobody holds its role."""
    stage = find_stage(task, today)
    if stage is None and not is_new(task, today):
        return []
    named = task["assigned_to"] or task["claimed_by"]
    people = (named,) if named else find_people(task["role"], task["organisation_id"], task["programme"])
    found = [*_make(task, stage, people, now)]
    if not people or (stage is not None and stage.escalates):
        supervisors = find_people(SUPERVISOR, task["authority_id"], task["programme"])
        found += _make(task, stage, supervisors, now, "escalation")
    return found


def find_stage(task: Mapping[str, object] | RowMapping, today: dt.date) -> Reminder | None:
    """Return the latest stage of a task's ladder that has come, or None before the first."""
    due_at = task["due_at"]
    if not isinstance(due_at, dt.datetime):
        raise TypeError("due_at is a moment")
    start = dt.date.fromisoformat(str(task["start_day"]))
    ladder = list_reminders(get_calendar(), get_china_day(due_at), start)
    come = [one for one in ladder if start < one.day <= today]
    return come[-1] if come else None


def is_new(task: Mapping[str, object] | RowMapping, today: dt.date) -> bool:
    """Whether a task reached its people so lately that the day's digest names it as new."""
    return (today - dt.date.fromisoformat(str(task["start_day"]))).days <= NEW_FOR_DAYS


def find_template(step: str, stage: Reminder | None) -> str:
    """Return which reminder tells of a task: new, due, or a filing that is overdue."""
    if stage is None:
        return "step_assigned"
    return "filing_overdue" if step in FILING_STEPS and stage.escalates else "step_due"


def _make(
    task: RowMapping, stage: Reminder | None, people: tuple[int, ...], now: dt.datetime, template: str = ""
) -> Iterator[Outgoing]:
    template, number = template or find_template(task["step"], stage), "new" if stage is None else stage.stage
    payload = {
        "task_id": task["id"],
        "case_id": task["case_id"],
        "case_code": task["case_code"],
        "contract": task["contract_name"],
        "period": task["period"],
        "step": task["step"],
        "role": task["role"],
        "stage": number,
        "due": task["due_explained"],
    }
    for person_id in people:
        key = f"{template}:{task['id']}:{number}:{person_id}"
        yield Outgoing(key, "reminder", person_id, template, payload, case_id=task["case_id"], not_before=now)
