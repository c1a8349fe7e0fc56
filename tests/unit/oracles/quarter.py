"""A quarter in the second reading of `kaohe year`: its facts settled, its points counted, its special points capped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from app.programmes.catalogue import get_catalogue
from app.scoring.scorer import PartScorer

ZERO, FULL = Decimal(0), Decimal(25)
HONGSHAN = "hongshan-talent-training"
DEDUCTIONS = {"valid_complaints": 2, "safety_incidents": 5, "other_deduction": 1}
HONOURS = {"honours_municipal": 2, "honours_provincial": 5, "honours_national": 10}
TALENTS = {"talents_national": 2, "talents_provincial": 1}
INNOVATIONS = {"innovations_national": 2, "innovations_provincial": 1}
OTHER = {"other_addition": 1}
ADDITIONS = (*HONOURS, *TALENTS, *INNOVATIONS, *OTHER)
SPECIAL = (*DEDUCTIONS, *ADDITIONS)

Facts = dict[str, Any]


@dataclass
class Quarter:
    """What is known of a quarter; changed in place by appeals, settled deferrals and a termination."""

    year: int
    number: int
    facts: Facts
    points: dict[str, Decimal]
    used_before: dict[str, Decimal]
    special: Decimal = ZERO
    used: dict[str, Decimal] = field(default_factory=dict)
    held: dict[str, Decimal] = field(default_factory=dict)
    money: Decimal = ZERO
    proposals: list[str] = field(default_factory=list)
    rectifications: int = 0
    places: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"Y{self.year}Q{self.number}"

    @property
    def score(self) -> Decimal:
        return sum(self.points.values(), ZERO) + self.special

    @property
    def held_sum(self) -> Decimal:
        return sum(self.held.values(), ZERO)

    @property
    def effective(self) -> Decimal:
        return self.score + self.held_sum

    @property
    def deducted(self) -> Decimal:
        return FULL - self.effective


@cache
def get_scorer(programme: str, number: int) -> PartScorer:
    return PartScorer(get_catalogue().get_rubric(programme), f"Q{number}")


def find_points(programme: str, number: int, facts: Facts) -> dict[str, Decimal]:
    """Return the points of every indicator; special points are counted here and not there."""
    scorer = get_scorer(programme, number)
    plain = {name: value for name, value in facts.items() if name not in SPECIAL}
    return dict(scorer.score(scorer.check_facts(plain)).indicators)


def weigh(facts: Facts, weights: Mapping[str, int]) -> Decimal:
    return sum((Decimal(facts.get(name, 0)) * weight for name, weight in weights.items()), ZERO)


def find_special(facts: Facts, before: Mapping[str, Decimal]) -> tuple[Decimal, dict[str, Decimal]]:
    """Return the net special points, and what the year has used of each cap afterwards."""
    talents = min(weigh(facts, TALENTS), Decimal(10) - before["talents"])
    innovations = min(weigh(facts, INNOVATIONS), Decimal(10) - before["innovations"])
    added = weigh(facts, HONOURS) + talents + innovations + weigh(facts, OTHER)
    added = min(added, Decimal(30) - before["total"])
    used = {"talents": talents, "innovations": innovations, "total": added}
    return added - weigh(facts, DEDUCTIONS), {name: before[name] + used[name] for name in used}


def settle_facts(entry: Mapping[str, Any]) -> Facts:
    """Return the facts as the scorers left them: where they differ, the joint look's, else as in `facts`."""
    proposed: Facts = {**entry["facts"], **(entry.get("special") or {})}
    scorers = entry.get("scorers") or [{}]
    agreed = entry.get("agreed") or {}
    settled = dict(proposed)
    for name in {name for corrected in scorers for name in corrected}:
        base = proposed.get(name, 0)
        seen = [corrected.get(name, base) for corrected in scorers]
        differ = any(value != seen[0] for value in seen)
        settled[name] = agreed.get(name, base) if differ else seen[0]
    return settled


def accept(facts: Facts, accepted: Facts) -> Facts:
    """Return the facts with the party's laid over; of special points each keeps the better value."""
    better = {name: min(value, facts.get(name, 0)) for name, value in accepted.items() if name in DEDUCTIONS}
    better |= {name: max(value, facts.get(name, 0)) for name, value in accepted.items() if name in ADDITIONS}
    return {**facts, **accepted, **better}


def count_points(programme: str, quarter: Quarter) -> None:
    """Count a quarter's points from its facts; each indicator keeps the better of its points."""
    fresh = find_points(programme, quarter.number, quarter.facts)
    quarter.points = {code: max(points, quarter.points.get(code, ZERO)) for code, points in fresh.items()}
    scorer = get_scorer(programme, quarter.number)
    quarter.held = {code: scorer.get_max(code) - quarter.points[code] for code in quarter.held}
    if programme != HONGSHAN:
        quarter.special, quarter.used = find_special(quarter.facts, quarter.used_before)
