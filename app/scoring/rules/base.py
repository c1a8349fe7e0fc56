"""What every kind of rule offers: its facts, its points and its findings, bound once to the indicator it belongs to.

`bind_points` and `bind_findings` return closures over plain values, so that scoring a sheet walks no models.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Fact, FactType, Value, Values
from app.scoring.findings import AT_LEAST, COST, YES, Asked, Row, charge, leave_open
from app.scoring.model import ZERO, Code, Model, NonNegative, Positive, as_bound, round_up

PointsFunction = Callable[[Values], Decimal]
Found = tuple[list[Row], Decimal]
"""Findings, and what they cost together; meaningful once no fact is missing."""
FindingsFunction = Callable[[Values], Found]
Wish = tuple[str, FactType]
"""A fact that a rule reads, with the type that it expects."""
NUMBERS = (FactType.COUNT, FactType.NUMBER, FactType.SHARE)


@dataclass(frozen=True)
class Context:
    """The indicator that a rule is bound to: code, name, base points, source sentence, and the rubric's facts."""

    code: str
    name: str
    max: Decimal
    source: str
    facts: Mapping[str, Fact]

    def get_label(self, fact: str) -> str:
        """Return a fact's Chinese label; a judged mark bears the indicator's name."""
        return self.facts[fact].label if fact in self.facts else self.name


class ShareTarget(Model):
    """A target that is a share of another fact, rounded up to a whole number (达当地规模工业企业总数90%以上)."""

    percent: Positive = Field(title="百分比")
    of: Code = Field(title="基数")

    def find_target(self, values: Values) -> int | None:
        """Return the target, or None while the other fact is missing."""
        base = values.get(self.of)
        return None if base is None else round_up(self.percent * base / 100)


class Rule(Model):
    """Base of the kinds of rule. A `gate` is a yes/no fact without which the rule earns 0."""

    gate: Code | None = Field(None, title="前提")

    @abstractmethod
    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the names of the facts that the rule itself reads; a judged one reads its indicator's code."""

    @abstractmethod
    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the function from complete values to points in [0, max], the gate aside."""

    @abstractmethod
    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return the function from values, missing ones allowed, to findings with their uncapped costs."""

    def may_overcharge(self, full: Decimal) -> bool:
        """Whether the findings of the rule itself may cost more than the base points."""
        return False

    def list_facts(self, code: str) -> tuple[str, ...]:
        """Return the names of all facts that the rule reads, each once, in the rule's order."""
        gate = () if self.gate is None else (self.gate,)
        return tuple(dict.fromkeys(gate + self.list_own_facts(code)))

    def bind_points(self, context: Context) -> PointsFunction:
        """Return the function from complete values to points in [0, max]."""
        points, gate = self.bind_own_points(context), self.gate
        if gate is None:
            return points
        return lambda values: points(values) if values[gate] else ZERO

    def bind_findings(self, context: Context) -> FindingsFunction:
        """Return values → findings whose costs add up to the points lost."""
        findings, limit = self.bind_own_findings(context), context.max
        if self.gate is not None:
            findings = chain([bind_items([([Requirement(fact=self.gate)], limit)], context), findings])
        if self.gate is None and not self.may_overcharge(limit):
            return findings
        return lambda values: cap_costs(*findings(values), limit)


def cap_costs(found: list[Row], lost: Decimal, limit: Decimal) -> Found:
    """Return the findings with costs cut where together they pass the limit (直至扣完该项为止)."""
    if lost <= limit:
        return found, lost
    left = limit
    for place, row in enumerate(found):
        cost = row[COST]
        if cost:
            found[place] = charge(row, min(cost, left))
            left -= min(cost, left)
    return found, limit


def chain(functions: Sequence[FindingsFunction]) -> FindingsFunction:
    """Return the function that gives the findings of all functions, in order, and their cost."""
    if len(functions) == 1:
        return functions[0]

    def findings(values: Values) -> Found:
        found: list[Row] = []
        lost = ZERO
        for function in functions:
            more, cost = function(values)
            found += more
            lost += cost
        return found, lost

    return findings


class Requirement(Model):
    """One condition: a number that reaches its target, or a yes where no target is given."""

    fact: Code = Field(title="指标值")
    at_least: NonNegative | ShareTarget | None = Field(None, title="不少于")

    def list_facts(self) -> tuple[str, ...]:
        """Return the names of the facts that it reads."""
        return (self.fact, self.at_least.of) if isinstance(self.at_least, ShareTarget) else (self.fact,)

    @property
    def bound(self) -> int | Decimal | None:
        """The number to reach, 1 standing for yes; None where it is a share of another fact."""
        if self.at_least is None:
            return 1
        return None if isinstance(self.at_least, ShareTarget) else as_bound(self.at_least)

    def find_bound(self, values: Values) -> Value | None:
        """Return the number to reach, None while the fact that it is a share of is missing."""
        return self.at_least.find_target(values) if isinstance(self.at_least, ShareTarget) else self.bound

    def ask(self, context: Context) -> Asked:
        """Return what it asks."""
        return Asked(context.get_label(self.fact), YES if self.at_least is None else AT_LEAST, context.source)


def bind_count_unmet(requirements: Sequence[Requirement]) -> Callable[[Values], int]:
    """Return the function from complete values to how many of the requirements are not met."""
    pairs = [(one.fact, one.bound) for one in requirements if one.bound is not None]
    shares = [(one.fact, one.find_bound) for one in requirements if one.bound is None]

    def count(values: Values) -> int:
        unmet = 0
        for fact, bound in pairs:
            if values[fact] < bound:
                unmet += 1
        return unmet

    if not shares:
        return count
    return lambda values: count(values) + sum(values[fact] < (find_bound(values) or 0) for fact, find_bound in shares)


def bind_items(items: Sequence[tuple[Sequence[Requirement], Decimal]], context: Context) -> FindingsFunction:
    """Return the findings of items, each some requirements that fall together and what their falling costs.

    The first requirement of an item that isn't met bears its cost.
    """
    rows = [
        (one.ask(context), one.fact, one.bound, None if one.at_least is None else one.bound, one.find_bound, item, cost)
        for item, (requirements, cost) in enumerate(items)
        for one in requirements
    ]

    def findings(values: Values) -> Found:
        found: list[Row] = []
        lost, charged = ZERO, -1
        for asked, fact, bound, target, find_bound, item, cost in rows:
            had = values.get(fact)
            if bound is None:
                bound = target = find_bound(values)  # noqa: PLW2901  # a share of another fact is known only now
            if had is None or bound is None:
                found.append((asked, target, None, None, None, None))
            elif had >= bound:
                found.append((asked, target, had, True, None, ZERO))
            elif item == charged:
                found.append((asked, target, had, False, None if target is None else bound - had, ZERO))
            else:
                charged = item
                lost += cost
                found.append((asked, target, had, False, None if target is None else bound - had, cost))
        return found, lost

    return findings


def find_number(asked: Asked, had: Value | None, target: Value | None, cost: Decimal) -> Row:
    """Return the finding of a number against a target that itself may be missing."""
    if had is None or target is None:
        return leave_open(asked, target)
    if had >= target:
        return (asked, target, had, True, None, ZERO)
    return (asked, target, had, False, target - had, cost)


Rounding = Literal["whole_half_up"]


def round_value(value: Value, rounding: Rounding | None) -> Value:
    """Return a number as a rule reads it (如有小数点，按四舍五入计)."""
    if rounding is None or isinstance(value, int):
        return value
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
