"""`kaohe bench`: the yardsticks, measured here and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from app.cli.numbers import write_json
from app.cli.tables import NUMBER, TEXT, print_note, print_table
from app.cli.words import _


@click.group(help=_("Measure: our own figures beside a yardstick, in one run."))
def bench() -> None:
    """Gather the benchmarks."""


@bench.command("score", help=_("Sheets per second for each rubric beside straight-line Python, and memory."))
@click.option("--sheets", default=2000, show_default=True, help=_("Sheets a round."), type=click.IntRange(10))
@click.option("--rounds", default=7, show_default=True, help=_("Rounds; the median counts."), type=click.IntRange(1))
@click.option("--stream", default=100_000, show_default=True, help=_("Lines through the command, for its memory."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def bench_score(*, sheets: int, rounds: int, stream: int, as_json: bool) -> None:
    """Measure scoring."""
    module = load_benchmark("benchmarks.score")
    speeds = module.measure_speeds(sheets, rounds)
    if not as_json:
        print_speeds(speeds)
    streamed = module.measure_stream(stream)
    if as_json:
        print(write_json({"speeds": [vars(one) for one in speeds], "stream": vars(streamed)}, indent=2))
        return
    text = _("kaohe score, {sheets} lines: {seconds} s, peak memory {peak} MB (100 lines: {few} MB)")
    seconds, peak, few = (f"{one:.1f}" for one in (streamed.seconds, streamed.peak_mb, streamed.few_peak_mb))
    print(text.format(sheets=streamed.sheets, seconds=seconds, peak=peak, few=few))


DATABASE = click.option(
    "--database",
    type=click.Choice(["all", "sqlite", "postgresql"]),
    default="all",
    show_default=True,
    help=_("Which database; all: SQLite, and PostgreSQL where KAOHE_BENCH_POSTGRESQL or the local port answers."),
)


@bench.command("case", help=_("A human step beside SpiffWorkflow with raw SQL; opening, rework, inbox, storage."))
@click.option("--cases", default=30, show_default=True, help=_("Cases a round and way."), type=click.IntRange(1))
@click.option("--rounds", default=7, show_default=True, help=_("Rounds; the median counts."), type=click.IntRange(1))
@click.option("--opening", default=10_000, show_default=True, help=_("Cases opened at once."), type=click.IntRange(1))
@click.option("--returns", default="10,100,500", show_default=True, help=_("After how many returns to measure."))
@click.option("--tasks", default="1000,100000", show_default=True, help=_("Open tasks in the inbox."))
@DATABASE
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def bench_case(
    *, cases: int, rounds: int, opening: int, returns: str, tasks: str, database: str, as_json: bool
) -> None:
    """Measure casework at the service layer."""
    module = load_benchmark("benchmarks.case")
    counts = module.Counts(cases, rounds, opening, read_counts(returns, "--returns"), read_counts(tasks, "--tasks"))
    print_tables(module.measure(counts, load_benchmark("benchmarks.databases").list_kinds(database)), as_json=as_json)


@bench.command("web", help=_("A human step and pages over HTTP: the real server, sign-in, forms."))
@click.option("--cases", default=10, show_default=True, help=_("Cases a round and way."), type=click.IntRange(1))
@click.option("--rounds", default=5, show_default=True, help=_("Rounds; the median counts."), type=click.IntRange(1))
@click.option("--pages", default=200, show_default=True, help=_("Tries of each page."), type=click.IntRange(2))
@click.option("--tasks", default=1000, show_default=True, help=_("Open tasks in the inbox."), type=click.IntRange(1))
@DATABASE
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def bench_web(*, cases: int, rounds: int, pages: int, tasks: int, database: str, as_json: bool) -> None:
    """Measure the web site."""
    module = load_benchmark("benchmarks.web")
    kinds = load_benchmark("benchmarks.databases").list_kinds(database)
    print_tables(module.measure(kinds, cases, rounds, pages, tasks), as_json=as_json)


def read_counts(text: str, option: str) -> tuple[int, ...]:
    """Return whole numbers above 0 from text with commas, rising; a usage error names the option."""
    parts = [one.strip() for one in text.split(",")]
    if not all(one.isdecimal() and int(one) > 0 for one in parts):
        raise click.BadParameter(_("whole numbers with commas, such as 10,100"), param_hint=option)
    return tuple(sorted({int(one) for one in parts}))


def print_tables(tables: Mapping[str, Sequence[Mapping[str, object]]], *, as_json: bool) -> None:
    """Print tables of figures by name: as JSON, or each with its columns as the benchmark calls them."""
    if as_json:
        print(write_json(tables, indent=2))
        return
    for name, rows in tables.items():
        columns = [(one, TEXT if isinstance(value, str) else NUMBER) for one, value in rows[0].items()]
        print_table(name, columns, [[show_figure(value) for value in row.values()] for row in rows])


def show_figure(value: object) -> str:
    """Return a figure with two decimals, anything else as it is."""
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def load_benchmark(name: str) -> ModuleType:
    """Return a benchmark's module; benchmarks come with a checkout, not with the wheel."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("benchmarks"):
            raise
        raise click.ClickException(
            _("benchmarks come with the source checkout, not with the installed package")
        ) from None


def print_speeds(speeds: Iterable[Any]) -> None:
    """Print the speeds (`benchmarks.score.Speed`) as a table, and the goals that they are held to."""
    columns = [(_("Rubric"), TEXT), (_("Part"), TEXT), (_("Straight-line, sheets/s"), NUMBER)]
    columns += [(_("Without working"), NUMBER), (_("Ratio"), NUMBER), (_("With working"), NUMBER), (_("Ratio"), NUMBER)]
    rows = [
        (
            one.rubric,
            one.part,
            f"{one.straight:,.0f}",
            f"{one.plain:,.0f}",
            f"{one.plain_ratio:.2f}",
            f"{one.working:,.0f}",
            f"{one.working_ratio:.2f}",
        )
        for one in speeds
    ]
    print_table(_("Scoring"), columns, rows)
    print_note(_("Goals: at least 0.50 without working, 0.33 with."))
