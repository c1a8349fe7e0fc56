"""`all_or_nothing`: the base points when every requirement holds, else `otherwise`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.scoring.facts import Values
from app.scoring.findings import Finding
from app.scoring.model import ZERO, NonNegative
from app.scoring.rules.base import Context, FindingsFunction, PointsFunction, Requirement, Rule

_Test = Callable[[Values], bool]
_Find = Callable[[Values, Decimal], list[Finding]]


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
        test, full, otherwise = bind_conjunction(self.all), context.max, self.otherwise
        return lambda values: full if test(values) else otherwise

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return a finding for each requirement, the loss at the first one not met."""
        find, lost = bind_conjunction_findings(self.all, context), context.max - self.otherwise
        return lambda values: find(values, lost)


def bind_conjunction(requirements: tuple[Requirement, ...]) -> _Test:
    """Return the function from complete values to whether all requirements hold."""
    if len(requirements) == 1:
        return requirements[0].bind_test()
    tests = [requirement.bind_test() for requirement in requirements]

    def holds(values: Values) -> bool:
        for test in tests:  # noqa: SIM110  # a plain loop is twice as fast as all() over a generator
            if not test(values):
                return False
        return True

    return holds


def bind_conjunction_findings(requirements: tuple[Requirement, ...], context: Context) -> _Find:
    """Return the function from values and a cost to findings, the cost borne once, by the first one not met."""
    finders = [requirement.bind(context) for requirement in requirements]

    def find(values: Values, cost: Decimal) -> list[Finding]:
        found = []
        for finder in finders:
            finding = finder(values, cost)
            if finding.met is False:
                cost = ZERO
            found.append(finding)
        return found

    return find
