"""The working of an indicator: one finding for each requirement."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from app.errors import Message
from app.scoring.facts import Value

AT_LEAST = "≥ {target}"
MORE_THAN = "> {target}"
AT_MOST = "at most {target}"
EACH = "{target} points each"
FULL_MARKS = "full marks: {target}"
YES = "yes"
NONE = "none"
UNKNOWN_TARGET = "≥ a target still missing"
WISHES = (AT_LEAST, MORE_THAN, AT_MOST, EACH, FULL_MARKS, YES, NONE, UNKNOWN_TARGET)
"""What a requirement may want, as texts with the finding's target in them."""


class Finding(NamedTuple):
    """What one requirement wanted, what there was, what the difference cost.

    `wish` is one of `WISHES`, `target` the number in it. `had`, `met`, `short` and `cost` are None while a fact that
    the requirement reads is missing. `short`: by how much a number missed its target, in the unit. The costs of an
    indicator's findings add up to the points that it lost; where several requirements stand or fall together, the first
    one not met bears the cost.
    """

    requirement: str | Message
    wish: str
    target: Value | None
    had: Value | None
    met: bool | None
    short: int | Decimal | None
    cost: Decimal | None
    source: str

    @property
    def wanted(self) -> Message:
        """What was wanted, in words."""
        return Message(self.wish, target=self.target)


def leave_open(label: str | Message, wish: str, target: Value | None, source: str) -> Finding:
    """Return the finding of a requirement that can't be judged yet."""
    return Finding(label, wish, target, None, None, None, None, source)
