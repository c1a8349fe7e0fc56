"""`ratio`: max × actual ÷ target, at most max (未完成的按比例扣分)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Value, Values
from app.scoring.findings import AT_LEAST, Asked
from app.scoring.model import ZERO, Code, divide_half_up
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rule, find_number


class Ratio(Rule):
    """The share of a target that was reached: multiplied first, rounded half up to 4 decimals; target 0 is met."""

    kind: Literal["ratio"]
    actual: Code = Field(title="完成数")
    target: Code = Field(title="目标数")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the number done and its target."""
        return (self.actual, self.target)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the ratio of two facts."""
        actual, target, full = self.actual, self.target, context.max
        return lambda values: share_points(full, values[actual], values[target])

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return one finding that costs what is missing to the base points."""
        actual, target, full = self.actual, self.target, context.max
        asked = Asked(context.get_label(actual), AT_LEAST, context.source)

        def findings(values: Values) -> Found:
            had, wanted = values.get(actual), values.get(target)
            known = had is not None and wanted is not None
            cost = full - share_points(full, had or 0, wanted or 0) if known else ZERO
            return [find_number(asked, had, wanted, cost)], cost

        return findings


def share_points(full: Decimal, actual: Value, target: Value) -> Decimal:
    """Return full × actual ÷ target, at most full, half up to 4 decimals."""
    if actual >= target:
        return full
    return divide_half_up(full * actual, target, 4)
