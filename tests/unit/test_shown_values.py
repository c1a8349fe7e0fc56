"""Values as pages show them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.scoring.facts import Value
from app.web.sheets import show_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (9999, "9999"),
        (10_000, "10,000"),
        (Decimal("200000000.01"), "200,000,000.01"),
        (Decimal("-12345.50"), "-12,345.5"),
        (Decimal("0.50"), "0.5"),
    ],
)
def test_large_numbers_are_shown_in_thousands_and_exactly(value: Value | None, shown: str) -> None:
    assert show_value(value, "是", "否") == shown
