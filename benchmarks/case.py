"""`kaohe bench case`: what a human step costs, beside SpiffWorkflow with raw SQL, in one run.

Each round measures all ways one after the other, so that a busy machine hits them alike: the yardstick on workload W,
ours on workload W, and ours on a whole quarter with its facts, findings, sheet and ledger. Figures are medians over the
rounds of each round's mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from statistics import mean, median

import app.casework.complete_task as completing
import app.processes.operations.change as engine
from app.cases.models import Case
from app.casework.return_case import return_case
from app.casework.work import QUARTER
from app.db import transaction
from benchmarks.bare_spiff import Bare, Timed, time_case
from benchmarks.databases import count_statements, make_database, measure_bytes, use_tables
from benchmarks.inbox import measure_inbox
from benchmarks.opening import measure_opening
from benchmarks.world import NOW, TEXT, WORKLOAD, World, find_open_task

BARE = "bare"
STATEMENTS_OF_BARE = 4.0
STEPS_OF_W = ("submit", "sign_submission", "check_completeness", "approve_plan", "represent_termination")
REASON = "材料不全"
MOST_ONE_BY_ONE = 200
NEAR = 5
"""How many rounds of rework around each count are measured."""


@dataclass(frozen=True)
class StepCost:
    """What a step of a way costs: milliseconds by the clock and of this process's CPU, and the statements it sends.

    Step "" stands for all of a case's. The database server's own work is in the clock's time only.
    """

    database: str
    way: str
    step: str
    milliseconds: float
    cpu_milliseconds: float
    statements: float


@dataclass(frozen=True)
class ReworkCost:
    """Milliseconds of a filing's step after so many returns, and as a multiple of the first."""

    database: str
    returns: int
    milliseconds: float
    ratio: float


@dataclass(frozen=True)
class PartCost:
    """Milliseconds that a part of a step takes on workload W."""

    database: str
    part: str
    milliseconds: float


Pair = tuple[float, float]
"""Milliseconds by the clock and of the CPU."""
Round = Mapping[str, Mapping[str, Pair]]
"""Times by way and step; the mean of a case's steps stands under ""."""


def measure_steps(kind: str, cases: int, rounds: int) -> list[StepCost]:
    """Return what each step costs in each way on one kind of database."""
    with make_database(kind) as bare_url, use_tables(kind):
        world, bare = World(), Bare(bare_url)
        try:
            statements = {BARE: dict.fromkeys(("", *STEPS_OF_W), STATEMENTS_OF_BARE)}
            statements |= {way: count_steps(world, way) for way in (WORKLOAD, QUARTER)}
            time_case(bare, TEXT)
            found = [_run_round(world, bare, cases) for _ in range(rounds)]
        finally:
            bare.close()
    return [
        StepCost(kind, way, step, *_take_medians([one[way][step] for one in found]), statements[way][step])
        for way, steps in found[0].items()
        for step in steps
    ]


def _run_round(world: World, bare: Bare, cases: int) -> Round:
    """Run cases of the three ways in turn."""
    found: dict[str, list[list[Timed]]] = {BARE: [], WORKLOAD: [], QUARTER: []}
    opened = {way: world.open_cases(cases, way) for way in (WORKLOAD, QUARTER)}
    for ours, quarter in zip(opened[WORKLOAD], opened[QUARTER], strict=True):
        found[BARE].append(time_case(bare, TEXT))
        found[WORKLOAD].append(world.run_case(ours, WORKLOAD))
        found[QUARTER].append(world.run_case(quarter, QUARTER))
    return {way: _average(times) for way, times in found.items()}


def _average(cases: list[list[Timed]]) -> dict[str, Pair]:
    """Return each step's medians in milliseconds, and their means under ""."""
    columns = zip(*cases, strict=True)
    steps = {of[0].step: _take_medians([(1000 * one.wall, 1000 * one.cpu) for one in of]) for of in columns}
    walls, cpus = zip(*steps.values(), strict=True)
    return {"": (mean(walls), mean(cpus)), **steps}


def _take_medians(pairs: Sequence[Pair]) -> Pair:
    return median(wall for wall, _cpu in pairs), median(cpu for _wall, cpu in pairs)


def count_steps(world: World, way: str) -> dict[str, float]:
    """Return how many statements each step of a case sends; savepoints count, BEGIN and COMMIT don't."""
    first, case = world.open_cases(2, way)
    world.run_case(first, way)
    counts: dict[str, float] = {}
    while task := find_open_task(case):
        with count_statements() as sent, transaction() as connection:
            completing.complete_task(connection, world.find_doer(task), task.id, world.make_form(task.step, way), NOW)
        counts[task.step] = float(len(sent))
    return {"": mean(counts.values()), **counts}


def measure_rework(kind: str, counts: tuple[int, ...]) -> list[ReworkCost]:
    """Return what filing costs after so many returns of one case, beside the first returns."""
    with use_tables(kind):
        world, times = World(), []
        first_case, case = world.open_cases(2, QUARTER)
        world.run_case(first_case, QUARTER)
        for _number in range(max(counts) + NEAR):
            times.append(_file_and_return(world, case))
    first = median(times[1 : 1 + NEAR])
    after = {count: median(times[count : count + NEAR]) for count in counts}
    return [ReworkCost(kind, 0, first, 1.0), *(ReworkCost(kind, n, ms, ms / first) for n, ms in after.items())]


def _file_and_return(world: World, case: Case) -> float:
    """File, sign and return a case; return the mean milliseconds of the three steps."""
    begin = time.perf_counter()
    for step in ("submit", "sign_submission", "check_completeness"):
        task = find_open_task(case)
        if task is None or task.step != step:
            raise LookupError(f"{step} isn't open")
        doer = world.find_doer(task)
        with transaction() as connection:
            if step == "check_completeness":
                return_case(connection, doer, task.id, "submit", REASON, NOW)
            else:
                completing.complete_task(connection, doer, task.id, world.make_form(step, QUARTER), NOW)
    return (time.perf_counter() - begin) * 1000 / 3


PARTS = (
    ("commit and the rest", None, ""),
    ("casework: lock, permission, close task, exclusions", completing, "take_up"),
    ("engine: SELECT", engine, "get_instance"),
    ("engine: load", engine, "load_state"),
    ("engine: run", engine, "run_automatic"),
    ("engine: trail", engine, "extend_trail"),
    ("engine: prune", engine, "prune"),
    ("engine: dump", engine, "dump_state"),
    ("engine: UPDATE", engine, "save_instance"),
    ("casework: drafts, history, inbox, audit, case, outbox", completing, "follow"),
)


def measure_parts(kind: str, cases: int) -> list[PartCost]:
    """Return where a step of workload W spends its time: a stop-watch around each part."""
    with use_tables(kind):
        world = World()
        world.run_case(world.open_cases(1, WORKLOAD)[0], WORKLOAD)
        opened, spent = (
            world.open_cases(cases, WORKLOAD),
            dict.fromkeys([name for name, _module, _function in PARTS], 0.0),
        )
        with _watch(spent):
            times = [one.wall for case in opened for one in world.run_case(case, WORKLOAD)]
    spent[PARTS[0][0]] = sum(times) - sum(spent.values())
    return [PartCost(kind, name, 1000 * seconds / len(times)) for name, seconds in spent.items()]


@contextmanager
def _watch(spent: dict[str, float]) -> Iterator[None]:
    """Put a stop-watch in the place of each part's function."""

    def timed(function: Callable[..., object], name: str, *args: object, **kwargs: object) -> object:
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - begin

    kept = [(module, name, getattr(module, name)) for _part, module, name in PARTS if module is not None]
    try:
        for part, module, name in PARTS[1:]:
            setattr(module, name, partial(timed, getattr(module, name), part))
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)


def measure_storage(kind: str, cases: int) -> float:
    """Return the bytes that a finished case of workload W takes, indexes included."""
    with use_tables(kind):
        world = World()
        periods = world.add_periods(cases)
        world.open_periods([], WORKLOAD)
        before = measure_bytes()
        for case in world.open_periods(periods, WORKLOAD):
            world.run_case(case, WORKLOAD)
        return (measure_bytes() - before) / cases


@dataclass(frozen=True)
class Counts:
    """How much to measure."""

    cases: int
    rounds: int
    opening: int
    returns: tuple[int, ...]
    tasks: tuple[int, ...]


Tables = dict[str, list[dict[str, object]]]
"""Rows of figures by the table's name."""


def measure(counts: Counts, kinds: Sequence[str]) -> Tables:
    """Measure everything on each kind of database; return tables of plain figures."""
    found: Tables = {name: [] for name in ("steps", "cases", "parts", "rework", "opening", "inbox", "storage")}
    for kind in kinds:
        costs = measure_steps(kind, counts.cases, counts.rounds)
        bare = next(one for one in costs if one.way == BARE and not one.step)
        found["steps"] += [{**asdict(one), "ratio": one.milliseconds / bare.milliseconds} for one in costs if one.step]
        found["cases"] += [_sum_up(one, costs, bare) for one in costs if not one.step]
        found["parts"] += [asdict(one) for one in measure_parts(kind, counts.cases)]
        found["rework"] += [asdict(one) for one in measure_rework(kind, counts.returns)]
        opened = measure_opening(kind, counts.opening, min(MOST_ONE_BY_ONE, counts.opening))
        found["opening"].append({**asdict(opened), "ratio": opened.ratio})
        found["inbox"] += [asdict(one) for one in measure_inbox(kind, counts.tasks)]
        found["storage"].append({"database": kind, "bytes_a_case": measure_storage(kind, counts.cases * 10)})
    return found


def _sum_up(one: StepCost, costs: Sequence[StepCost], bare: StepCost) -> dict[str, object]:
    """Return a way's mean step, its multiple of the yardstick's, and how many whole cases a second that is."""
    steps = [other.milliseconds for other in costs if other.way == one.way and other.step]
    return {
        "database": one.database,
        "way": one.way,
        "steps": len(steps),
        "milliseconds_a_step": one.milliseconds,
        "ratio": one.milliseconds / bare.milliseconds,
        "cpu_milliseconds_a_step": one.cpu_milliseconds,
        "cpu_ratio": one.cpu_milliseconds / bare.cpu_milliseconds,
        "cases_a_second": 1000 / sum(steps),
        "statements_a_step": one.statements,
    }
