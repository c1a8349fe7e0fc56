"""Scenario files (interfaces.md, `kaohe year` and `kaohe simulate`): a contract and what happened in its quarters."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.scoring.model import Code, Model, NonNegative, Slug

Facts = dict[str, object]
Money = Annotated[NonNegative, Field(decimal_places=2)]
QuarterCode = Annotated[str, Field(pattern=r"^Y[1-9][0-9]?Q[1-4]$")]


class ScenarioContract(Model):
    """The contract: fee of a year and what of each year is already paid, in CNY."""

    annual_fee: Money = Field(title="年服务费")
    start: dt.date = Field(title="起始日")
    years: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(title="年数")
    paid: Money = Field(Decimal(0), title="已付")


class ScenarioQuarter(Model):
    """One quarter: its facts and what scorers, the party and the authority did with them."""

    facts: Facts = Field(title="指标值")
    special: Facts = Field(default_factory=dict, title="特殊分")
    scorers: tuple[Facts, ...] = Field(({},), title="评分人更正")
    agreed: Facts = Field(default_factory=dict, title="合议结果")
    representation: Facts = Field(default_factory=dict, title="陈述申辩采纳")
    appeal: Facts = Field(default_factory=dict, title="复核采纳")
    defer: tuple[Code, ...] = Field((), title="顺延指标")
    made_up: dict[QuarterCode, dict[Code, Facts]] = Field(default_factory=dict, title="补做")
    rectification: tuple[Literal["fail", "pass"], ...] = Field(("pass",), title="整改验收")


class ScenarioDecisions(Model):
    """Decisions on termination proposals, in their order."""

    termination: tuple[Literal["continue", "end"], ...] = Field((), title="解除决定")


class Scenario(Model):
    """A contract's quarters in order, from the first of its first year."""

    programme: Slug = Field(title="考核项目")
    contract: ScenarioContract = Field(title="服务合约")
    quarters: tuple[ScenarioQuarter, ...] = Field(title="季度")
    decisions: ScenarioDecisions = Field(default_factory=ScenarioDecisions, title="决定")
