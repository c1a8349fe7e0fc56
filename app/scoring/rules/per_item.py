"""`per_item`: the base points less `deduct` for each item not fully met (有1项未足额提供扣X分，直至扣完)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from app.scoring.facts import Values
from app.scoring.findings import Finding
from app.scoring.model import ZERO, Code, Model, Positive
from app.scoring.rules.all_or_nothing import bind_conjunction, bind_conjunction_findings
from app.scoring.rules.base import Context, FindingsFunction, PointsFunction, Requirement, Rule, find_number


class CountedItem(Model):
    """A counted item: a target of n stands for n equal items, of which max(0, n - count) are missing."""

    each: Code = Field(title="计数")
    target: Annotated[int, Field(strict=True, gt=0, le=10**6)] = Field(title="目标")

    def list_facts(self) -> tuple[str, ...]:
        """Return the count."""
        return (self.each,)

    def bind_missing(self) -> Callable[[Values], int]:
        """Return the function from complete values to the number of missing items."""
        each, target = self.each, self.target
        return lambda values: max(0, target - int(values[each]))

    def bind_findings(self, context: Context, deduct: Decimal) -> FindingsFunction:
        """Return one finding that charges each missing item."""
        label, source, each, target = context.get_label(self.each), context.source, self.each, self.target

        def findings(values: Values) -> list[Finding]:
            had = values.get(each)
            cost = ZERO if had is None else deduct * max(0, target - int(had))
            return [find_number(label, had, target, cost, source)]

        return findings


class ConjunctionItem(Model):
    """One item made of several requirements, all of which must hold."""

    all: tuple[Requirement, ...] = Field(title="要求", min_length=1)

    def list_facts(self) -> tuple[str, ...]:
        """Return the facts of every requirement."""
        return tuple(fact for requirement in self.all for fact in requirement.list_facts())

    def bind_missing(self) -> Callable[[Values], int]:
        """Return the function from complete values to 0 or 1 missing items."""
        test = bind_conjunction(self.all)
        return lambda values: 0 if test(values) else 1

    def bind_findings(self, context: Context, deduct: Decimal) -> FindingsFunction:
        """Return the requirements' findings, the item's cost at the first one not met."""
        find = bind_conjunction_findings(self.all, context)
        return lambda values: find(values, deduct)


class SingleItem(Requirement):
    """One item that is one requirement."""

    def bind_missing(self) -> Callable[[Values], int]:
        """Return the function from complete values to 0 or 1 missing items."""
        test = self.bind_test()
        return lambda values: 0 if test(values) else 1

    def bind_findings(self, context: Context, deduct: Decimal) -> FindingsFunction:
        """Return the requirement's finding."""
        find = self.bind(context)
        return lambda values: [find(values, deduct)]


def _name_shape(item: object) -> str:
    if isinstance(item, dict):
        return "counted" if "each" in item else "conjunction" if "all" in item else "single"
    return (
        "counted" if isinstance(item, CountedItem) else "conjunction" if isinstance(item, ConjunctionItem) else "single"
    )


Item = Annotated[
    Annotated[CountedItem, Tag("counted")]
    | Annotated[ConjunctionItem, Tag("conjunction")]
    | Annotated[SingleItem, Tag("single")],
    Discriminator(_name_shape),
]


class PerItem(Rule):
    """Items that each cost the same when not fully met."""

    may_overcharge: ClassVar[bool] = True

    kind: Literal["per_item"]
    deduct: Positive = Field(title="每项扣分")
    items: tuple[Item, ...] = Field(title="项目", min_length=1)

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the facts of every item."""
        return tuple(fact for item in self.items for fact in item.list_facts())

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the base points less the missing items, looked up in a table that ends at 0."""
        table = make_table(context.max, self.deduct)
        last = len(table) - 1
        counts = [item.bind_missing() for item in self.items]

        def points(values: Values) -> Decimal:
            missing = 0
            for count in counts:
                missing += count(values)
            return table[missing] if missing < last else table[last]

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return the findings of every item."""
        finders = [item.bind_findings(context, self.deduct) for item in self.items]
        return lambda values: [finding for find in finders for finding in find(values)]


def make_table(full: Decimal, deduct: Decimal) -> tuple[Decimal, ...]:
    """Return the points left after 0, 1, 2 … deductions, down to the first that leaves nothing."""
    table = [full]
    while table[-1] > 0:
        table.append(max(ZERO, table[-1] - deduct))
    return tuple(table)
