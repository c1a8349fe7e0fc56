"""What must hold of every sheet, whatever the facts: bounds, sums, monotony, working, and an independent reading."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest

from app.programmes.catalogue import get_catalogue
from app.scoring.facts import FactRefused, FactType, Value
from app.scoring.rules import (
    AgainstTarget,
    AllOrNothing,
    Award,
    PerItem,
    PerOccurrence,
    PerShortfall,
    Ratio,
    SumOf,
    Tiers,
)
from app.scoring.rules.base import Rule, ShareTarget
from app.scoring.scorer import PartScorer
from benchmarks.straight_line import SCORERS, Refused
from benchmarks.straight_line.random_facts import draw_facts

SHEETS = 20_000 if os.environ.get("KAOHE_LONG") else 400
PARTS = list(SCORERS)
SEED = 7


@cache
def get_scorer(rubric: str, part: str) -> PartScorer:
    return PartScorer(get_catalogue().get_rubric(rubric), part)


def draw(rubric: str, part: str, count: int = SHEETS) -> Iterator[dict[str, object]]:
    rng = random.Random(f"{SEED} {rubric} {part}")  # noqa: S311  # facts for tests, no secret
    for _ in range(count):
        yield draw_facts(rng, rubric, part)


def test_every_part_has_an_independent_reading() -> None:
    catalogue = get_catalogue()
    parts = {(name, part) for name in catalogue.list_rubric_names() for part in catalogue.get_rubric(name).parts}
    assert parts == set(PARTS)


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_the_rubric_gives_what_the_independent_reading_gives(rubric: str, part: str) -> None:
    scorer, straight = get_scorer(rubric, part), SCORERS[rubric, part]
    for facts in draw(rubric, part):
        total, points, extras = straight(facts)
        sheet = scorer.score(scorer.check_facts(facts))
        assert (sheet.total, sheet.indicators) == (total, points), facts
        if sheet.special is not None:
            assert extras == {"special": sheet.special.net}, facts
        if sheet.blocks is not None:
            assert extras == sheet.blocks, facts


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_both_readings_refuse_the_same_facts(rubric: str, part: str) -> None:
    scorer, straight = get_scorer(rubric, part), SCORERS[rubric, part]
    facts = next(draw(rubric, part, 1))
    bad: list[object] = [-1, Decimal("1.5"), True, "3", None, 10**16, Decimal("100.5"), Decimal("0.05"), Decimal("NaN")]
    for name in scorer.list_fact_names():
        for value in bad:
            given = {**facts, name: value}
            assert _is_refused_by_engine(scorer, given) == _is_refused_by_hand(straight, given), (name, value)


def _is_refused_by_engine(scorer: PartScorer, facts: dict[str, object]) -> str | None:
    try:
        scorer.check_facts(facts)
    except FactRefused as error:
        return error.fact
    return None


def _is_refused_by_hand(straight: object, facts: dict[str, object]) -> str | None:
    try:
        straight(facts)  # type: ignore[operator]  # one of SCORERS
    except Refused as error:
        return error.fact
    return None


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_points_lie_between_nothing_and_the_base_points_and_add_up(rubric: str, part: str) -> None:
    scorer = get_scorer(rubric, part)
    for facts in draw(rubric, part, 200):
        sheet = scorer.score(scorer.check_facts(facts))
        assert all(0 <= points <= scorer.get_max(code) for code, points in sheet.indicators.items())
        if sheet.blocks is None and len(sheet.indicators) == len(scorer.codes):
            net = sheet.special.net if sheet.special is not None else Decimal(0)
            assert sheet.total == sum(sheet.indicators.values(), net)


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_the_working_accounts_for_every_point_lost(rubric: str, part: str) -> None:
    scorer = get_scorer(rubric, part)
    on_top = {one.code for section, one in scorer.part.list_indicators() if section.on_top}
    for facts in draw(rubric, part, 200):
        values = scorer.check_facts(facts)
        sheet, working = scorer.explain(values)
        assert sheet == scorer.score(values)
        for code, points in sheet.indicators.items():
            lost = sum((finding.cost for finding in working[code] if finding.cost is not None), Decimal(0))
            assert lost == (0 if code in on_top else scorer.get_max(code) - points), (code, facts)
        if sheet.special is not None:
            assert -sum((one.cost or 0 for one in working["special"]), Decimal(0)) == sheet.special.net


def list_directions(rule: Rule, code: str) -> Iterator[tuple[str, int]]:
    """Each fact of a rule with +1 where more can only help, -1 where more can only hurt."""
    hurting: set[str] = set()
    if isinstance(rule, PerOccurrence):
        hurting = {rule.fact}
    elif isinstance(rule, Ratio | AgainstTarget):
        hurting = {rule.target}
    elif isinstance(rule, PerShortfall) and isinstance(rule.target, ShareTarget):
        hurting = {rule.target.of}
    else:
        assert isinstance(rule, Tiers | AllOrNothing | PerItem | PerShortfall | Award | SumOf) or rule.list_facts(code)
    for fact in rule.list_facts(code):
        yield fact, -1 if fact in hurting else 1


def raise_value(scorer: PartScorer, name: str, value: Value, rng: random.Random) -> Value:
    fact = scorer.facts.get(name)
    if fact is None:
        return min(scorer.get_max(name), value + Decimal("0.1") * rng.randint(0, 20))
    if fact.type is FactType.YES_NO:
        return True
    most = 100 if fact.type is FactType.SHARE else fact.most or 10**15
    return min(most, value + rng.choice([0, 1, 2, 10, 100, 1000]))


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_more_of_what_can_only_help_never_costs_points(rubric: str, part: str) -> None:
    scorer, rng = get_scorer(rubric, part), random.Random(SEED)  # noqa: S311  # facts for tests, no secret
    for facts in draw(rubric, part, 60):
        values = scorer.check_facts(facts)
        before = scorer.score(values).indicators
        for _section, indicator in scorer.part.list_indicators():
            if indicator.code not in before:
                continue
            for name, direction in list_directions(indicator.rule, indicator.code):
                raised = {**values, name: raise_value(scorer, name, values[name], rng)}
                after = scorer.score(raised).indicators[indicator.code]
                assert direction * (after - before[indicator.code]) >= 0, (name, facts)


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_whatever_fact_is_missing_the_sheet_stays_open_and_names_it(rubric: str, part: str) -> None:
    scorer, facts = get_scorer(rubric, part), next(draw(rubric, part, 1))
    facts |= {"innovation_undertaken": True} if rubric == "sme-empowerment" else {}
    needed = {name for names in scorer.reads.values() for name in names}
    for name in needed:
        values = scorer.check_facts({key: value for key, value in facts.items() if key != name})
        sheet = scorer.score(values)
        assert (sheet.total, sheet.missing) == (None, (name,))
        assert set(scorer.codes) - set(sheet.indicators) == {
            code for code in scorer.codes if name in scorer.reads[code]
        }
        assert any(finding.had is None for found in scorer.explain(values)[1].values() for finding in found)
