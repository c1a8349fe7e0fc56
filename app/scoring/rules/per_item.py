"""`per_item`: the base points less `deduct` for each item not fully met (有1项未足额提供扣X分，直至扣完)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from app.scoring.facts import Values
from app.scoring.findings import AT_LEAST, Asked, leave_open
from app.scoring.model import ZERO, Code, Model, Positive
from app.scoring.rules.base import (
    Context,
    FindingsFunction,
    Found,
    PointsFunction,
    Requirement,
    Rule,
    bind_count_unmet,
    bind_items,
    chain,
)


class CountedItem(Model):
    """A counted item: a target of n stands for n equal items, of which max(0, n - count) are missing."""

    each: Code = Field(title="计数")
    target: Annotated[int, Field(strict=True, gt=0, le=10**6)] = Field(title="目标")

    def list_facts(self) -> tuple[str, ...]:
        """Return the count."""
        return (self.each,)

    def bind_findings(self, context: Context, deduct: Decimal) -> FindingsFunction:
        """Return one finding that charges each missing item."""
        asked = Asked(context.get_label(self.each), AT_LEAST, context.source)
        each, target = self.each, self.target

        def findings(values: Values) -> Found:
            had = values.get(each)
            if had is None:
                return [leave_open(asked, target)], ZERO
            if had >= target:
                return [(asked, target, had, True, None, ZERO)], ZERO
            cost = deduct * (target - int(had))
            return [(asked, target, had, False, target - had, cost)], cost

        return findings


class ConjunctionItem(Model):
    """One item made of several requirements, all of which must hold."""

    all: tuple[Requirement, ...] = Field(title="要求", min_length=1)

    def list_facts(self) -> tuple[str, ...]:
        """Return the facts of every requirement."""
        return tuple(fact for requirement in self.all for fact in requirement.list_facts())


class SingleItem(Requirement):
    """One item that is one requirement."""


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

    kind: Literal["per_item"]
    deduct: Positive = Field(title="每项扣分")
    items: tuple[Item, ...] = Field(title="项目", min_length=1)

    def may_overcharge(self, full: Decimal) -> bool:
        """Whether all items together cost more than the base points."""
        items = sum(item.target if isinstance(item, CountedItem) else 1 for item in self.items)
        return self.deduct * items > full

    def list_own_facts(self, code: str) -> tuple[str, ...]:
        """Return the facts of every item."""
        return tuple(fact for item in self.items for fact in item.list_facts())

    def bind_own_points(self, context: Context) -> PointsFunction:
        """Return the base points less the missing items, looked up in a table that ends at 0."""
        table = make_table(context.max, self.deduct)
        last = len(table) - 1
        count_singles = bind_count_unmet([item for item in self.items if isinstance(item, SingleItem)])
        counted = [(item.each, item.target) for item in self.items if isinstance(item, CountedItem)]
        conjunctions = [bind_count_unmet(item.all) for item in self.items if isinstance(item, ConjunctionItem)]

        if not counted and not conjunctions:
            padded = (*table, *[table[last]] * len(self.items))
            return lambda values: padded[count_singles(values)]

        def points(values: Values) -> Decimal:
            missing = count_singles(values)
            for each, target in counted:
                if values[each] < target:
                    missing += target - int(values[each])
            for count in conjunctions:
                if count(values):
                    missing += 1
            return table[missing] if missing < last else table[last]

        return points

    def bind_own_findings(self, context: Context) -> FindingsFunction:
        """Return the findings of every item, in order."""
        return chain(list(self._bind_finders(context)))

    def _bind_finders(self, context: Context) -> Iterator[FindingsFunction]:
        for is_counted, group in groupby(self.items, key=lambda item: isinstance(item, CountedItem)):
            items = list(group)
            if is_counted:
                yield from (item.bind_findings(context, self.deduct) for item in items if isinstance(item, CountedItem))
            else:
                yield bind_items([(list_requirements(item), self.deduct) for item in items], context)


def list_requirements(item: Item) -> tuple[Requirement, ...]:
    """Return the requirements that an item is made of; a counted one has none."""
    if isinstance(item, ConjunctionItem):
        return item.all
    return (item,) if isinstance(item, SingleItem) else ()


def make_table(full: Decimal, deduct: Decimal) -> tuple[Decimal, ...]:
    """Return the points left after 0, 1, 2 … deductions, down to the first that leaves nothing."""
    table = [full]
    while table[-1] > 0:
        table.append(max(ZERO, table[-1] - deduct))
    return tuple(table)
