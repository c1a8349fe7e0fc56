"""Several scorers: where their facts differ, what a joint look settles, and what their marks come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.scoring.facts import Value, Values
from app.scoring.model import divide_half_up


def find_differences(facts: Values, scorers: Sequence[Values]) -> tuple[str, ...]:
    """Return the names of the facts that scorers see differently; each scorer gives only what they correct."""
    touched = dict.fromkeys(name for corrections in scorers for name in corrections)
    return tuple(name for name in touched if len({_see(facts, corrections, name) for corrections in scorers}) > 1)


def settle_facts(facts: Values, scorers: Sequence[Values], agreed: Values) -> dict[str, Value]:
    """Return the settled facts: what all scorers see alike, else what the joint look agreed, else the fact as given."""
    settled: dict[str, Value] = dict(facts)
    differing = set(find_differences(facts, scorers))
    for corrections in scorers:
        settled.update({name: value for name, value in corrections.items() if name not in differing})
    settled.update({name: agreed[name] for name in differing if name in agreed})
    return settled


def _see(facts: Values, corrections: Values, name: str) -> Value | None:
    return corrections[name] if name in corrections else facts.get(name)


@dataclass(frozen=True)
class Mark:
    """What the marks of a judged indicator come to, and whether their spread asks for a joint look."""

    points: Decimal
    needs_joint_look: bool


def settle_marks(marks: Sequence[Decimal], full: Decimal, spread_percent: Decimal, trim_from: int = 5) -> Mark:
    """Return the mean of the marks, half up to 0.01, without the highest and lowest from `trim_from` scorers up.

    A spread above `spread_percent` of the base points goes to the joint look. `marks` must not be empty.
    """
    spread = max(marks) - min(marks)
    counted = sorted(marks)[1:-1] if len(marks) >= trim_from else list(marks)
    mean = divide_half_up(sum(counted, Decimal(0)), len(counted), 2)
    return Mark(mean, spread * 100 > spread_percent * full)


def overlay_better_special(
    values: Values, accepted: Mapping[str, Value], deductions: frozenset[str]
) -> dict[str, Value]:
    """Return special facts with the accepted ones laid over, each kept where it was better (never worse for asking)."""
    better = dict(values)
    for name, value in accepted.items():
        old = better.get(name, 0)
        better[name] = min(old, value) if name in deductions else max(old, value)
    return better
