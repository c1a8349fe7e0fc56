"""`judged`: a mark given by a reviewer, 0 … max; the fact bears the indicator's code."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.errors import Message
from app.scoring.facts import Check, FactRefused, Value, Values, bind_number
from app.scoring.findings import FULL_MARKS, Asked, leave_open
from app.scoring.model import ZERO, Positive
from app.scoring.rules.base import Context, FindingsFunction, Found, PointsFunction, Rule

MOST_LISTED = 5000


class Judged(Rule):
    """A reviewer's mark in steps; below max it needs a written reason, which the case holds."""

    kind: Literal["judged"]
    step: Positive = Field(Decimal("0.1"), title="分级")

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the indicator's code: the mark stands under it."""
        return (code,)

    def bind_check(self, code: str, full: Decimal) -> Check:
        """Return the check of a mark: 0 … max, in steps."""
        check_number, step = bind_number(code, full), self.step
        count = int(full / step) + 1
        usual = frozenset(step * n for n in range(count)) if count <= MOST_LISTED else frozenset()

        def check(value: object) -> Value:
            if type(value) is Decimal and value.is_finite() and value in usual:
                return value
            mark = check_number(value)
            if mark % step:
                raise FactRefused(code, Message("{fact}: marks go in steps of {step}", fact=code, step=step))
            return mark

        return check

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the mark itself."""
        code = context.code
        return lambda values: Decimal(values[code])

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return one finding: the full mark against the given one."""
        code, full = context.code, context.max
        asked = Asked(context.name, FULL_MARKS, context.source)

        def findings(values: Values) -> Found:
            had = values.get(code)
            if had is None:
                return [leave_open(asked, full)], ZERO
            lost = full - had
            return [(asked, full, had, not lost, lost or None, lost)], lost

        return findings
