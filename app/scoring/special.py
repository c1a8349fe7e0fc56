"""Special points (特殊分): adjustments beside the indicators, deductions without limit, additions under yearly caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import Field

from app.errors import Message
from app.scoring.facts import Fact, Values
from app.scoring.findings import AT_MOST, EACH, Finding
from app.scoring.model import ZERO, Code, Model, Positive, Text

TOTAL = "total"


class SpecialEntry(Model):
    """One kind of occurrence and its points each; judged ones are points already (1 each)."""

    fact: Code = Field(title="次数")
    points: Positive = Field(title="每次分值")


class SpecialGroup(Model):
    """Entries under one heading of the source, with a cap where the source sets one."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    cap: Positive | None = Field(None, title="最高分")
    entries: tuple[SpecialEntry, ...] = Field(title="项目", min_length=1)
    evidence: tuple[Text, ...] = Field((), title="佐证材料")
    criterion: Text = Field(title="评分标准")
    place: Text = Field(title="出处")

    def find_points(self, values: Values) -> Decimal:
        """Return the uncapped points of the group; facts that are absent count as 0."""
        return sum((entry.points * values.get(entry.fact, 0) for entry in self.entries), ZERO)


@dataclass(frozen=True)
class SpecialResult:
    """What special points took and added in one quarter, and what of each cap it used."""

    taken: Decimal = ZERO
    added: Decimal = ZERO
    used: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """The points by which the quarter's score changes."""
        return self.added - self.taken


NOTHING_SPECIAL = SpecialResult()


class SpecialPoints(Model):
    """Deductions (减分项，不封顶) and additions (加分项) with their caps.

    `cap_window: year` runs the caps over the assessment year: what earlier quarters used up is no longer there.
    """

    deductions: tuple[SpecialGroup, ...] = Field(title="减分项")
    additions: tuple[SpecialGroup, ...] = Field(title="加分项")
    additions_cap: Positive = Field(title="加分封顶")
    cap_window: Literal["year", "quarter"] = Field("year", title="封顶期间")

    def list_facts(self) -> tuple[str, ...]:
        """Return the names of all facts, deductions first."""
        return tuple(entry.fact for group in (*self.deductions, *self.additions) for entry in group.entries)

    def list_caps(self) -> dict[str, Decimal]:
        """Return the caps by name: one for each capped group, and `total` over all additions."""
        caps = {group.code: group.cap for group in self.additions if group.cap is not None}
        return {**caps, TOTAL: self.additions_cap}

    def score(self, values: Values, used: Mapping[str, Decimal] | None = None) -> SpecialResult:
        """Return the special points of a quarter.

        `used`: points of each cap that earlier quarters of the year used, by the names of `list_caps`.
        """
        before = used if used and self.cap_window == "year" else {}
        taken = sum((group.find_points(values) for group in self.deductions), ZERO)
        added, now = ZERO, {}
        for group in self.additions:
            points = group.find_points(values)
            if group.cap is not None:
                points = min(points, max(ZERO, group.cap - before.get(group.code, ZERO)))
                now[group.code] = points
            added += points
        added = min(added, max(ZERO, self.additions_cap - before.get(TOTAL, ZERO)))
        return SpecialResult(taken, added, {**now, TOTAL: added})

    def explain(self, values: Values, result: SpecialResult, facts: Mapping[str, Fact]) -> list[Finding]:
        """Return a finding for each fact that is not 0, additions with a negative cost; caps take theirs last."""
        found = list(self._explain_entries(values, facts))
        uncapped = sum((group.find_points(values) for group in self.additions), ZERO)
        if uncapped > result.added:
            over = uncapped - result.added
            label, cap = Message("over the cap"), self.additions_cap
            found.append(Finding(label, AT_MOST, cap, uncapped, met=False, short=over, cost=over, source=""))
        return found

    def _explain_entries(self, values: Values, facts: Mapping[str, Fact]) -> Iterator[Finding]:
        for sign, groups in ((1, self.deductions), (-1, self.additions)):
            for group in groups:
                for entry in group.entries:
                    count = values.get(entry.fact, 0)
                    if count:
                        label, cost = facts[entry.fact].label, sign * entry.points * count
                        yield Finding(label, EACH, -sign * entry.points, count, sign < 0, None, cost, group.criterion)
