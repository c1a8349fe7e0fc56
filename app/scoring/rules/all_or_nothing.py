"""`all_or_nothing`: the base points when every requirement holds, else `otherwise`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.scoring.model import ZERO, NonNegative
from app.scoring.rules.base import (
    Context,
    FindingsFunction,
    PointsFunction,
    Requirement,
    Rule,
    bind_count_unmet,
    bind_items,
)


class AllOrNothing(Rule):
    """Several requirements that stand or fall together (未足额完成不得分)."""

    kind: Literal["all_or_nothing"]
    all: tuple[Requirement, ...] = Field(title="要求", min_length=1)
    otherwise: NonNegative = Field(ZERO, title="否则得")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the facts of every requirement."""
        return tuple(fact for requirement in self.all for fact in requirement.list_facts())

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the conjunction."""
        count, full, otherwise = bind_count_unmet(self.all), context.max, self.otherwise
        return lambda values: otherwise if count(values) else full

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return a finding for each requirement, the loss at the first one not met."""
        return bind_items([(self.all, context.max - self.otherwise)], context)
