"""The inbox with many open tasks: its first and last page, and the counts on its tabs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from sqlalchemy import insert

from app.casework.open_many import open_periods
from app.db import reading, transaction
from app.tasks.inbox import PAGE, InboxRow, InboxScope, Place, count_inbox, list_inbox
from app.tasks.models import Task, tasks
from app.tasks.queries import list_open_tasks
from benchmarks.databases import use_tables
from benchmarks.world import NOW, PROGRAMME, World

SEEDED_AT_ONCE = 10_000
YEARS, OTHERS = 30, 100
ROLES = ("reviewer", "appeal_handler", "verifier", "approver")
REPEATS = 60


@dataclass(frozen=True)
class PageCost:
    """Milliseconds of a page of an inbox with so many open tasks: half of the tries took at most p50, 95 % p95."""

    database: str
    tasks: int
    page: str
    p50: float
    p95: float
    rows: int


def measure_inbox(kind: str, counts: tuple[int, ...]) -> list[PageCost]:
    """Return the cost of the first and last page of the box of one role, after adding up to each count of tasks."""
    found: list[PageCost] = []
    with use_tables(kind):
        world = World()
        opened, scope = open_others(world), make_scope(world)
        added = 0
        for count in counts:
            seed_tasks(world, opened, added, count)
            added = count
            found += [_time_page(kind, scope, count, "first", None)]
            found += [_time_page(kind, scope, count, "last", find_last_place(count))]
            found += [_time_count(kind, scope, count)]
    return found


def make_scope(world: World) -> InboxScope:
    """Return the inbox of a reviewer."""
    person = world.cast.people["reviewer"].id
    return InboxScope(person, (person,), (("reviewer", world.cast.authority_id, PROGRAMME),))


def open_others(world: World) -> list[Task]:
    """Open a hundred cases, whose rows are joined with those of the tasks; return their open tasks."""
    waiting = world.add_periods(1, YEARS)[:OTHERS]
    with transaction() as connection:
        opened = open_periods(connection, waiting, world.now)
        return [task for case in opened for task in list_open_tasks(connection, case.id)]


def seed_tasks(world: World, like: Sequence[Task], start: int, count: int) -> None:
    """Add free open tasks to cases up to a count: a quarter of them for each of four roles, due one minute apart."""
    for first in range(start, count, SEEDED_AT_ONCE):
        rows = [
            make_row(world, like[number % len(like)], number)
            for number in range(first, min(first + SEEDED_AT_ONCE, count))
        ]
        with transaction() as connection:
            connection.execute(insert(tasks), rows)
    with reading() as connection:
        connection.exec_driver_sql("ANALYZE")


def make_row(world: World, like: Task, number: int) -> dict[str, object]:
    """Return an open task of the case of another."""
    role = ROLES[number % len(ROLES)]
    return {
        "case_id": like.case_id,
        "engine_id": f"seeded-{number}",
        "step": "review",
        "role": role,
        "organisation_id": world.cast.authority_id,
        "programme": PROGRAMME,
        "opened_at": like.opened_at,
        "start_day": like.start_day,
        "due_at": find_due(number),
        "due_explained": like.due_explained,
        "state": "open",
    }


def find_due(number: int) -> dt.datetime:
    """Return when the task with a number is due."""
    return NOW + dt.timedelta(minutes=number)


def find_last_place(count: int) -> Place:
    """Return where the last page begins: after all of a role's tasks but a page."""
    return find_due(count - PAGE * len(ROLES)), 0


def _time_page(kind: str, scope: InboxScope, count: int, page: str, after: Place | None) -> PageCost:
    rows: list[InboxRow] = []
    times = []
    for _number in range(REPEATS):
        begin = time.perf_counter()
        with reading() as connection:
            rows = list_inbox(connection, scope, "role", after=after, limit=PAGE + 1)
        times.append(1000 * (time.perf_counter() - begin))
    return PageCost(kind, count, page, *find_quantiles(times), len(rows))


def _time_count(kind: str, scope: InboxScope, count: int) -> PageCost:
    times = []
    for _number in range(REPEATS):
        begin = time.perf_counter()
        with reading() as connection:
            count_inbox(connection, scope)
        times.append(1000 * (time.perf_counter() - begin))
    return PageCost(kind, count, "count", *find_quantiles(times), 1)


def find_quantiles(times: list[float]) -> tuple[float, float]:
    """Return p50 and p95."""
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]
