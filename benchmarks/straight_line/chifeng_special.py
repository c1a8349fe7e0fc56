"""Chifeng's special points, taken and added beside the indicators in any quarter (rules.md section 2, 特殊分)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, EXACT, LIMIT, NUMBER, Kind, list_names

SPECIAL: dict[str, Kind] = {
    "valid_complaints": COUNT,
    "safety_incidents": COUNT,
    "other_deduction": NUMBER,
    "honours_municipal": COUNT,
    "honours_provincial": COUNT,
    "honours_national": COUNT,
    "talents_national": COUNT,
    "talents_provincial": COUNT,
    "innovations_national": COUNT,
    "innovations_provincial": COUNT,
    "other_addition": NUMBER,
}

_NOTHING = dict.fromkeys(SPECIAL, 0)
_READ_COUNTS = itemgetter(*list_names(SPECIAL, COUNT))
_READ_JUDGED = itemgetter(*list_names(SPECIAL, NUMBER))
_ADDED_AT_MOST = Decimal(30)


def score_special(facts: Mapping[str, object], known: frozenset[str]) -> Decimal | None:
    """Return what special points add and take together; None when one of their facts is odd or a name isn't `known`."""
    if not facts.keys() <= known:
        return None
    given = {**_NOTHING, **facts}
    values = _READ_COUNTS(given)
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return None
    deduction, addition = _READ_JUDGED(given)
    for score in (deduction, addition):
        if (type(score) is not int and not (type(score) is Decimal and score.is_finite())) or not 0 <= score <= LIMIT:
            return None
    (complaints, incidents, municipal, provincial, national, talents_national, talents_provincial,
     innovations_national, innovations_provincial) = values  # fmt: skip
    talents = min(10, 2 * talents_national + talents_provincial)
    innovations = min(10, 2 * innovations_national + innovations_provincial)
    honours = 2 * municipal + 5 * provincial + 10 * national
    added = min(_ADDED_AT_MOST, EXACT.add(honours + talents + innovations, addition))
    return EXACT.subtract(added, EXACT.add(2 * complaints + 5 * incidents, deduction))
