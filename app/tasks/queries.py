"""Reading tasks: one with its case, a case's open ones, drafts; the inbox is in `inbox`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, and_, bindparam, or_, select

from app.cases.models import Case, cases
from app.contracts.models import contracts
from app.errors import Message, UnknownName
from app.tasks.models import Draft, Task, task_drafts, tasks

_TASK_COLUMNS = len(tasks.columns)
_WITH_CASE = select(tasks, cases).join(cases, cases.c.id == tasks.c.case_id).where(tasks.c.id == bindparam("id"))
_LOCK_WITH_CASE = _WITH_CASE.with_for_update(of=cases)
_OPEN_OF_CASE = select(tasks).where(tasks.c.case_id == bindparam("id"), tasks.c.state == "open").order_by(tasks.c.id)
_THIS = tasks.alias("this_task")
_DRAFT = (
    select(task_drafts.c.form, task_drafts.c.saved_at)
    .join(tasks, tasks.c.id == task_drafts.c.task_id)
    .join(_THIS, and_(_THIS.c.case_id == tasks.c.case_id, _THIS.c.step == tasks.c.step))
    .where(_THIS.c.id == bindparam("task_id"), task_drafts.c.person_id == bindparam("person_id"))
    .order_by(task_drafts.c.saved_at.desc())
    .limit(1)
)


def get_task_with_case(connection: Connection, task_id: int) -> tuple[Task, Case]:
    """Return a task and its case; `UnknownName` when there is none."""
    return _split(connection, _WITH_CASE, task_id)


def lock_task_with_case(connection: Connection, task_id: int) -> tuple[Task, Case]:
    """Return a task and its case, the case locked until the transaction ends; `UnknownName` when there is none."""
    return _split(connection, _LOCK_WITH_CASE, task_id)


def _split(connection: Connection, statement: object, task_id: int) -> tuple[Task, Case]:
    row = connection.execute(statement, {"id": task_id}).one_or_none()  # type: ignore[call-overload]  # both are selects
    if row is None:
        raise UnknownName(Message("unknown task {name}", name=task_id))
    return Task(*row[:_TASK_COLUMNS]), Case(*row[_TASK_COLUMNS:])


def list_open_tasks(connection: Connection, case_id: int) -> list[Task]:
    """Return a case's open tasks."""
    return [Task(*row) for row in connection.execute(_OPEN_OF_CASE, {"id": case_id})]


def list_open_tasks_of_cases(connection: Connection, case_ids: Collection[int]) -> list[Task]:
    """Return the open tasks of several cases."""
    if not case_ids:
        return []
    where = (tasks.c.case_id.in_(case_ids), tasks.c.state == "open")
    return [Task(*row) for row in connection.execute(select(tasks).where(*where))]


def list_open_of_steps(connection: Connection, steps: Collection[str], contract_ids: Collection[int]) -> list[Task]:
    """Return the open tasks of some steps in contracts' cases, due first."""
    if not contract_ids:
        return []
    statement = (
        select(tasks)
        .join(cases, cases.c.id == tasks.c.case_id)
        .where(tasks.c.state == "open", tasks.c.step.in_(steps), cases.c.contract_id.in_(contract_ids))
        .order_by(tasks.c.due_at, tasks.c.id)
    )
    return [Task(*row) for row in connection.execute(statement)]


def list_tasks(connection: Connection, case_id: int) -> list[Task]:
    """Return all tasks of a case, finished ones too, in the order in which they opened."""
    found = select(tasks).where(tasks.c.case_id == case_id).order_by(tasks.c.id)
    return [Task(*row) for row in connection.execute(found)]


def find_draft(connection: Connection, task_id: int, person_id: int) -> Draft | None:
    """Return what a person has typed into a step's form so far, or None.

    What was typed before somebody else's return is there still: the step comes again as a task of its own.
    """
    row = connection.execute(_DRAFT, {"task_id": task_id, "person_id": person_id}).one_or_none()
    return None if row is None else Draft(*row)


def list_open_ids(
    connection: Connection, since: dt.datetime | None = None, among: Collection[int] | None = None
) -> list[int]:
    """Return open tasks' numbers, due first: of those opened or claimed at or after `since`, of those among some."""
    statement = select(tasks.c.id).where(tasks.c.state == "open").order_by(tasks.c.due_at, tasks.c.id)
    if since is not None:
        statement = statement.where(or_(tasks.c.opened_at >= since, tasks.c.claimed_at >= since))
    if among is not None:
        statement = statement.where(tasks.c.id.in_(among))
    return list(connection.execute(statement).scalars())


def list_all_open(connection: Connection, among: Collection[int] | None = None) -> list[RowMapping]:
    """Return every open task, or those among some, with what reminders need: whose, since which day, until when."""
    statement = (
        select(
            tasks.c.id,
            tasks.c.case_id,
            tasks.c.step,
            tasks.c.role,
            tasks.c.organisation_id,
            tasks.c.programme,
            tasks.c.assigned_to,
            tasks.c.claimed_by,
            tasks.c.start_day,
            tasks.c.due_at,
            tasks.c.due_explained,
            cases.c.code.label("case_code"),
            cases.c.period,
            cases.c.authority_id,
            contracts.c.name.label("contract_name"),
        )
        .join(cases, cases.c.id == tasks.c.case_id)
        .join(contracts, contracts.c.id == cases.c.contract_id)
        .where(tasks.c.state == "open")
        .order_by(tasks.c.due_at, tasks.c.id)
    )
    if among is not None:
        statement = statement.where(tasks.c.id.in_(among))
    return list(connection.execute(statement).mappings())
