"""`kaohe bench`: the yardsticks, measured here and now."""

from __future__ import annotations

from collections.abc import Iterable
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
