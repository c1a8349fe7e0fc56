"""`against_target`: an actual number against the agreed target, with a floor that earns partial points."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.scoring.facts import Value, Values
from app.scoring.findings import AT_LEAST, MORE_THAN, Asked, Row, leave_open
from app.scoring.model import ZERO, Code, NonNegative, as_bound
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rule, find_number


class AgainstTarget(Rule):
    """Plain: target reached → max, else 0. With a floor: reached and above the floor → max; at the floor → partial."""

    kind: Literal["against_target"]
    fact: Code = Field(title="实际完成值")
    target: Code = Field(title="目标值")
    floor: NonNegative | None = Field(None, title="底线")
    partial: NonNegative | None = Field(None, title="部分得分")

    @model_validator(mode="after")
    def check_floor(self) -> Self:
        """Refuse a floor without partial points, and the other way round."""
        if (self.floor is None) != (self.partial is None):
            raise PydanticCustomError("floor_and_partial", "floor and partial go together")
        return self

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the actual number and its target."""
        return (self.fact, self.target)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the comparison."""
        fact, target, full = self.fact, self.target, context.max
        if self.floor is None or self.partial is None:
            return lambda values: full if values[fact] >= values[target] else ZERO
        floor, partial = as_bound(self.floor), self.partial

        def points(values: Values) -> Decimal:
            actual = values[fact]
            if actual >= values[target] and actual > floor:
                return full
            return partial if actual >= floor else ZERO

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return a finding against the target and, where there is a floor, one against the floor."""
        fact, target, label = self.fact, self.target, context.get_label(self.fact)
        reached, above = Asked(label, AT_LEAST, context.source), Asked(label, MORE_THAN, context.source)
        points, full = self.bind_own_points(context), context.max
        floor = None if self.floor is None else as_bound(self.floor)

        def findings(values: Values) -> Found:
            had, wanted = values.get(fact), values.get(target)
            lost = ZERO if had is None or wanted is None else full - points(values)
            found = find_number(reached, had, wanted, lost)
            if floor is None:
                return [found], lost
            if had is None or wanted is None:
                return [found, leave_open(above, floor)], lost
            return [found, _find_floor(above, had, floor, lost if had >= wanted else ZERO)], lost

        return findings


def _find_floor(asked: Asked, had: Value, floor: Value, cost: Decimal) -> Row:
    if had > floor:
        return (asked, floor, had, True, None, ZERO)
    return (asked, floor, had, False, floor - had, cost)
