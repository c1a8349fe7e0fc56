"""What must be filed and by when: the rule of each filing, as it stands in a programme's YAML."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
YesNo = Annotated[bool, Field(strict=True)]
DayOfMonth = Annotated[int, Field(strict=True, ge=1, le=31)]
MonthOfYear = Annotated[int, Field(strict=True, ge=1, le=12)]
BatchName = Annotated[str, Field(pattern=r"^B[1-9]$")]


def _refuse_number(value: object) -> object:
    """Keep pydantic from reading a number as seconds since 1970."""
    if isinstance(value, str | dt.date):
        return value
    raise PydanticCustomError("date_type", "must be a date such as 2025-01-31")


def _write_year(value: object) -> object:
    """Read a year that stands in YAML without quotes."""
    return f"{value:04d}" if isinstance(value, int) and not isinstance(value, bool) else value


Day = Annotated[dt.date, BeforeValidator(_refuse_number)]
MonthName = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
QuarterName = Annotated[str, Field(pattern=r"^[0-9]{4}Q[1-4]$")]
YearName = Annotated[str, Field(pattern=r"^[0-9]{4}$"), BeforeValidator(_write_year)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MonthlyRule(_Model):
    """Due by a day of each month, for that month or for the one before; a day the month lacks is its last."""

    kind: Literal["monthly"] = Field(title="类型")
    day: DayOfMonth = Field(title="截止日")
    period: Literal["due_month", "previous_month"] = Field(title="所属考核期")
    moves: YesNo = Field(title="节假日顺延")
    first_period: MonthName | None = Field(None, title="首个考核期")


class QuarterlyRule(_Model):
    """Due by a day of the month after each calendar quarter, for that quarter."""

    kind: Literal["quarterly"] = Field(title="类型")
    day: DayOfMonth = Field(title="截止日")
    moves: YesNo = Field(title="节假日顺延")
    first_period: QuarterName | None = Field(None, title="首个考核期")


class YearlyRule(_Model):
    """Due by a day of each year, for that year or for the one before; a day the month lacks is its last."""

    kind: Literal["yearly"] = Field(title="类型")
    month: MonthOfYear = Field(title="截止月份")
    day: DayOfMonth = Field(title="截止日")
    period: Literal["due_year", "previous_year"] = Field(title="所属考核期")
    moves: YesNo = Field(title="节假日顺延")
    first_period: YearName | None = Field(None, title="首个考核期")


class BatchRule(_Model):
    """Due once for each batch, on a date of its own."""

    kind: Literal["batch"] = Field(title="类型")
    dates: dict[BatchName, Day] = Field(title="各批次截止日期", min_length=1)
    moves: YesNo = Field(title="节假日顺延")


RecurringRule = MonthlyRule | QuarterlyRule | YearlyRule
DueRule = Annotated[RecurringRule | BatchRule, Field(discriminator="kind")]


class Filing(_Model):
    """Something due by a date (报送), with the sentence of the source that says so.

    `reading` marks a date that the source doesn't give, so that it was chosen (rules.md).
    """

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    due: DueRule = Field(title="报送期限")
    source: Text = Field(title="原文依据")
    place: Text = Field(title="原文位置")
    note: Text | None = Field(None, title="说明")
    reading: YesNo = Field(False, title="属于解读")
