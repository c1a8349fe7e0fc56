"""Ledger entries as values: append-only, a reversal names the entry that it takes back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.scoring.model import ZERO

Kind = Literal["points", "money", "held", "released", "reversal", "settlement"]
Cause = Literal["score", "deferral", "appeal", "termination", "annual", "opening"]


@dataclass(frozen=True)
class Entry:
    """One entry: points lost or held, CNY deducted or released. `reverses`: the 0-based place of what it takes back."""

    quarter: str
    kind: Kind
    points: Decimal
    money: Decimal
    cause: Cause
    reverses: int | None = None


class Ledger:
    """Entries in the order in which they were posted; sums are folds over them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def post_points(self, quarter: str, kind: Kind, points: Decimal, cause: Cause) -> None:
        """Append points; 0 posts nothing."""
        if points:
            self.entries.append(Entry(quarter, kind, points, ZERO, cause))

    def post_money(self, quarter: str, money: Decimal, cause: Cause) -> None:
        """Append a deduction in CNY, negative where less is due; 0 posts nothing."""
        if money:
            self.entries.append(Entry(quarter, "money", ZERO, money, cause))

    def post_settlement(self, quarter: str, released: Decimal) -> None:
        """Append the year's settlement, always, its money what is released."""
        self.entries.append(Entry(quarter, "settlement", ZERO, released, "annual"))

    def reverse(self, quarter: str, kind: Kind, cause: Cause) -> None:
        """Take back every standing entry of a kind of a quarter."""
        reversed_places = {entry.reverses for entry in self.entries}
        for place, entry in enumerate(list(self.entries)):
            if entry.quarter == quarter and entry.kind == kind and place not in reversed_places:
                self.entries.append(Entry(quarter, "reversal", -entry.points, -entry.money, cause, place))

    def sum_money(self, quarter: str) -> Decimal:
        """Return the money deducted from a quarter, reversals included, settlements not."""
        counted = [entry for entry in self.entries if entry.quarter == quarter and entry.kind in ("money", "reversal")]
        return sum((entry.money for entry in counted), ZERO)
