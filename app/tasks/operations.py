"""Writing tasks: opening, claiming, closing, drafts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import CHINA
from app.errors import KaoheError, Message
from app.identity.queries import get_person
from app.tasks.models import Task, task_drafts, tasks
from app.tasks.queries import get_task_with_case

MOST_DRAFT_CHARACTERS = 200_000


class TaskTaken(KaoheError):
    """Somebody else was first, or the task is no longer open; the message names who and when."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """Work that became ready: for a role at an organisation, or for one person."""

    case_id: int
    engine_id: str
    step: str
    role: str
    organisation_id: int
    programme: str
    assigned_to: int | None
    start_day: str
    due_at: dt.datetime
    due_explained: Mapping[str, object]


_INSERT = insert(tasks).inline()
_CLOSE = (
    update(tasks)
    .where(
        tasks.c.id == bindparam("task_id"),
        tasks.c.state == "open",
        or_(tasks.c.claimed_by.is_(None), tasks.c.claimed_by == bindparam("by")),
    )
    .values(state=bindparam("new_state"), closed_by=bindparam("by"), closed_at=bindparam("at"))
)
_CLOSE_BY_ENGINE_ID = (
    update(tasks)
    .where(
        tasks.c.case_id == bindparam("of_case"),
        tasks.c.engine_id.in_(bindparam("engine_ids", expanding=True)),
        tasks.c.state == "open",
    )
    .values(state=bindparam("new_state"), closed_at=bindparam("at"))
)
_CANCEL_ALL = (
    update(tasks)
    .where(tasks.c.case_id == bindparam("of_case"), tasks.c.state == "open")
    .values(state="cancelled", closed_at=bindparam("at"))
)
_CLAIM = (
    update(tasks)
    .where(
        tasks.c.id == bindparam("task_id"),
        tasks.c.state == "open",
        tasks.c.claimed_by.is_(None),
        tasks.c.assigned_to.is_(None),
    )
    .values(claimed_by=bindparam("by"), claimed_at=bindparam("at"))
)
_RELEASE = (
    update(tasks)
    .where(tasks.c.id == bindparam("task_id"), tasks.c.state == "open", tasks.c.claimed_by == bindparam("by"))
    .values(claimed_by=None, claimed_at=None)
)
_OF_STEP = select(tasks.c.id).where(tasks.c.case_id == bindparam("of_case"), tasks.c.step == bindparam("of_step"))
_DROP_DRAFTS = delete(task_drafts).where(
    or_(
        task_drafts.c.task_id == bindparam("task_id"),
        and_(task_drafts.c.person_id == bindparam("by"), task_drafts.c.task_id.in_(_OF_STEP)),
    )
)


def add_tasks(connection: Connection, new: Sequence[NewTask], now: dt.datetime) -> None:
    """Put work that became ready into the inbox."""
    if new:
        rows = [{name: getattr(one, name) for name in NewTask.__slots__} for one in new]
        connection.execute(_INSERT, [{**row, "opened_at": now, "state": "open"} for row in rows])


def close_task(connection: Connection, task_id: int, state: str, by: int, now: dt.datetime) -> None:
    """Close an open task that nobody else has, as done or returned; raise `TaskTaken` where somebody was first.

    Of several at once one closes it: the others wait for that transaction and find the task closed.
    """
    values = {"task_id": task_id, "new_state": state, "by": by, "at": now}
    if connection.execute(_CLOSE, values).rowcount != 1:
        task, _case = get_task_with_case(connection, task_id)
        raise TaskTaken(describe_taken(connection, task))


def close_tasks_by_engine_id(
    connection: Connection, case_id: int, engine_ids: Collection[str], state: str, now: dt.datetime
) -> None:
    """Close the open tasks of a case that the engine took away: a timer's, or undone by a return."""
    values = {"of_case": case_id, "engine_ids": list(engine_ids), "new_state": state, "at": now}
    connection.execute(_CLOSE_BY_ENGINE_ID, values)


def cancel_tasks(connection: Connection, case_id: int, now: dt.datetime) -> None:
    """Close every open task of a case that is withdrawn."""
    connection.execute(_CANCEL_ALL, {"of_case": case_id, "at": now})


def claim_task(connection: Connection, task_id: int, person_id: int, now: dt.datetime) -> None:
    """Take a task of one's role (签收), twice if need be; raise `TaskTaken` where somebody else was first."""
    if connection.execute(_CLAIM, {"task_id": task_id, "by": person_id, "at": now}).rowcount == 1:
        return
    task, _case = get_task_with_case(connection, task_id)
    if task.state == "open" and person_id in (task.claimed_by, task.assigned_to):
        return
    raise TaskTaken(describe_taken(connection, task))


def release_task(connection: Connection, task_id: int, person_id: int) -> None:
    """Give a claimed task back to its role (释放); nothing happens when it wasn't claimed by this person."""
    connection.execute(_RELEASE, {"task_id": task_id, "by": person_id})


def describe_taken(connection: Connection, task: Task) -> Message:
    """Return why a task can't be worked on: who claimed it, or how it ended, by whom and when (China time)."""
    number = task.closed_by or task.claimed_by or task.assigned_to
    name = None if number is None else get_person(connection, number).name
    moment = task.closed_at or task.claimed_at or task.opened_at
    at = moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    texts = {
        "open": Message("{name} has claimed this task ({at})", name=name, at=at),
        "done": Message("this step was already completed by {name} at {at}", name=name, at=at),
        "returned": Message("{name} already returned the case from this step at {at}", name=name, at=at),
        "lapsed": Message("the time for this step ran out at {at}", at=at),
        "cancelled": Message("this step was withdrawn at {at}, by a return or with its case", at=at),
    }
    return texts[task.state]


def save_draft(
    connection: Connection, task_id: int, person_id: int, form: Mapping[str, object], now: dt.datetime
) -> None:
    """Keep what a person has typed into a task's form; the newest wins."""
    if sum(len(str(value)) for value in form.values()) > MOST_DRAFT_CHARACTERS:
        raise KaoheError(Message("a draft holds at most {most} characters", most=MOST_DRAFT_CHARACTERS))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"task_id": task_id, "person_id": person_id, "form": dict(form), "saved_at": now}
    added = dialect.insert(task_drafts).values(values)
    keep = {"form": added.excluded.form, "saved_at": added.excluded.saved_at}
    connection.execute(added.on_conflict_do_update(index_elements=["task_id", "person_id"], set_=keep))


def drop_own_drafts(connection: Connection, task: Task, person_id: int) -> None:
    """Forget what one person has typed into a step, those before a return included."""
    mine = (task_drafts.c.person_id == person_id, task_drafts.c.task_id.in_(_OF_STEP))
    connection.execute(delete(task_drafts).where(*mine), {"of_case": task.case_id, "of_step": task.step})


def drop_drafts(connection: Connection, task: Task, by: int | None) -> None:
    """Forget the drafts of a finished task, and those that who finished it left at the step before a return."""
    values = {"task_id": task.id, "by": by, "of_case": task.case_id, "of_step": task.step}
    connection.execute(_DROP_DRAFTS, values)
