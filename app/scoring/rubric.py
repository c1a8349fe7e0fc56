"""The rubric (评分表): parts → sections → indicators → one rule each, with evidence and the source's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.errors import Message, UnknownName, find_nearest
from app.scoring.facts import Fact
from app.scoring.model import ZERO, Code, Model, NonNegative, Positive, Slug, Text
from app.scoring.rules import AnyRule
from app.scoring.special import SpecialPoints

PartName = Annotated[str, Field(pattern=r"^(Q[1-4]|Y|B)$")]


class Evidence(Model):
    """One kind of evidence (佐证材料) with every condition that the source sets on it."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    conditions: tuple[Text, ...] = Field((), title="条件")
    facts: tuple[Code, ...] = Field((), title="证明的指标值")
    required: bool = Field(True, title="必需")
    quote: Text | None = Field(None, title="原文")


class Indicator(Model):
    """An indicator (具体指标). `criterion` quotes the source word for word; `place` says where it stands there."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    max: Positive = Field(title="基准分")
    specifics: Text | None = Field(None, title="具体指标")
    evidence: tuple[Evidence, ...] = Field((), title="佐证材料")
    criterion: tuple[Text, ...] = Field(title="评分标准", min_length=1)
    place: Text = Field(title="出处")
    reading: Text | None = Field(None, title="释义")
    rule: AnyRule = Field(title="评分规则")

    @property
    def source(self) -> str:
        """The criterion in the source's own words, as one text."""
        return "；".join(quote.rstrip("；。") for quote in self.criterion)

    def list_facts(self) -> tuple[str, ...]:
        """Return the names of the facts that its rule reads."""
        return self.rule.list_facts(self.code)


class Section(Model):
    """A section (考核内容): its indicators' base points add up to `points`.

    `weight` is the share in percent with which a block counts; `on_top` sections (加分项) stand outside the sum; a
    section with `only_when` counts only while that yes/no fact is yes.
    """

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    points: Positive = Field(title="分值")
    weight: Positive | None = Field(None, title="权重")
    on_top: bool = Field(False, title="加分项")
    only_when: Code | None = Field(None, title="适用前提")
    indicators: tuple[Indicator, ...] = Field(title="指标", min_length=1)


class Part(Model):
    """The part of a rubric that applies to one kind of period. `max` is what its sections, without those on top, give.

    Where a section doesn't apply, `absent_sections` says whether the others are scaled to `max`, half up to 4 decimals,
    or left as they are. `total_cap` bounds the total with what comes on top; None lets it pass `max`. `facts` replaces
    the rubric's declaration of facts that mean something else in this part.
    """

    title: Text = Field(title="名称")
    max: Positive = Field(title="总分")
    total_cap: Positive | None = Field(None, title="合计封顶")
    absent_sections: Literal["scale", "leave"] = Field("scale", title="不适用部分")
    facts: dict[Code, Fact] = Field(default_factory=dict, title="指标值")
    sections: tuple[Section, ...] = Field(title="考核内容", min_length=1)

    def list_indicators(self) -> Iterator[tuple[Section, Indicator]]:
        """Yield every indicator with its section, in the source's order."""
        for section in self.sections:
            for indicator in section.indicators:
                yield section, indicator


class TakesEffect(Model):
    """From when a version applies: a date, a year of the contract (1 = first), or both."""

    date: dt.date | None = Field(None, title="日期")
    contract_year: Annotated[int, Field(strict=True, ge=1, le=99)] | None = Field(None, title="合约年度")

    def is_in_effect(self, on: dt.date | None, contract_year: int | None) -> bool:
        """Whether the version applies to a period that begins `on` that date, in that year of its contract."""
        if self.date is not None and on is not None and on < self.date:
            return False
        return self.contract_year is None or contract_year is None or contract_year >= self.contract_year


class Source(Model):
    """The document that a rubric comes from; `document` is the file's name beside the rubric."""

    document: Annotated[str, Field(pattern=r"^[\w.-]+$")] = Field(title="文件")
    title: Text = Field(title="标题")


class Rubric(Model):
    """One version of a rubric. A version that has taken effect is never edited: a new one supersedes it."""

    rubric: Slug = Field(title="评分表")
    programme: Slug = Field(title="考核项目")
    version: Annotated[int, Field(strict=True, ge=1)] = Field(title="版本")
    name: Text = Field(title="名称")
    takes_effect: TakesEffect = Field(title="生效")
    source: Source = Field(title="来源文件")
    language: Literal["zh"] = Field("zh", title="语言")
    year_max: NonNegative = Field(title="年度总分")
    facts: dict[Code, Fact] = Field(title="指标值")
    parts: dict[PartName, Part] = Field(title="部分", min_length=1)
    special_points: SpecialPoints | None = Field(None, title="特殊分")
    notes: tuple[Text, ...] = Field((), title="说明")

    def get_part(self, name: str) -> Part:
        """Return a part by its name; raise `UnknownName` with the parts that there are."""
        if name in self.parts:
            return self.parts[name]
        parts = tuple(self.parts)
        text = Message("{rubric} has no part “{name}”; it has {parts}", rubric=self.rubric, name=name, parts=parts)
        raise UnknownName(text, find_nearest(name.upper(), parts) or parts)

    def list_part_facts(self, name: str) -> dict[str, Fact]:
        """Return the declarations of the facts as one part reads them."""
        return {**self.facts, **self.get_part(name).facts}

    @property
    def points_of_year(self) -> Decimal:
        """What all parts add up to."""
        return sum((part.max for part in self.parts.values()), ZERO)
