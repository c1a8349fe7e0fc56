"""What a deferred indicator's facts may have become by the year's end: proposals for the review (rules.md, §1).

Cumulative facts and stocks have their value at year's end. Of what counts a quarter alone, the year's total less what
the other quarters require is left for the deferred one, and never less than it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.scoring.facts import FactType, Stretch, Value
from app.scoring.scorer import PartScorer

AT_YEARS_END = frozenset({Stretch.YEAR_TO_DATE, Stretch.YEAR, Stretch.STOCK})
QUARTERS = 4
PLENTY = 10**6
"""More than any quarter asks of anything that is counted."""


@dataclass(frozen=True, slots=True)
class QuarterValues:
    """A quarter's facts: settled ones of an earlier quarter, those filed of the fourth."""

    code: str
    scorer: PartScorer
    values: Mapping[str, Value]


def propose(deferred: QuarterValues, code: str, year: Sequence[QuarterValues]) -> dict[str, Value]:
    """Return proposals for a deferred indicator's facts, where there is one.

    `year`: the quarters of its year that are known here, the fourth last; what counts by quarter needs all four.
    """
    found = {name: _propose(deferred, name, year) for name in deferred.scorer.reads[code]}
    return {name: value for name, value in found.items() if value is not None}


def _propose(deferred: QuarterValues, name: str, year: Sequence[QuarterValues]) -> Value | None:
    fact, last = deferred.scorer.facts[name], year[-1]
    if fact.covers in AT_YEARS_END:
        return last.values.get(name)
    if fact.type is not FactType.COUNT or len(year) < QUARTERS:
        return None
    had = [_count(one, name) for one in year]
    wanted = [find_least(one.scorer, name) for one in year if one.code != deferred.code]
    if None in had or None in wanted:
        return None
    left = sum(one for one in had if one is not None) - sum(one for one in wanted if one is not None)
    return max(_count(deferred, name) or 0, left)


def _count(quarter: QuarterValues, name: str) -> int | None:
    """Return a count of a quarter: 0 where its part doesn't know the fact, None while it is missing."""
    if name not in quarter.scorer.facts or not list(_list_readers(quarter.scorer, name)):
        return 0
    value = quarter.values.get(name)
    return None if value is None else int(value)


def find_least(scorer: PartScorer, name: str) -> int | None:
    """Return the least count with which a part's indicators lose nothing to a fact; 0 where none reads it.

    None where more of it is no better, so that no such number exists.
    """
    found = [_find_least(scorer, code, name) for code in _list_readers(scorer, name)]
    return None if None in found else max((one for one in found if one is not None), default=0)


def _list_readers(scorer: PartScorer, name: str) -> Iterator[str]:
    return (code for code, reads in scorer.reads.items() if name in reads)


def _find_least(scorer: PartScorer, code: str, name: str) -> int | None:
    """Halve the range: points never fall while a count grows, all else being plenty."""
    plenty: dict[str, Value] = {
        one: True if scorer.facts[one].type is FactType.YES_NO else PLENTY for one in scorer.reads[code]
    }
    full, low, high = scorer.get_max(code), 0, PLENTY
    if scorer.score_indicator(code, plenty) != full:
        return None
    while low < high:
        middle = (low + high) // 2
        if scorer.score_indicator(code, {**plenty, name: middle}) == full:
            high = middle
        else:
            low = middle + 1
    return low
