"""The parameters of a contract programme's consequences, as `programme.yaml` gives them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.scoring.model import Model, NonNegative, Positive, Text


class MoneyPerPoint(Model):
    """Each point below the line costs a rate; `fraction` says what part of a point costs."""

    kind: Literal["per_point"]
    below: Positive = Field(title="分数线")
    cny_per_point: Positive = Field(title="每分扣款")
    fraction: Literal["prorate", "whole_points_down", "whole_points_up"] = Field("prorate", title="不足一分")
    criterion: Text = Field(title="依据")


class MoneyShareOfFee(Model):
    """A score below the line costs a share of the year's fee, each such quarter anew."""

    kind: Literal["share_of_fee"]
    below: Positive = Field(title="分数线")
    percent: Positive = Field(title="百分比")
    criterion: Text = Field(title="依据")


class TerminationByDeduction(Model):
    """A proposal opens when the points lost in the window reach a number."""

    kind: Literal["cumulative_deduction"]
    at: Positive = Field(title="累计扣分")
    window: Literal["year", "contract"] = Field("year", title="累计期间")
    criterion: Text = Field(title="依据")


class TerminationByScore(Model):
    """A proposal opens when a quarter's score is below a number."""

    kind: Literal["quarter_score"]
    below: Positive = Field(title="分数线")
    criterion: Text = Field(title="依据")


class Consequences(Model):
    """All parameters of one programme.

    `settlement_above`: the annual score above which the rest of the fee is released; None releases it always.
    `year_cap`: the most that a year's score may be. `warn_share_percent`: from which share of the fee deductions warn.
    """

    quarter_max: Positive = Field(title="季度总分")
    rectification_below: Positive = Field(title="整改分数线")
    money: Annotated[MoneyPerPoint | MoneyShareOfFee, Field(discriminator="kind")] = Field(title="扣款")
    termination: Annotated[TerminationByDeduction | TerminationByScore, Field(discriminator="kind")] = Field(
        title="拟解除"
    )
    settlement_above: NonNegative | None = Field(None, title="结算标准")
    year_cap: Positive | None = Field(None, title="年度封顶")
    deferral: bool = Field(False, title="顺延")
    joint_look_spread_percent: NonNegative = Field(Decimal(10), title="合议分差")
    trim_marks_from: Annotated[int, Field(strict=True, ge=3)] = Field(5, title="去极值人数")
    warn_share_percent: NonNegative = Field(Decimal(30), title="扣款预警")
