"""Special points (特殊分): adjustments beside the indicators, deductions without limit, additions under yearly caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import Field

from app.errors import Message
from app.scoring.facts import Fact, Values
from app.scoring.findings import AT_MOST, COST, EACH, Asked, Row
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


class SpecialResult(NamedTuple):
    """What special points took and added in one quarter, and what of each cap it used."""

    taken: Decimal
    added: Decimal
    used: Mapping[str, Decimal]

    @property
    def net(self) -> Decimal:
        """The points by which the quarter's score changes."""
        return self.added - self.taken


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


class SpecialScorer:
    """Special points bound once to plain tables, for many quarters."""

    def __init__(self, special: SpecialPoints, facts: Mapping[str, Fact]) -> None:
        self.special = special
        self._asking = list(_list_asked(special, facts))
        self._facts = frozenset(special.list_facts())
        self._taking = [(entry.fact, entry.points) for group in special.deductions for entry in group.entries]
        self._adding = [
            (group.code, group.cap, [(entry.fact, entry.points) for entry in group.entries])
            for group in special.additions
        ]
        self._unused = dict.fromkeys(special.list_caps(), ZERO)

    def score(self, values: Values, used: Mapping[str, Decimal] | None = None) -> SpecialResult:
        """Return the special points of a quarter; facts that are absent count as 0.

        `used`: points of each cap that earlier quarters of the year used, by the names of `SpecialPoints.list_caps`.
        """
        if self._facts.isdisjoint(values):
            return SpecialResult(ZERO, ZERO, self._unused)
        before = used if used and self.special.cap_window == "year" else self._unused
        added, now = ZERO, {}
        for code, cap, entries in self._adding:
            points = _find_points(entries, values)
            if cap is not None:
                points = min(points, max(ZERO, cap - before.get(code, ZERO)))
                now[code] = points
            added += points
        added = min(added, max(ZERO, self.special.additions_cap - before.get(TOTAL, ZERO)))
        now[TOTAL] = added
        return SpecialResult(_find_points(self._taking, values), added, now)

    def explain(self, values: Values, result: SpecialResult) -> list[Row]:
        """Return a finding for each fact that is not 0, additions with a negative cost; caps take theirs last."""
        found: list[Row] = []
        for fact, asked, each in self._asking:
            count = values.get(fact)
            if count:
                found.append((asked, each, count, each > 0, None, -each * count))
        over = sum((row[COST] or ZERO for row in found), ZERO) + result.net
        if over:
            found.append((OVER_THE_CAP, self.special.additions_cap, result.added - over, False, -over, -over))
        return found


OVER_THE_CAP = Asked(Message("over the cap"), AT_MOST, "")


def _list_asked(special: SpecialPoints, facts: Mapping[str, Fact]) -> Iterator[tuple[str, Asked, Decimal]]:
    for sign, groups in ((-1, special.deductions), (1, special.additions)):
        for group in groups:
            asked_of = {entry.fact: Asked(facts[entry.fact].label, EACH, group.criterion) for entry in group.entries}
            yield from ((entry.fact, asked_of[entry.fact], sign * entry.points) for entry in group.entries)


def _find_points(entries: list[tuple[str, Decimal]], values: Values) -> Decimal:
    points = ZERO
    for fact, each in entries:
        count = values.get(fact)
        if count:
            points += each * count
    return points
