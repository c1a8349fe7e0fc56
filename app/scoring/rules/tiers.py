"""`tiers`: the points of the first tier, from the highest down, whose lower bound the number reaches."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Value, Values
from app.scoring.findings import AT_LEAST, MORE_THAN, Asked, leave_open
from app.scoring.model import ZERO, Code, Model, NonNegative, as_bound
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rounding, Rule, round_value


class Tier(Model):
    """A band: its lower bound, inclusive as `at_least` or exclusive as `above`, and its points."""

    at_least: NonNegative | None = Field(None, title="达到")
    above: NonNegative | None = Field(None, title="超过")
    points: NonNegative = Field(title="分值")

    @property
    def bound(self) -> Decimal:
        """The lower bound, inclusive or not."""
        return self.at_least if self.at_least is not None else self.above or ZERO

    def is_reached_by(self, number: Value) -> bool:
        """Whether the number lies in this band or above."""
        return number > self.bound if self.at_least is None else number >= self.bound


class Tiers(Rule):
    """Bands of one number; the lowest has no floor and earns `otherwise`."""

    kind: Literal["tiers"]
    fact: Code = Field(title="指标值")
    tiers: tuple[Tier, ...] = Field(title="档次", min_length=1)
    otherwise: NonNegative = Field(ZERO, title="其余")
    round: Rounding | None = Field(None, title="取整")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the one fact."""
        return (self.fact,)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the walk from the highest band down."""
        fact, otherwise, rounding = self.fact, self.otherwise, self.round
        bands = [(as_bound(tier.bound), tier.at_least is not None, tier.points) for tier in self.tiers]

        def points(values: Values) -> Decimal:
            number = values[fact] if rounding is None else round_value(values[fact], rounding)
            for bound, inclusive, earned in bands:
                if number > bound or (inclusive and number == bound):
                    return earned
            return otherwise

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return one finding: the best band against the number."""
        fact, best = self.fact, self.tiers[0]
        wish, bound = MORE_THAN if best.at_least is None else AT_LEAST, as_bound(best.bound)
        asked = Asked(context.get_label(fact), wish, context.source)
        points, limit, rounding = self.bind_own_points(context), context.max, self.round

        def findings(values: Values) -> Found:
            had = values.get(fact)
            if had is None:
                return [leave_open(asked, bound)], ZERO
            number = round_value(had, rounding)
            met = best.is_reached_by(number)
            short = None if met else bound - number
            lost = limit - points(values)
            return [(asked, bound, had, met, short, lost)], lost

        return findings
