"""What must hold across a rubric, beyond the shape of each field; each problem names the path to where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from app.errors import Message, find_nearest
from app.scoring.facts import Fact, FactType
from app.scoring.model import ZERO
from app.scoring.rubric import Indicator, Part, Rubric
from app.scoring.rules import (
    AgainstTarget,
    AllOrNothing,
    Award,
    Judged,
    PerItem,
    PerOccurrence,
    PerShortfall,
    Ratio,
    SumOf,
    Tiers,
)
from app.scoring.rules.base import NUMBERS, Requirement, Rule, ShareTarget
from app.scoring.rules.per_item import ConjunctionItem, CountedItem

Path = tuple[str | int, ...]
COUNTS = (FactType.COUNT,)
YES_NO = (FactType.YES_NO,)


class Problem(NamedTuple):
    """Something wrong with a file's content, and the path of keys and indexes to it."""

    path: Path
    message: Message


def check_rubric(rubric: Rubric) -> Iterator[Problem]:
    """Yield everything that doesn't hold: sums, facts undeclared, unused or of the wrong type, order of bands."""
    used: set[str] = set()
    for name, part in rubric.parts.items():
        yield from _check_part(rubric, name, part, used)
    yield from _check_special(rubric, used)
    for fact in rubric.facts:
        if fact not in used:
            yield Problem(("facts", fact), Message("no rule reads this fact"))
    if rubric.points_of_year != rubric.year_max:
        text = Message("the parts add up to {sum}, not {max}", sum=rubric.points_of_year, max=rubric.year_max)
        yield Problem(("year_max",), text)


def _check_part(rubric: Rubric, name: str, part: Part, used: set[str]) -> Iterator[Problem]:
    facts, path = rubric.list_part_facts(name), ("parts", name)
    codes: set[str] = set()
    for s, section in enumerate(part.sections):
        here = (*path, "sections", s)
        if section.only_when is not None:
            used.add(section.only_when)
            yield from _check_fact((*here, "only_when"), section.only_when, YES_NO, facts)
        total = sum((indicator.max for indicator in section.indicators), ZERO)
        if total != section.points:
            text = Message("the indicators add up to {sum}, not {max}", sum=total, max=section.points)
            yield Problem((*here, "points"), text)
        for i, indicator in enumerate(section.indicators):
            place = (*here, "indicators", i)
            if indicator.code in codes:
                yield Problem((*place, "code"), Message("the indicator {code} stands here twice", code=indicator.code))
            codes.add(indicator.code)
            yield from _check_indicator(place, indicator, facts, used)
    yield from _check_sums(path, part)


def _check_sums(path: Path, part: Part) -> Iterator[Problem]:
    base = [section for section in part.sections if not section.on_top]
    weights = [section.weight for section in base if section.weight is not None]
    if not weights:
        total = sum((section.points for section in base), ZERO)
        if total != part.max:
            text = Message("the sections add up to {sum}, not {max}", sum=total, max=part.max)
            yield Problem((*path, "max"), text)
        return
    if len(weights) != len(base) or sum(weights, ZERO) != 100:
        text = Message("the weights must add up to 100, not {sum}", sum=sum(weights, ZERO))
        yield Problem((*path, "sections"), text)
    for s, section in enumerate(part.sections):
        if section.points != part.max:
            text = Message("a weighted block is out of {max}, not {points}", max=part.max, points=section.points)
            yield Problem((*path, "sections", s, "points"), text)


def _check_indicator(path: Path, indicator: Indicator, facts: dict[str, Fact], used: set[str]) -> Iterator[Problem]:
    used.update(indicator.list_facts())
    if isinstance(indicator.rule, Judged) and indicator.code in facts:
        text = Message(
            "the mark stands under the indicator's code, so no fact may be called {code}", code=indicator.code
        )
        yield Problem((*path, "code"), text)
    for e, evidence in enumerate(indicator.evidence):
        for fact in evidence.facts:
            if fact not in facts and fact != indicator.code:
                yield Problem((*path, "evidence", e, "facts"), _name_unknown(fact, facts))
    yield from check_rule((*path, "rule"), indicator.rule, indicator.max, facts)


def check_rule(path: Path, rule: Rule, full: Decimal, facts: dict[str, Fact]) -> Iterator[Problem]:
    """Yield what doesn't hold of one rule whose base points are `full`."""
    if rule.gate is not None:
        yield from _check_fact((*path, "gate"), rule.gate, YES_NO, facts)
    if isinstance(rule, SumOf):
        total = sum((part.max for part in rule.parts), ZERO)
        if total != full:
            yield Problem((*path, "parts"), Message("the parts add up to {sum}, not {max}", sum=total, max=full))
        for p, part in enumerate(rule.parts):
            yield from check_rule((*path, "parts", p, "rule"), part.rule, part.max, facts)
    elif isinstance(rule, Tiers):
        yield from _check_tiers(path, rule, full)
        yield from _check_fact((*path, "fact"), rule.fact, NUMBERS, facts)
    elif isinstance(rule, AllOrNothing):
        yield from _check_below((*path, "otherwise"), rule.otherwise, full)
        yield from _check_requirements((*path, "all"), rule.all, facts)
    elif isinstance(rule, PerItem):
        yield from _check_items(path, rule, facts)
    else:
        yield from _check_simple(path, rule, full, facts)


def _check_simple(path: Path, rule: Rule, full: Decimal, facts: dict[str, Fact]) -> Iterator[Problem]:
    if isinstance(rule, PerShortfall):
        yield from _check_fact((*path, "fact"), rule.fact, NUMBERS, facts)
        if isinstance(rule.target, ShareTarget):
            yield from _check_fact((*path, "target", "of"), rule.target.of, NUMBERS, facts)
    elif isinstance(rule, PerOccurrence):
        yield from _check_fact((*path, "fact"), rule.fact, COUNTS, facts)
    elif isinstance(rule, Ratio):
        yield from _check_fact((*path, "actual"), rule.actual, NUMBERS, facts)
        yield from _check_fact((*path, "target"), rule.target, NUMBERS, facts)
    elif isinstance(rule, AgainstTarget):
        yield from _check_fact((*path, "fact"), rule.fact, NUMBERS, facts)
        yield from _check_fact((*path, "target"), rule.target, NUMBERS, facts)
        if rule.partial is not None and rule.partial > full:
            yield from _check_below((*path, "partial"), rule.partial, full)
    elif isinstance(rule, Award):
        for p, prize in enumerate(rule.prizes):
            yield from _check_fact((*path, "prizes", p, "fact"), prize.fact, COUNTS, facts)


def _check_items(path: Path, rule: PerItem, facts: dict[str, Fact]) -> Iterator[Problem]:
    for i, item in enumerate(rule.items):
        here = (*path, "items", i)
        if isinstance(item, CountedItem):
            yield from _check_fact((*here, "each"), item.each, COUNTS, facts)
        elif isinstance(item, ConjunctionItem):
            yield from _check_requirements((*here, "all"), item.all, facts)
        else:
            yield from _check_requirement(here, item, facts)


def _check_requirements(path: Path, requirements: tuple[Requirement, ...], facts: dict[str, Fact]) -> Iterator[Problem]:
    for r, requirement in enumerate(requirements):
        yield from _check_requirement((*path, r), requirement, facts)


def _check_requirement(path: Path, requirement: Requirement, facts: dict[str, Fact]) -> Iterator[Problem]:
    wanted = YES_NO if requirement.at_least is None else NUMBERS
    yield from _check_fact((*path, "fact"), requirement.fact, wanted, facts)
    if isinstance(requirement.at_least, ShareTarget):
        yield from _check_fact((*path, "at_least", "of"), requirement.at_least.of, NUMBERS, facts)


def _check_tiers(path: Path, rule: Tiers, full: Decimal) -> Iterator[Problem]:
    if rule.tiers[0].points != full:
        text = Message("the best band earns {points}, not the base points {max}", points=rule.tiers[0].points, max=full)
        yield Problem((*path, "tiers", 0, "points"), text)
    for t, tier in enumerate(rule.tiers):
        if (tier.at_least is None) == (tier.above is None):
            yield Problem((*path, "tiers", t), Message("a band has either at_least or above"))
    for t, (higher, lower) in enumerate(zip(rule.tiers, rule.tiers[1:], strict=False), start=1):
        if lower.bound >= higher.bound or lower.points >= higher.points:
            yield Problem((*path, "tiers", t), Message("bands go from the highest down, bounds and points alike"))
    if rule.otherwise >= rule.tiers[-1].points:
        yield Problem((*path, "otherwise"), Message("the lowest band must earn less than the one above"))


def _check_below(path: Path, points: Decimal, full: Decimal) -> Iterator[Problem]:
    if points >= full:
        yield Problem(path, Message("must be less than the base points {max}", max=full))


def _check_special(rubric: Rubric, used: set[str]) -> Iterator[Problem]:
    special = rubric.special_points
    if special is None:
        return
    for side, groups in (("deductions", special.deductions), ("additions", special.additions)):
        for g, group in enumerate(groups):
            for e, entry in enumerate(group.entries):
                used.add(entry.fact)
                path = ("special_points", side, g, "entries", e, "fact")
                yield from _check_fact(path, entry.fact, NUMBERS, rubric.facts)


def _check_fact(path: Path, name: str, types: tuple[FactType, ...], facts: dict[str, Fact]) -> Iterator[Problem]:
    if name not in facts:
        yield Problem(path, _name_unknown(name, facts))
    elif facts[name].type not in types:
        wanted = (
            Message("a count") if types == COUNTS else Message("yes/no") if types == YES_NO else Message("a number")
        )
        yield Problem(path, Message("the fact {fact} must be {wanted} here", fact=name, wanted=wanted))


def _name_unknown(name: str, facts: dict[str, Fact]) -> Message:
    nearest = find_nearest(name, facts)
    if nearest:
        return Message("unknown fact {fact}; nearest: {nearest}", fact=name, nearest=nearest)
    return Message("unknown fact {fact}", fact=name)
