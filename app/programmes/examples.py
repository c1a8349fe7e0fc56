"""Worked examples: facts and the points that they must give, written from the sources and checked by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from pydantic import Field

from app.errors import Message
from app.scoring.model import Code, Model, NonNegative, Slug, Text
from app.scoring.rubric import PartName
from app.scoring.scorer import PartScorer


class Example(Model):
    """One example. With `base`, its facts are that example's, less `without`, with `changes` laid over.

    `indicators` may name only what matters. `refused` names the fact that must be refused, in place of points.
    """

    name: Text = Field(title="名称")
    rubric: Slug | None = Field(None, title="评分表")
    part: PartName | None = Field(None, title="部分")
    base: Text | None = Field(None, title="以何为基础")
    facts: dict[str, object] = Field(default_factory=dict, title="指标值")
    changes: dict[str, object] = Field(default_factory=dict, title="改动")
    without: tuple[str, ...] = Field((), title="去掉")
    total: Decimal | None = Field(None, title="总分")
    indicators: dict[Code, Decimal] = Field(default_factory=dict, title="得分")
    blocks: dict[Code, Decimal] = Field(default_factory=dict, title="分块得分")
    special: Decimal | None = Field(None, title="特殊分")
    used_caps: dict[Code, NonNegative] = Field(default_factory=dict, title="已用加分")
    missing: tuple[str, ...] = Field((), title="缺少")
    refused: str | None = Field(None, title="拒收")
    why: Text | None = Field(None, title="计算过程")


class Examples(Model):
    """A file of examples; names are unique, and a base stands before what is built on it."""

    examples: tuple[Example, ...] = Field(title="示例", min_length=1)

    def list_resolved(self) -> Iterator[tuple[Example, str, str, dict[str, object]]]:
        """Yield each example with its rubric, part and facts; raise `KeyError` for a base that isn't there."""
        seen: dict[str, tuple[str, str, dict[str, object]]] = {}
        for example in self.examples:
            rubric, part, facts = seen[example.base] if example.base else ("", "", {})
            rubric, part = example.rubric or rubric, example.part or part
            kept = {name: value for name, value in facts.items() if name not in example.without}
            resolved = {**kept, **example.facts, **example.changes}
            seen[example.name] = (rubric, part, resolved)
            yield example, rubric, part, resolved


def check_example(example: Example, scorer: PartScorer, facts: Mapping[str, object]) -> Iterator[Message]:
    """Yield where an example and the sheet of its facts differ; a fact refused although it shouldn't be raises."""
    values = scorer.check_facts(facts)
    sheet = scorer.score(values, example.used_caps)
    if sheet.total != example.total:
        yield Message("total: {had}, not {wanted}", had=sheet.total, wanted=example.total)
    if set(sheet.missing) != set(example.missing):
        yield Message("missing: {had}, not {wanted}", had=sheet.missing, wanted=example.missing)
    for code, points in example.indicators.items():
        if sheet.indicators.get(code) != points:
            yield Message("{code}: {had}, not {wanted}", code=code, had=sheet.indicators.get(code), wanted=points)
    for code, points in example.blocks.items():
        if sheet.blocks is None or sheet.blocks.get(code) != points:
            yield Message("{code}: {had}, not {wanted}", code=code, had=(sheet.blocks or {}).get(code), wanted=points)
    special = None if sheet.special is None else sheet.special.net
    if example.special is not None and special != example.special:
        yield Message("special: {had}, not {wanted}", had=special, wanted=example.special)
