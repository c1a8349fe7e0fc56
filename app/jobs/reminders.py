"""Reminders by ladder: rows of the outbox, one a task, stage and person; a digest a day gathers them.

All open tasks are looked at once a day, in between only those that were opened or claimed lately: stages come by the
day. When the last look was is a mark in the database, so that a restart or another leader goes on from there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from sqlalchemy import Connection, RowMapping, String, bindparam, cast, literal_column, select

from app.calendar.ladder import Reminder, list_reminders
from app.casework.work import get_calendar
from app.clock import get_china_day
from app.db import reading, transaction
from app.identity.queries import list_holders
from app.jobs.guarding import guard
from app.jobs.marks import find_moment, put_mark
from app.outbox.models import IS_WAITING, outbox_messages
from app.outbox.operations import Outgoing, add, list_due_reminders, stop
from app.tasks.queries import list_all_open, list_open_ids

SUPERVISOR = "supervisor"
FILING_STEPS = ("submit", "sign_submission")
NEW_FOR_DAYS = 4
MARK = "reminded"
LATE = dt.timedelta(minutes=10)
"""How long before a look a task may have been written that only shows after it: a transaction takes no longer."""
AT_ONCE = 500
FindPeople = Callable[[str, int, str], tuple[int, ...]]
"""Finds who holds a role at an organisation for a programme."""
Known = dict[tuple[str, int, str], tuple[int, ...]]
"""Who holds which role, asked once a look."""

_M = outbox_messages.c
_THERE = select(_M.key).where(_M.key.in_(bindparam("keys", expanding=True)))
_told = outbox_messages.alias("told")
_UNMERGED = (
    select(_M.id)
    .where(
        IS_WAITING,
        _M.kind == "reminder",
        _M.next_try_at <= bindparam("now"),
        ~select(literal_column("1"))
        .where(_told.c.key == "digest:" + cast(_M.person_id, String) + bindparam("of_day", type_=String))
        .exists(),
    )
    .limit(1)
)


def add_reminders(now: dt.datetime) -> int:
    """Add today's reminders of open tasks; return how many were new.

    Of stages missed while nothing ran only the latest is sent; a finished task has none: reminders stop by themselves.
    """
    with reading() as connection:
        last = find_moment(connection, MARK)
        is_same_day = last is not None and last <= now and get_china_day(last) == get_china_day(now)
        ids = list_open_ids(connection, last - LATE if last is not None and is_same_day else None)
    known: Known = {}
    count = sum(_remind(ids[start : start + AT_ONCE], known, now) for start in range(0, len(ids), AT_ONCE))
    if last is None or not is_same_day or now - last >= LATE:
        with transaction() as connection:
            put_mark(connection, MARK, now.isoformat())
    return count


def has_to_merge(connection: Connection, today: dt.date, now: dt.datetime) -> bool:
    """Whether a reminder is due to somebody who has no digest of the day yet."""
    return connection.execute(_UNMERGED, {"now": now, "of_day": f":{today}"}).first() is not None


def stop_finished(connection: Connection, now: dt.datetime) -> None:
    """Stop the reminders of tasks that were finished since they were written: a digest tells of open work only."""
    due = list_due_reminders(connection, now)
    tasks = {one.id: int(str(one.payload["task_id"])) for one in due}
    still_open = set(list_open_ids(connection, among=set(tasks.values())))
    stop(connection, [number for number, task_id in tasks.items() if task_id not in still_open], now)


def _remind(ids: Sequence[int], known: Known, now: dt.datetime) -> int:
    """Compute some tasks' reminders without a lock, and write those that are not there yet."""
    today = get_china_day(now)
    gathered: list[Outgoing] = []
    with reading() as connection:
        find_people = partial(_find_people, connection, known, today)
        for task in list_all_open(connection, ids):
            with guard("remind of task", task["id"]):
                gathered += _list_for(task, today, now, find_people)
        new = _leave_out_known(connection, gathered)
    for start in range(0, len(new), AT_ONCE):
        with transaction() as connection:
            some = new[start : start + AT_ONCE]
            still_open = set(list_open_ids(connection, among=ids))
            add(connection, [one for one in some if one.payload["task_id"] in still_open], now)
    return len(new)


def _find_people(
    connection: Connection, known: Known, today: dt.date, role: str, organisation_id: int, programme: str
) -> tuple[int, ...]:
    place = (role, organisation_id, programme)
    if place not in known:
        known[place] = tuple(one.id for one in list_holders(connection, *place, today))
    return known[place]


def _leave_out_known(connection: Connection, gathered: Sequence[Outgoing]) -> list[Outgoing]:
    """Return the reminders whose key is not in the outbox yet."""
    known: set[str] = set()
    for start in range(0, len(gathered), AT_ONCE):
        keys = [one.key for one in gathered[start : start + AT_ONCE]]
        known.update(connection.execute(_THERE, {"keys": keys}).scalars())
    return [one for one in gathered if one.key not in known]


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
    ladder = _list_ladder(get_china_day(due_at), start)
    come = [one for one in ladder if start < one.day <= today]
    return come[-1] if come else None


@lru_cache(maxsize=4096)
def _list_ladder(due_day: dt.date, start: dt.date) -> tuple[Reminder, ...]:
    """Return the ladder of a due day: many tasks share one."""
    return tuple(list_reminders(get_calendar(), due_day, start))


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
