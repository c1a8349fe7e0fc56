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
    find_number,
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
            return lambda values: max(ZERO, full - self._find_cost(values[fact], self._find_target(values) or 0))
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
        asked = Asked(context.get_label(self.fact), AT_LEAST, context.source)
        if self.partial_step == "ignore" and not isinstance(self.target, ShareTarget):
            return self._bind_table_findings(context, asked, as_bound(self.target))
        fact, full, find_target, find_cost = self.fact, context.max, self._find_target, self._find_cost

        def findings(values: Values) -> Found:
            had, target = values.get(fact), find_target(values)
            if had is None or target is None:
                return [leave_open(asked, target)], ZERO
            lost = min(full, find_cost(had, target))
            return [find_number(asked, had, target, lost)], lost

        return findings

    def _bind_table_findings(self, context: Context, asked: Asked, bound: int | Decimal) -> FindingsFunction:
        fact, step = self.fact, as_bound(self.step)
        costs = [context.max - points for points in make_table(context.max, self.deduct)]
        last = len(costs) - 1

        def findings(values: Values) -> Found:
            had = values.get(fact)
            if had is None:
                return [leave_open(asked, bound)], ZERO
            if had >= bound:
                return [(asked, bound, had, True, None, ZERO)], ZERO
            short = bound - had
            steps = short // step
            lost = costs[int(steps)] if steps < last else costs[last]
            return [(asked, bound, had, False, short, lost)], lost

        return findings

    def _find_target(self, values: Values) -> Value | None:
        return self.target.find_target(values) if isinstance(self.target, ShareTarget) else as_bound(self.target)

    def _find_cost(self, had: Value, target: Value) -> Decimal:
        short = Decimal(target - had)
        if short <= 0:
            return ZERO
        if self.partial_step == "prorate":
            return divide_half_up(short * self.deduct, self.step, 4)
        steps = short // self.step
        if self.partial_step == "charge" and short % self.step:
            steps += 1
        return self.deduct * steps
