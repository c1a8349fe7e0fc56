"""`kaohe bench score`: sheets per second, ours and straight-line Python side by side in one process.

Each round scores the same facts three ways, one after the other: straight-line Python, the rubric's scorer without
working, and with it. Ratios are of the medians over the rounds, so that a busy machine hits all three alike.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

from app.programmes.catalogue import get_catalogue
from app.scoring.scorer import PartScorer
from benchmarks.straight_line import SCORERS
from benchmarks.straight_line.random_facts import draw_facts

Facts = Mapping[str, object]
SEED = 20250101


@dataclass(frozen=True)
class Speed:
    """Sheets per second of one part, three ways."""

    rubric: str
    part: str
    straight: float
    plain: float
    working: float

    @property
    def plain_ratio(self) -> float:
        """Our speed without working as a share of straight-line Python's."""
        return self.plain / self.straight

    @property
    def working_ratio(self) -> float:
        """Our speed with working as a share of straight-line Python's."""
        return self.working / self.straight


def measure_speeds(sheets: int, rounds: int) -> list[Speed]:
    """Return the speeds of every part of every rubric over `sheets` random complete facts, drawn with a fixed seed."""
    speeds = []
    for (rubric, part), straight in SCORERS.items():
        rng = random.Random(SEED)  # noqa: S311  # facts for a benchmark, no secret
        facts = [draw_facts(rng, rubric, part) for _ in range(sheets)]
        scorer = PartScorer(get_catalogue().get_rubric(rubric), part)
        check_agreement(scorer, straight, facts[:200])
        ways = (straight, _bind_plain(scorer), _bind_working(scorer))
        times = [_time_round(ways, facts) for _ in range(rounds)]
        medians = [sheets / median(column) for column in zip(*times, strict=True)]
        speeds.append(Speed(rubric, part, *medians))
    return speeds


def check_agreement(
    scorer: PartScorer, straight: Callable[[Facts], tuple[object, ...]], facts: Sequence[Facts]
) -> None:
    """Stop when both ways don't give the same total and points: a benchmark of different results means nothing."""
    for one in facts:
        total, points, *_rest = straight(one)
        sheet = scorer.score(scorer.check_facts(one))
        if (sheet.total, sheet.indicators) != (total, points):
            raise AssertionError(
                f"{scorer.rubric.rubric} {scorer.part_name}: {sheet} is not {total} {points} for {one}"
            )


def _bind_plain(scorer: PartScorer) -> Callable[[Facts], object]:
    check, score = scorer.check_facts, scorer.score
    return lambda facts: score(check(facts))


def _bind_working(scorer: PartScorer) -> Callable[[Facts], object]:
    check, explain = scorer.check_facts, scorer.explain
    return lambda facts: explain(check(facts))


def _time_round(ways: Sequence[Callable[[Facts], object]], facts: Sequence[Facts]) -> list[float]:
    times = []
    for way in ways:
        begin = time.process_time()
        for one in facts:
            way(one)
        times.append(time.process_time() - begin)
    return times


@dataclass(frozen=True)
class Stream:
    """What `kaohe score` took for many lines in one run: seconds, and its peak memory for few and for all lines."""

    sheets: int
    seconds: float
    few_peak_mb: float
    peak_mb: float


def measure_stream(sheets: int) -> Stream:
    """Return the time and peak memory of the real command over `sheets` lines; 100 lines first, for comparison."""
    rng = random.Random(SEED)  # noqa: S311  # facts for a benchmark, no secret
    lines = [json.dumps(draw_facts(rng, "hongshan-talent-training", "Q1"), default=_write_decimal) for _ in range(1000)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.jsonl"
        file.write_text("\n".join(lines[:100]) + "\n")
        _seconds, few_peak = _run_command(file)
        with file.open("w") as stream:
            for number in range(sheets):
                stream.write(lines[number % len(lines)] + "\n")
        seconds, peak = _run_command(file)
    return Stream(sheets, seconds, few_peak, peak)


def _write_decimal(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _run_command(file: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", "from app.cli import main; main()", "score", "hongshan-talent-training", "Q1"]
    begin = time.perf_counter()
    subprocess.run([*command, str(file)], stdout=subprocess.DEVNULL, check=True)  # noqa: S603  # our own command
    seconds = time.perf_counter() - begin
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
