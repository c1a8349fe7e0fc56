"""Money: what a quarter's effective score costs, what the year's fee bounds, what a settlement releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.scoring.consequences.parameters import Consequences, MoneyPerPoint, MoneyShareOfFee
from app.scoring.model import ZERO

CENT = Decimal("0.01")
WHOLE = Decimal(1)


def find_quarter_money(parameters: MoneyPerPoint | MoneyShareOfFee, effective: Decimal, fee: Decimal) -> Decimal:
    """Return the CNY that an effective quarter score costs before the fee's bound, to the cent.

    Hongshan: 20分以下每1分扣除10万元; Chifeng: 低于20分，扣除本年服务费的20%.
    """
    if effective >= parameters.below:
        return ZERO
    if isinstance(parameters, MoneyShareOfFee):
        return (fee * parameters.percent / 100).quantize(CENT, ROUND_HALF_UP)
    missing = parameters.below - effective
    if parameters.fraction == "whole_points_down":
        missing = missing.quantize(WHOLE, ROUND_FLOOR)
    elif parameters.fraction == "whole_points_up":
        missing = missing.quantize(WHOLE, ROUND_CEILING)
    return (missing * parameters.cny_per_point).quantize(CENT, ROUND_HALF_UP)


def bound_by_fee(amounts: Sequence[Decimal], fee: Decimal) -> list[Decimal]:
    """Return the quarters' deductions, cut in quarter order where together they pass the year's fee."""
    left, bounded = fee, []
    for amount in amounts:
        bounded.append(min(amount, left))
        left -= bounded[-1]
    return bounded


@dataclass(frozen=True)
class Settlement:
    """What of the rest of a year's fee is released and what is withheld for the authority's decision, in CNY."""

    released: Decimal
    withheld: Decimal


def settle_year(
    parameters: Consequences, fee: Decimal, deducted: Decimal, paid: Decimal, score: Decimal, *, ended: bool
) -> Settlement:
    """Return the settlement of a year: fee - deductions - already paid, released above the standard.

    A year that ended the contract withholds all (年终达到总评分标准，支付剩余全部款项).
    """
    rest = max(ZERO, fee - deducted - paid)
    standard = parameters.settlement_above
    if ended or (standard is not None and score <= standard):
        return Settlement(ZERO, rest)
    return Settlement(rest, ZERO)
