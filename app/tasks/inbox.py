"""The inbox (待办) and what was done (已办), page by page: each source of work is read by its own index.

A page's cost doesn't grow with the number of open tasks: of every source at most a page of (due, id) is read, and only
the page that is left is joined with its cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause

from app.cases.models import cases
from app.contracts.models import contracts, periods
from app.db import Moment
from app.identity.models import organisations
from app.tasks.models import Task, tasks

PAGE = 50
MOST_COUNTED = 100
MOST_FOUND = 200
ESCAPE = "/"
Box = Literal["mine", "role"]
Place = tuple[dt.datetime, int]
"""Where a page ends: the moment by which its rows are ordered, and the last row's id."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row of the inbox: the task, and what its case, contract and party are called."""

    task: Task
    case_code: str
    period: str
    status: str
    round: int
    contract_name: str
    party_name: str
    period_start: dt.date | None
    period_end: dt.date | None


@dataclass(frozen=True, slots=True)
class InboxScope:
    """Whose work to list: `people` (oneself, and whom one stands in for) by assignment, one's own claims, and `roles`.

    `roles`: (role, organisation, programme); a role for all programmes is given once for each.
    """

    person_id: int
    people: tuple[int, ...]
    roles: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What to leave in: a programme, a step, and a text in the contract's name or the case's code; "" for all."""

    programme: str = ""
    step: str = ""
    text: str = ""


# A literal: the partial indexes serve only a condition that names the state itself.
_IS_OPEN = tasks.c.state == literal_column("'open'")
_IS_FREE = _IS_OPEN & tasks.c.assigned_to.is_(None) & tasks.c.claimed_by.is_(None)
_COLUMNS = (
    *tasks.columns,
    cases.c.code,
    cases.c.period,
    cases.c.status,
    cases.c.round,
    contracts.c.name,
    organisations.c.name,
    periods.c.start,
    periods.c.end,
)
_TASK_COLUMNS = len(tasks.columns)


def _join(start: FromClause) -> FromClause:
    """Return tasks joined with what a row shows of their cases."""
    is_period = (periods.c.contract_id == cases.c.contract_id) & (periods.c.code == cases.c.period)
    return (
        start.join(cases, cases.c.id == tasks.c.case_id)
        .join(contracts, contracts.c.id == cases.c.contract_id)
        .join(organisations, organisations.c.id == cases.c.party_id)
        .outerjoin(periods, is_period)
    )


def list_inbox(
    connection: Connection,
    scope: InboxScope,
    box: Box,
    wanted: InboxFilter | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> list[InboxRow]:
    """Return open tasks due first: `mine` (assigned to or claimed by me) or `role` (free, for a role that I hold).

    `after`: the due moment and id of the last row of the page before.
    """
    wanted = wanted or InboxFilter()
    if wanted.text:
        return _search(connection, scope, box, wanted, after, limit)
    sources = _list_sources(scope, box, wanted.programme)
    if not sources:
        return []
    kinds = tuple(kind for kind, _values in sources)
    statement = _build_page(kinds, has_step=bool(wanted.step), has_after=after is not None)
    values: dict[str, object] = {"step": wanted.step, "most": limit, **_bind(sources)}
    if after is not None:
        values |= {"after_due": after[0], "after_id": after[1]}
    return _read(connection, statement, values)


def count_inbox(connection: Connection, scope: InboxScope) -> dict[Box, int]:
    """Return how many open tasks each box holds, without filters; of each source at most `MOST_COUNTED`."""
    boxes: tuple[Box, ...] = ("mine", "role")
    sources = {box: _list_sources(scope, box, "") for box in boxes}
    kinds = [tuple(kind for kind, _values in sources[box]) for box in boxes]
    values = {f"{box}_{name}": value for box in boxes for name, value in _bind(sources[box]).items()}
    return dict(zip(boxes, connection.execute(_build_counts(*kinds), values).one(), strict=True))


_DONE = (
    select(*_COLUMNS)
    .select_from(_join(tasks))
    .where(tasks.c.closed_by == bindparam("person_id"))
    .order_by(tasks.c.closed_at.desc(), tasks.c.id.desc())
    .limit(bindparam("most"))
)
_DONE_AFTER = _DONE.where(
    tuple_(tasks.c.closed_at, tasks.c.id) < tuple_(bindparam("after_at", type_=Moment()), bindparam("after_id"))
)


def list_done(connection: Connection, person_id: int, after: Place | None = None, limit: int = PAGE) -> list[InboxRow]:
    """Return what a person finished or returned, newest first (已办)."""
    values: dict[str, object] = {"person_id": person_id, "most": limit}
    if after is None:
        return _read(connection, _DONE, values)
    return _read(connection, _DONE_AFTER, {**values, "after_at": after[0], "after_id": after[1]})


Source = tuple[str, dict[str, object]]
"""A kind of source (assigned, claimed, role) with its parameters."""


def _list_sources(scope: InboxScope, box: Box, programme: str) -> list[Source]:
    if box == "mine":
        mine: list[Source] = [("assigned", {"person": one, "programme": programme}) for one in scope.people]
        return [*mine, ("claimed", {"person": scope.person_id, "programme": programme})]
    return [
        ("role", {"role": role, "organisation": organisation_id, "programme": name})
        for role, organisation_id, name in dict.fromkeys(scope.roles)
        if programme in ("", name)
    ]


def _bind(sources: Sequence[Source]) -> dict[str, object]:
    return {f"{name}_{place}": value for place, (_kind, own) in enumerate(sources) for name, value in own.items()}


def _list_conditions(kind: str, place: int, box: str = "") -> list[ColumnElement[bool]]:
    programme = bindparam(f"{box}programme_{place}", type_=String())
    if kind == "role":
        held = (tasks.c.role == bindparam(f"{box}role_{place}")) & (
            tasks.c.organisation_id == bindparam(f"{box}organisation_{place}")
        )
        return [_IS_FREE, held, tasks.c.programme == programme]
    column = tasks.c.assigned_to if kind == "assigned" else tasks.c.claimed_by
    return [_IS_OPEN, column == bindparam(f"{box}person_{place}"), or_(programme == "", tasks.c.programme == programme)]


def _build_source(kind: str, place: int, *, has_step: bool, has_after: bool) -> Select[tuple[int, dt.datetime]]:
    statement = (
        select(tasks.c.id, tasks.c.due_at)
        .where(*_list_conditions(kind, place))
        .order_by(tasks.c.due_at, tasks.c.id)
        .limit(bindparam("most"))
    )
    if has_step:
        statement = statement.where(tasks.c.step == bindparam("step"))
    if has_after:
        after = tuple_(bindparam("after_due", type_=Moment()), bindparam("after_id"))
        statement = statement.where(tuple_(tasks.c.due_at, tasks.c.id) > after)
    return select(*statement.subquery().columns)


@lru_cache(maxsize=512)
def _build_page(kinds: tuple[str, ...], *, has_step: bool, has_after: bool) -> Select[tuple[object, ...]]:
    parts = [_build_source(kind, at, has_step=has_step, has_after=has_after) for at, kind in enumerate(kinds)]
    found = union_all(*parts).subquery()
    page = select(found.c.id).order_by(found.c.due_at, found.c.id).limit(bindparam("most")).subquery()
    return (
        select(*_COLUMNS)
        .select_from(_join(page.join(tasks, tasks.c.id == page.c.id)))
        .order_by(tasks.c.due_at, tasks.c.id)
    )


@lru_cache(maxsize=128)
def _build_counts(mine: tuple[str, ...], role: tuple[str, ...]) -> Select[int, int]:
    return select(_count("mine_", mine), _count("role_", role))


def _count(box: str, kinds: tuple[str, ...]) -> ColumnElement[int]:
    if not kinds:
        return literal(0)
    parts = [
        select(literal_column("1").label("one"))
        .where(*_list_conditions(kind, place, box))
        .order_by(tasks.c.due_at, tasks.c.id)
        .limit(MOST_COUNTED)
        .subquery()
        for place, kind in enumerate(kinds)
    ]
    found = union_all(*[select(part.c.one) for part in parts]).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _read(connection: Connection, statement: Select[tuple[object, ...]], values: dict[str, object]) -> list[InboxRow]:
    rows = connection.execute(statement, values)
    return [InboxRow(Task(*row[:_TASK_COLUMNS]), *row[_TASK_COLUMNS:]) for row in rows]  # type: ignore[arg-type]  # the columns are the fields, in order


_NAMED = contracts.c.name.ilike(bindparam("part"), escape=ESCAPE)
_CONTRACTS_FOUND = (
    select(contracts.c.id)
    .where(
        or_(
            contracts.c.authority_id.in_(bindparam("organisations", expanding=True)),
            contracts.c.vendor_id.in_(bindparam("organisations", expanding=True)),
        ),
        or_(
            _NAMED,
            contracts.c.code.ilike(bindparam("part"), escape=ESCAPE),
            # A case's number begins with its contract's.
            func.lower(bindparam("text", type_=String())).startswith(func.lower(contracts.c.code)),
        ),
    )
    .order_by(contracts.c.id.desc())
    .limit(MOST_FOUND)
)
_CASES_FOUND = (
    select(cases.c.id)
    .join(contracts, contracts.c.id == cases.c.contract_id)
    .where(
        cases.c.contract_id.in_(bindparam("contracts", expanding=True)),
        cases.c.closed_at.is_(None),
        or_(_NAMED, cases.c.code.ilike(bindparam("part"), escape=ESCAPE)),
    )
    .order_by(cases.c.id.desc())
    .limit(MOST_FOUND)
)
_OF_CASES = (
    select(*_COLUMNS)
    .select_from(_join(tasks))
    .where(tasks.c.case_id.in_(bindparam("cases", expanding=True)), _IS_OPEN)
    .order_by(tasks.c.due_at, tasks.c.id)
)


def _search(
    connection: Connection, scope: InboxScope, box: Box, wanted: InboxFilter, after: Place | None, limit: int
) -> list[InboxRow]:
    """Find contracts, then their newest cases, then what is open on them: no scan over everybody's tasks."""
    organisations_of = sorted({organisation_id for _role, organisation_id, _programme in scope.roles})
    part = "%" + wanted.text.replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_") + "%"
    values: dict[str, object] = {"organisations": organisations_of, "text": wanted.text, "part": part}
    named = list(connection.execute(_CONTRACTS_FOUND, values).scalars())
    found = list(connection.execute(_CASES_FOUND, {"contracts": named, "part": part}).scalars()) if named else []
    rows = _read(connection, _OF_CASES, {"cases": found}) if found else []
    return [row for row in rows if _fits(row.task, scope, box, wanted) and _is_after(row.task, after)][:limit]


def _is_after(task: Task, after: Place | None) -> bool:
    return after is None or (task.due_at, task.id) > after


def _fits(task: Task, scope: InboxScope, box: Box, wanted: InboxFilter) -> bool:
    if wanted.programme not in ("", task.programme) or wanted.step not in ("", task.step):
        return False
    if box == "mine":
        return task.assigned_to in scope.people or task.claimed_by == scope.person_id
    is_free = task.assigned_to is None and task.claimed_by is None
    return is_free and (task.role, task.organisation_id, task.programme) in scope.roles
