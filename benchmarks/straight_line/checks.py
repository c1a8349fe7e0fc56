"""Checks of a part's facts by name and kind: the slow road, taken when a scorer's own quick checks find something odd.

The scorers check the usual case inline and read no tables. Whatever isn't usual comes here: either it is refused, or
facts are missing, or a count came as a decimal without a fraction and is turned into an int.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from types import MappingProxyType

Result = tuple[Decimal, dict[str, Decimal], dict[str, Decimal]]
Scorer = Callable[[Mapping[str, object]], Result]
Kind = str | Decimal  # one of the words below, or a judged score's highest value
Kinds = Mapping[str, Kind]

COUNT = "count"
NUMBER = "number"
SHARE = "share"
YES_NO = "yes_no"

LIMIT = 10**15
TENTH = Decimal("0.1")
EXACT = Context(prec=200)  # no rounding for what reviewers may enter with any number of decimals
NONE: Kinds = MappingProxyType({})


def list_names(kinds: Kinds, *wanted: Kind) -> tuple[str, ...]:
    """Return the names of the wanted kinds, in the part's order."""
    return tuple(name for name, kind in kinds.items() if kind in wanted)


class Refused(ValueError):
    """A fact that no part may be scored with: unknown, of the wrong type, or out of its bounds."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"refused: {fact}")
        self.fact = fact


class Missing(ValueError):
    """Facts that the part needs and that aren't there, in the part's order."""

    def __init__(self, facts: list[str]) -> None:
        super().__init__(f"missing: {', '.join(facts)}")
        self.facts = facts


def settle(facts: Mapping[str, object], required: Kinds, optional: Kinds = NONE) -> dict[str, object]:
    """Return `facts` with every count as an int; raise Refused for the first bad fact, else Missing for all missing."""
    settled: dict[str, object] = {}
    for name, value in facts.items():
        kind = required.get(name, optional.get(name))
        if kind is None:
            raise Refused(name)
        if kind == YES_NO:
            if type(value) is not bool:
                raise Refused(name)
            settled[name] = value
        else:
            settled[name] = _settle_number(name, value, kind)
    missing = [name for name in required if name not in facts]
    if missing:
        raise Missing(missing)
    return settled


def _settle_number(name: str, value: object, kind: Kind) -> int | Decimal:
    if type(value) is not int and not (type(value) is Decimal and value.is_finite()):
        raise Refused(name)
    highest = kind if isinstance(kind, Decimal) else 100 if kind == SHARE else LIMIT
    if not 0 <= value <= highest:
        raise Refused(name)
    if isinstance(value, int):
        return value
    if kind == COUNT:
        if value != value.to_integral_value():
            raise Refused(name)
        return int(value)
    if isinstance(kind, Decimal) and value != value.quantize(TENTH):
        raise Refused(name)
    return value
