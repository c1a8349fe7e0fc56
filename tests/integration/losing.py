"""Facts of a quarter that lose exactly so many points: found by trying values of single facts, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from app.casework.work import get_part_scorer
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer
from tests.integration.simulating import HONGSHAN, reach

Facts = dict[str, Value]


def lose_exactly(part: str, lost: str) -> dict[str, object]:
    """Facts of a quarter of Hongshan that lose exactly these points."""
    changes = _list_reachable(part)[Decimal(lost)]
    return reach(HONGSHAN, part, **changes)


@cache
def _list_reachable(part: str) -> dict[Decimal, Facts]:
    """Every loss that the indicators come to together, each with changed facts."""
    scorer = get_part_scorer(HONGSHAN, 1, part)
    full = scorer.check_facts(reach(HONGSHAN, part))
    reachable: dict[Decimal, Facts] = {Decimal(0): {}}
    for code in scorer.codes:
        options = dict(_list_options(scorer, code, full))
        for lost, changes in list(reachable.items()):
            for more, change in options.items():
                reachable.setdefault(lost + more, {**changes, **change})
    return reachable


def _list_options(scorer: PartScorer, code: str, full: Facts) -> Iterator[tuple[Decimal, Facts]]:
    best = scorer.score_indicator(code, full)
    for name in scorer.reads[code]:
        value = full[name]
        for lower in {0, int(value) // 2, *range(max(0, int(value) - 30), int(value))}:
            lost = best - scorer.score_indicator(code, {**full, name: lower})
            if lost:
                yield lost, {name: lower}
    nothing: Facts = dict.fromkeys(scorer.reads[code], 0)
    yield best - scorer.score_indicator(code, {**full, **nothing}), nothing
