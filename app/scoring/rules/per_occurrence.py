"""`per_occurrence`: the base points less `deduct` for each time something happened (每缺报或晚报1次减1分)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Values
from app.scoring.findings import NONE, Asked, leave_open
from app.scoring.model import ZERO, Code, Positive
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rule
from app.scoring.rules.per_item import make_table


class PerOccurrence(Rule):
    """A count of things that should not happen."""

    kind: Literal["per_occurrence"]
    fact: Code = Field(title="次数")
    deduct: Positive = Field(title="每次扣分")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the count."""
        return (self.fact,)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the base points less the occurrences, looked up in a table that ends at 0."""
        fact, table = self.fact, make_table(context.max, self.deduct)
        last = len(table) - 1

        def points(values: Values) -> Decimal:
            count = values[fact]
            return table[int(count)] if count < last else table[last]

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return one finding: none wanted, how many there were."""
        fact, asked = self.fact, Asked(context.get_label(self.fact), NONE, context.source)
        deduct, limit = self.deduct, context.max

        def findings(values: Values) -> Found:
            had = values.get(fact)
            if had is None:
                return [leave_open(asked, None)], ZERO
            cost = min(limit, deduct * int(had))
            return [(asked, None, had, had == 0, int(had) or None, cost)], cost

        return findings
