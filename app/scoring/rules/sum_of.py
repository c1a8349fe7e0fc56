"""`sum_of`: the sum of several independent parts of one indicator, each with its own rule and base points."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.scoring.facts import Values
from app.scoring.model import ZERO, Model, Positive, Text
from app.scoring.rules.against_target import AgainstTarget
from app.scoring.rules.all_or_nothing import AllOrNothing
from app.scoring.rules.award import Award
from app.scoring.rules.base import Context, FindingsFunction, PointsFunction, Rule, chain
from app.scoring.rules.per_item import PerItem
from app.scoring.rules.per_occurrence import PerOccurrence
from app.scoring.rules.per_shortfall import PerShortfall
from app.scoring.rules.ratio import Ratio
from app.scoring.rules.tiers import Tiers

ChildRule = Annotated[
    Tiers | AllOrNothing | PerItem | PerShortfall | PerOccurrence | Ratio | AgainstTarget | Award,
    Field(discriminator="kind"),
]


class Share(Model):
    """One part of the sum."""

    name: Text = Field(title="名称")
    max: Positive = Field(title="基准分")
    rule: ChildRule = Field(title="评分规则")
    criterion: Text | None = Field(None, title="评分标准")

    def bind_context(self, context: Context) -> Context:
        """Return the context of the part's own rule."""
        return replace(context, name=self.name, max=self.max, source=self.criterion or context.source)


class SumOf(Rule):
    """Parts that are scored each by its own rule."""

    kind: Literal["sum_of"]
    parts: tuple[Share, ...] = Field(title="组成", min_length=1)

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the facts of every part."""
        return tuple(fact for part in self.parts for fact in part.rule.list_facts(code))

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the sum of the parts."""
        functions = [part.rule.bind_points(part.bind_context(context)) for part in self.parts]

        def points(values: Values) -> Decimal:
            return sum([function(values) for function in functions], ZERO)

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return the findings of every part."""
        return chain([part.rule.bind_findings(part.bind_context(context)) for part in self.parts])
