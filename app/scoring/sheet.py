"""The sheet: what a part of a rubric gives for the facts of one period."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from app.scoring.special import SpecialResult


class Sheet(NamedTuple):
    """Points for each indicator that could be scored, and the total, None while facts are missing.

    `max` is the part's total without what comes on top. `blocks` holds the unweighted block scores of a weighted part.
    `special` is None where the rubric has no special points; `total` includes them.
    """

    total: Decimal | None
    max: Decimal
    missing: tuple[str, ...]
    indicators: dict[str, Decimal]
    blocks: Mapping[str, Decimal] | None = None
    special: SpecialResult | None = None

    @property
    def is_complete(self) -> bool:
        """Whether no fact is missing."""
        return not self.missing
