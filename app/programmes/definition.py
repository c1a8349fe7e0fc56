"""A programme's definition: `rubrics/<programme>/programme.yaml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from app.calendar.filings import Filing
from app.errors import Message
from app.scoring.checks import Problem
from app.scoring.consequences.parameters import Consequences
from app.scoring.model import Code, Model, Positive, Slug, Text
from app.scoring.ranking import Grading
from app.scoring.rubric import PartName

Days = Annotated[int, Field(strict=True, ge=0, le=366)]


class Party(Model):
    """A party to the programme: who it is and what it does there."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    side: Literal["authority", "assessed", "above", "below"] = Field(title="角色")
    does: Text = Field(title="职责")


class StepTime(Model):
    """The time for a step, counted from its start; working days unless it says calendar days."""

    days: Days = Field(title="天数")
    calendar_days: bool = Field(False, title="自然日")


class RubricUse(Model):
    """Which rubric applies to which period: its part by kind of period, for some kinds of party only where named."""

    rubric: Slug = Field(title="评分表")
    parts: tuple[PartName, ...] = Field(title="部分", min_length=1)
    parties: tuple[Code, ...] = Field((), title="适用对象")


class Duty(Model):
    """A duty of the whole term, tracked with a target and a state, without points.

    `fact`: the cumulative fact of a year's last assessed quarter that counts towards the target, summed over the years.
    """

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    target: Positive | None = Field(None, title="目标")
    unit: str = Field("", title="单位", max_length=10)
    fact: Code | None = Field(None, title="累计指标值")
    criterion: Text = Field(title="依据")
    conditions: tuple[Text, ...] = Field((), title="条件")


class Batch(Model):
    """A batch of a programme that runs in batches."""

    code: Annotated[str, Field(pattern=r"^B[1-9]$")] = Field(title="编号")
    name: Text = Field(title="名称")


class Publication(Model):
    """What is made public, where and by when (公示、通报)."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    criterion: Text = Field(title="依据")


class Programme(Model):
    """An assessment scheme (考核项目): parties, periods, rubrics, filings, step times, consequences' parameters."""

    programme: Slug = Field(title="考核项目")
    version: Annotated[int, Field(strict=True, ge=1)] = Field(title="版本")
    name: Text = Field(title="名称")
    short_name: Text = Field(title="简称")
    source: Annotated[str, Field(pattern=r"^[\w.-]+$")] = Field(title="来源文件")
    source_title: Text = Field(title="来源标题")
    takes_effect: dt.date | None = Field(None, title="生效日期")
    periods: Literal["contract_quarters", "years", "batches"] = Field(title="考核期")
    batches: tuple[Batch, ...] = Field((), title="批次")
    parties: tuple[Party, ...] = Field(title="参与方", min_length=2)
    rubrics: tuple[RubricUse, ...] = Field(title="评分表", min_length=1)
    filings: tuple[Filing, ...] = Field((), title="报送")
    step_times: dict[Code, StepTime] = Field(title="办理时限")
    consequences: Consequences | None = Field(None, title="考核结果运用")
    grading: Grading | None = Field(None, title="等级")
    duties: tuple[Duty, ...] = Field((), title="全期任务")
    publications: tuple[Publication, ...] = Field((), title="公开事项")
    readings: tuple[Text, ...] = Field((), title="释义")


def check_programme(programme: Programme) -> Iterator[Problem]:
    """Yield what doesn't hold across fields: codes twice, parameters that the kind of period needs."""
    yield from _check_codes("filings", [filing.code for filing in programme.filings])
    yield from _check_codes("parties", [party.code for party in programme.parties])
    yield from _check_codes("duties", [duty.code for duty in programme.duties])
    if (programme.periods == "contract_quarters") != (programme.consequences is not None):
        yield Problem(("consequences",), Message("a contract programme, and no other, has consequences"))
    if (programme.periods == "batches") != bool(programme.batches):
        yield Problem(("batches",), Message("a programme in batches, and no other, names its batches"))
    parties = {party.code for party in programme.parties}
    for place, use in enumerate(programme.rubrics):
        for party in use.parties:
            if party not in parties:
                yield Problem(("rubrics", place, "parties"), Message("unknown party {party}", party=party))


def _check_codes(field: str, codes: list[str]) -> Iterator[Problem]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield Problem((field, place, "code"), Message("the code {code} stands here twice", code=code))
