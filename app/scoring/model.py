"""What all models of rubric data share: immutable, no unknown fields, exact decimals."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

NUMBER_SCHEMA = WithJsonSchema({"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+)?$"})


def _refuse_yes_no(value: object) -> object:
    """Refuse yes/no where a number is meant; pydantic would read it as 1 or 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "must be a number")
    return value


NoYesNo = BeforeValidator(_refuse_yes_no)
NonNegative = Annotated[Decimal, NoYesNo, Field(ge=0, le=10**12), NUMBER_SCHEMA]
"""An exact decimal of at least 0."""
Positive = Annotated[Decimal, NoYesNo, Field(gt=0, le=10**12), NUMBER_SCHEMA]
"""An exact decimal above 0."""
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A name in code: lower case, digits, underscores."""
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
"""A programme's or rubric's name: lower case, digits, hyphens."""
Text = Annotated[str, Field(min_length=1, max_length=4000)]
"""Chinese text, not empty."""

ZERO = Decimal(0)


class Model(BaseModel):
    """Base of everything read from rubric and programme files."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def as_bound(number: Decimal) -> int | Decimal:
    """Return a whole number as `int`, so that comparing it with counts stays cheap."""
    return int(number) if number == number.to_integral_value() else number


def divide_half_up(dividend: Decimal, divisor: Decimal | int, places: int) -> Decimal:
    """Return dividend ÷ divisor, rounded once, half up, to `places` decimals (exact before that). Not for negatives."""
    upper, lower = dividend.as_integer_ratio()
    divisor_upper, divisor_lower = divisor.as_integer_ratio()
    numerator, denominator = upper * divisor_lower * 10**places, lower * divisor_upper
    return Decimal((2 * numerator + denominator) // (2 * denominator)).scaleb(-places)


def round_up(number: Decimal) -> int:
    """Return the next whole number at or above (⌈ ⌉)."""
    return int(number.to_integral_value(ROUND_CEILING))
