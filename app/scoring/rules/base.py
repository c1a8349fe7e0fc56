"""What every kind of rule offers: its facts, its points and its findings, bound once to the indicator it belongs to.

`bind_points` and `bind_findings` return closures over plain values, so that scoring a sheet walks no models.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Literal

from pydantic import Field

from app.scoring.facts import Fact, FactType, Value, Values
from app.scoring.findings import AT_LEAST, UNKNOWN_TARGET, YES, Finding, leave_open
from app.scoring.model import ZERO, Code, Model, NonNegative, Positive, as_bound, round_up

PointsFunction = Callable[[Values], Decimal]
FindingsFunction = Callable[[Values], list[Finding]]
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

    may_overcharge: ClassVar[bool] = False
    """Whether the findings of the rule itself may cost more than there is to lose."""

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
            gate = Requirement(fact=self.gate).bind(context)
            return lambda values: cap_costs([gate(values, limit), *findings(values)], limit)
        if self.may_overcharge:
            return lambda values: cap_costs(findings(values), limit)
        return findings


def cap_costs(findings: list[Finding], limit: Decimal) -> list[Finding]:
    """Return the findings with costs cut where together they pass the limit (直至扣完该项为止)."""
    if sum([finding.cost for finding in findings if finding.cost is not None], ZERO) <= limit:
        return findings
    left, capped = limit, []
    for finding in findings:
        if finding.cost is not None:
            cost = min(finding.cost, left)
            left -= cost
            finding = finding._replace(cost=cost)  # noqa: PLW2901  # the same finding with its cost cut
        capped.append(finding)
    return capped


class Requirement(Model):
    """One condition: a number that reaches its target, or a yes where no target is given."""

    fact: Code = Field(title="指标值")
    at_least: NonNegative | ShareTarget | None = Field(None, title="不少于")

    def list_facts(self) -> tuple[str, ...]:
        """Return the names of the facts that it reads."""
        return (self.fact, self.at_least.of) if isinstance(self.at_least, ShareTarget) else (self.fact,)

    def bind_test(self) -> Callable[[Values], bool]:
        """Return the function from complete values to whether the condition holds."""
        fact, target = self.fact, self.at_least
        if target is None:
            return lambda values: values[fact] is True
        if isinstance(target, ShareTarget):
            find_target = target.find_target
            return lambda values: values[fact] >= (find_target(values) or 0)
        bound = as_bound(target)
        return lambda values: values[fact] >= bound

    def bind(self, context: Context) -> Callable[[Values, Decimal], Finding]:
        """Return the function from values and a cost to the finding, the cost charged when it isn't met."""
        fact, label, source, target = self.fact, context.get_label(self.fact), context.source, self.at_least
        if target is None:
            return lambda values, cost: find_yes(label, values.get(fact), cost, source)
        if isinstance(target, ShareTarget):
            find_target = target.find_target
            return lambda values, cost: find_number(label, values.get(fact), find_target(values), cost, source)
        bound = as_bound(target)
        return lambda values, cost: find_number(label, values.get(fact), bound, cost, source)


def find_yes(label: str, had: Value | None, cost: Decimal, source: str) -> Finding:
    """Return the finding of a yes/no condition."""
    if had is None:
        return leave_open(label, YES, None, source)
    if had:
        return Finding(label, YES, None, had, True, None, ZERO, source)
    return Finding(label, YES, None, had, False, None, cost, source)


def find_number(label: str, had: Value | None, target: Value | None, cost: Decimal, source: str) -> Finding:
    """Return the finding of a number against a target that itself may be missing."""
    if had is None or target is None:
        return leave_open(label, UNKNOWN_TARGET if target is None else AT_LEAST, target, source)
    if had >= target:
        return Finding(label, AT_LEAST, target, had, True, None, ZERO, source)
    return Finding(label, AT_LEAST, target, had, False, target - had, cost, source)


Rounding = Literal["whole_half_up"]


def round_value(value: Value, rounding: Rounding | None) -> Value:
    """Return a number as a rule reads it (如有小数点，按四舍五入计)."""
    if rounding is None or isinstance(value, int):
        return value
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
