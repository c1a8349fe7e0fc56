"""The working of an indicator: one finding for each requirement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from app.errors import Message
from app.scoring.facts import Value

AT_LEAST = "≥ {target}"
MORE_THAN = "> {target}"
AT_MOST = "at most {target}"
EACH = "{target} points each"
FULL_MARKS = "full marks: {target}"
YES = "yes"
NONE = "none"
WISHES = (AT_LEAST, MORE_THAN, AT_MOST, EACH, FULL_MARKS, YES, NONE)
"""What a requirement may want, as texts with the finding's target in them."""


class Asked(NamedTuple):
    """What a requirement asks, the same for every sheet: its label, one of `WISHES`, and the source's sentence."""

    label: str | Message
    wish: str
    source: str


class Finding(NamedTuple):
    """What one requirement wanted, what there was, what the difference cost.

    `target` is the number in the wish. `had`, `met`, `short` and `cost` are None while a fact that the requirement
    reads is missing. `short` is by how much a number missed its target, in the fact's unit. The costs of an
    indicator's findings add up to the points that it lost; where several requirements stand or fall together, the
    first one not met bears the cost.
    """

    asked: Asked
    target: Value | None
    had: Value | None
    met: bool | None
    short: int | Decimal | None
    cost: Decimal | None

    @property
    def requirement(self) -> str | Message:
        """The requirement's label."""
        return self.asked.label

    @property
    def wanted(self) -> Message:
        """What was wanted, in words."""
        return Message(self.asked.wish, target=self.target)

    @property
    def source(self) -> str:
        """The source's sentence."""
        return self.asked.source


Row = tuple[Asked, Value | None, Value | None, bool | None, int | Decimal | None, Decimal | None]
"""A finding before it is read: rules make plain tuples, which cost an eighth of a named one; `Working` names them."""

COST: Literal[5] = 5


def charge(row: Row, cost: Decimal) -> Row:
    """Return the finding with another cost."""
    asked, target, had, met, short, _cost = row
    return (asked, target, had, met, short, cost)


def leave_open(asked: Asked, target: Value | None) -> Row:
    """Return the finding of a requirement that can't be judged yet."""
    return (asked, target, None, None, None, None)


class Working(Mapping[str, list[Finding]]):
    """The findings of each indicator by its code; special points stand under `special`."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self._rows = rows

    def __getitem__(self, code: str) -> list[Finding]:
        """Return the findings of an indicator."""
        return [Finding._make(row) for row in self._rows[code]]

    def __iter__(self) -> Iterator[str]:
        """Yield the codes in the sheet's order."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return the number of indicators."""
        return len(self._rows)
