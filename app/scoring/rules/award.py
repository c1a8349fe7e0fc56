"""`award`: points for each thing achieved, by kind or level, up to a cap (累计得分不超过10分)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.errors import Message
from app.scoring.facts import Values
from app.scoring.findings import AT_MOST, EACH, Asked, Row, leave_open
from app.scoring.model import ZERO, Code, Model, Positive
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rule

SUM = Message("points in all")


class Prize(Model):
    """What one achievement of a kind earns."""

    fact: Code = Field(title="次数")
    points: Positive = Field(title="每项得分")


class Award(Rule):
    """Achievements counted by kind; the cap is the indicator's base points."""

    kind: Literal["award"]
    prizes: tuple[Prize, ...] = Field(title="得分项", min_length=1)

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the counts."""
        return tuple(prize.fact for prize in self.prizes)

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the capped sum."""
        prizes, cap = [(prize.fact, prize.points) for prize in self.prizes], context.max

        def points(values: Values) -> Decimal:
            earned = ZERO
            for fact, each in prizes:
                count = values[fact]
                if count:
                    earned += each * count
            return earned if earned < cap else cap

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return what each kind earned, then the sum against the cap, which bears what is missing to it."""
        source, cap = context.source, context.max
        rows = [(p.fact, Asked(context.get_label(p.fact), EACH, source), p.points) for p in self.prizes]
        in_all = Asked(SUM, AT_MOST, source)

        def findings(values: Values) -> Found:
            found: list[Row] = []
            earned, is_known = ZERO, True
            for fact, asked, each in rows:
                had = values.get(fact)
                if had is None:
                    is_known = False
                    found.append(leave_open(asked, each))
                else:
                    earned += each * had
                    found.append((asked, each, had, had > 0, None, ZERO))
            if not is_known:
                return [*found, leave_open(in_all, cap)], ZERO
            lost = cap - earned if earned < cap else ZERO
            found.append((in_all, cap, cap - lost, not lost, lost or None, lost))
            return found, lost

        return findings
