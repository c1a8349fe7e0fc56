"""`per_shortfall`: the base points less `deduct` for each full step by which a number misses its target."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Value, Values
from app.scoring.findings import AT_LEAST, Asked, leave_open
from app.scoring.model import ZERO, Code, NonNegative, Positive, as_bound, divide_half_up
from app.scoring.rules.base import (
    Context,
    FindingsFunction,
    Found,
    PointsFunction,
    Rule,
    ShareTarget,
)
from app.scoring.rules.per_item import make_table

ONE = Decimal(1)


class PerShortfall(Rule):
    """A number and its target (每少100家次减1分).

    `partial_step` says what a step that is not full costs: nothing (`ignore`), all of it (`charge`), or its share
    (`prorate`, half up to 4 decimals).
    """

    kind: Literal["per_shortfall"]
    fact: Code = Field(title="指标值")
    target: NonNegative | ShareTarget = Field(title="目标")
    step: Positive = Field(ONE, title="每少")
    deduct: Positive = Field(title="扣分")
    partial_step: Literal["ignore", "charge", "prorate"] = Field("ignore", title="不足一档")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the number, and the fact that its target is a share of."""
        return (self.fact, self.target.of) if isinstance(self.target, ShareTarget) else (self.fact,)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the base points less the steps missing, looked up in a table where steps are whole."""
        fact, target, full = self.fact, self.target, context.max
        if self.partial_step != "ignore" or isinstance(target, ShareTarget):
            return lambda values: max(ZERO, full - self._find_cost(values[fact], self._find_target(values)))
        bound, step, table = as_bound(target), as_bound(self.step), make_table(full, self.deduct)
        last = len(table) - 1

        def points(values: Values) -> Decimal:
            short = bound - values[fact]
            if short <= 0:
                return full
            steps = short // step
            return table[int(steps)] if steps < last else table[last]

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return one finding with the cost of the steps missing."""
        fact, full, points = self.fact, context.max, self.bind_own_points(context)
        asked, share = Asked(context.get_label(fact), AT_LEAST, context.source), isinstance(self.target, ShareTarget)
        bound = self._find_target({}) if not share else None

        def findings(values: Values) -> Found:
            had, target = values.get(fact), self._find_target(values) if share else bound
            if had is None or target is None:
                return [leave_open(asked, target)], ZERO
            if had >= target:
                return [(asked, target, had, True, None, ZERO)], ZERO
            lost = full - points(values)
            return [(asked, target, had, False, target - had, lost)], lost

        return findings

    def _find_target(self, values: Values) -> Value | None:
        return self.target.find_target(values) if isinstance(self.target, ShareTarget) else as_bound(self.target)

    def _find_cost(self, had: Value, target: Value | None) -> Decimal:
        short = Decimal((target or 0) - had)
        if short <= 0:
            return ZERO
        if self.partial_step == "prorate":
            return divide_half_up(short * self.deduct, self.step, 4)
        steps = short // self.step
        if self.partial_step == "charge" and short % self.step:
            steps += 1
        return self.deduct * steps
