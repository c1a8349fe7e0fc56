"""Each kind of rule at its bounds, and the working that goes with the points."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from app.scoring.facts import Fact, Values
from app.scoring.findings import Finding
from app.scoring.rules import AnyRule, Context, Rule

RULES: TypeAdapter[Rule] = TypeAdapter(AnyRule)
FACT = Fact.model_validate({"label": "数", "type": "count", "origin": "register"})


def bind(rule: Mapping[str, object], full: str) -> tuple[Rule, Context]:
    made = RULES.validate_python(rule)
    facts = dict.fromkeys(made.list_facts("code"), FACT)
    return made, Context("code", "某指标", Decimal(full), "原文", facts)


def score(rule: Mapping[str, object], full: str, **values: object) -> Decimal:
    made, context = bind(rule, full)
    checked: Values = values  # type: ignore[assignment]  # tests give checked values
    return made.bind_points(context)(checked)


def explain(rule: Mapping[str, object], full: str, **values: object) -> list[Finding]:
    made, context = bind(rule, full)
    checked: Values = values  # type: ignore[assignment]  # tests give checked values
    return [Finding._make(row) for row in made.bind_findings(context)(checked)[0]]


BANDS = {
    "kind": "tiers",
    "fact": "n",
    "tiers": [{"at_least": 50, "points": 5}, {"at_least": 30, "points": 4}],
    "otherwise": 2,
}


@pytest.mark.parametrize(("number", "points"), [(0, 2), (29, 2), (30, 4), (49, 4), (50, 5), (1000, 5)])
def test_a_shared_bound_belongs_to_the_better_band(number: int, points: int) -> None:
    assert score(BANDS, "5", n=number) == points


@pytest.mark.parametrize(("number", "points"), [(100, 3), (101, 5), (200, 5), (201, 10)])
def test_an_exclusive_bound_is_not_reached_by_its_own_value(number: int, points: int) -> None:
    rule = {"kind": "tiers", "fact": "n", "tiers": [{"above": 200, "points": 10}, {"above": 100, "points": 5}]}
    assert score({**rule, "otherwise": 3}, "10", n=number) == points


@pytest.mark.parametrize(("mean", "points"), [("90.5", 6), ("90.49", 4), ("75.5", 4), ("75.4999", 2), ("60.4", 0)])
def test_a_mean_is_rounded_half_up_before_it_is_read(mean: str, points: int) -> None:
    tiers = [{"at_least": 91, "points": 6}, {"at_least": 76, "points": 4}, {"at_least": 61, "points": 2}]
    rule = {"kind": "tiers", "fact": "n", "tiers": tiers, "round": "whole_half_up"}
    assert score(rule, "6", n=Decimal(mean)) == points


PLANS = {
    "kind": "all_or_nothing",
    "all": [{"fact": "plans", "at_least": 3}, {"fact": "copies", "at_least": 100}],
    "otherwise": 2,
}


@pytest.mark.parametrize(("plans", "copies", "points"), [(3, 100, 3), (2, 100, 2), (3, 99, 2), (0, 0, 2)])
def test_all_or_nothing_gives_the_rest_when_one_requirement_fails(plans: int, copies: int, points: int) -> None:
    assert score(PLANS, "3", plans=plans, copies=copies) == points


def test_requirements_that_fall_together_cost_once() -> None:
    assert [finding.cost for finding in explain(PLANS, "3", plans=0, copies=0)] == [1, 0]


def test_a_finding_says_by_how_much_a_number_missed_its_target() -> None:
    finding = explain(PLANS, "3", plans=1, copies=100)[0]
    assert (finding.had, finding.met, finding.short, finding.source) == (1, False, 2, "原文")


COUNTED = {"kind": "per_item", "deduct": "0.4", "items": [{"each": "visits", "target": 7}, {"fact": "leaflets"}]}


@pytest.mark.parametrize(
    ("visits", "leaflets", "points"),
    [(7, True, "3.2"), (6, True, "2.8"), (9, False, "2.8"), (0, False, "0"), (0, True, "0.4")],
)
def test_a_counted_item_stands_for_as_many_items_as_its_target(visits: int, leaflets: bool, points: str) -> None:  # noqa: FBT001  # a fact's value
    assert score(COUNTED, "3.2", visits=visits, leaflets=leaflets) == Decimal(points)


def test_items_stop_costing_when_nothing_is_left() -> None:
    rule = {"kind": "per_item", "deduct": 2, "items": [{"each": "n", "target": 5}]}
    assert score(rule, "3", n=3) == 0
    assert [finding.cost for finding in explain(rule, "3", n=0)] == [3]


HUNDREDS = {"kind": "per_shortfall", "fact": "n", "target": 1500, "step": 100, "deduct": 1}


@pytest.mark.parametrize(("number", "points"), [(1500, 15), (1401, 15), (1400, 14), (1399, 14), (1, 1), (0, 0)])
def test_only_a_full_hundred_that_is_missing_costs_a_point(number: int, points: int) -> None:
    assert score(HUNDREDS, "15", n=number) == points


@pytest.mark.parametrize(("reading", "points"), [("ignore", "14"), ("charge", "13"), ("prorate", "13.5")])
def test_a_step_that_is_not_full_costs_as_the_parameter_says(reading: str, points: str) -> None:
    assert score({**HUNDREDS, "partial_step": reading}, "15", n=1350) == Decimal(points)


SHARE = {
    "kind": "per_shortfall",
    "fact": "n",
    "target": {"percent": 90, "of": "base"},
    "step": 100,
    "deduct": 2,
    "gate": "held",
}


@pytest.mark.parametrize(("number", "points"), [(901, 30), (900, 30), (801, 30), (800, 28), (0, 12)])
def test_a_target_that_is_a_share_is_rounded_up_to_a_whole_number(number: int, points: int) -> None:
    assert score(SHARE, "30", n=number, base=1000, held=True) == points


def test_a_share_of_1001_rounds_up_to_901() -> None:
    assert explain(SHARE, "30", n=900, base=1001, held=True)[1].short == 1


def test_without_its_gate_a_rule_earns_nothing_and_the_gate_bears_the_cost() -> None:
    assert score(SHARE, "30", n=900, base=1000, held=False) == 0
    assert [finding.cost for finding in explain(SHARE, "30", n=0, base=1000, held=False)] == [30, 0]


@pytest.mark.parametrize(("count", "points"), [(0, 5), (1, 4), (5, 0), (6, 0)])
def test_every_late_report_costs_a_point_until_none_is_left(count: int, points: int) -> None:
    assert score({"kind": "per_occurrence", "fact": "n", "deduct": 1}, "5", n=count) == points


RATIO = {"kind": "ratio", "actual": "done", "target": "wanted"}


@pytest.mark.parametrize(
    ("done", "wanted", "points"),
    [(0, 0, "30"), (5, 0, "30"), (1, 3, "10"), (2, 3, "20"), (1, 7, "4.2857"), (1, 9, "3.3333"), (9, 7, "30")],
)
def test_a_ratio_is_multiplied_first_and_rounded_half_up_to_four_decimals(done: int, wanted: int, points: str) -> None:
    assert score(RATIO, "30", done=done, wanted=wanted) == Decimal(points)


FLOOR = {"kind": "against_target", "fact": "n", "target": "wanted", "floor": 90, "partial": 3}


@pytest.mark.parametrize(
    ("number", "wanted", "points"),
    [("95", "95", 5), ("94.9", "95", 3), ("90", "90", 3), ("90", "80", 3), ("89.9", "80", 0), ("90.1", "90", 5)],
)
def test_exactly_the_floor_earns_the_partial_points(number: str, wanted: str, points: int) -> None:
    assert score(FLOOR, "5", n=Decimal(number), wanted=Decimal(wanted)) == points


def test_an_award_stops_at_its_cap() -> None:
    rule = {"kind": "award", "prizes": [{"fact": "a", "points": 5}, {"fact": "b", "points": 2}]}
    assert [score(rule, "10", a=a, b=b) for a, b in ((0, 0), (1, 1), (1, 2), (2, 0), (3, 9))] == [0, 7, 9, 10, 10]


def test_a_sum_adds_its_parts() -> None:
    one = {"kind": "per_shortfall", "target": 5, "deduct": 2}
    parts = [{"name": name, "max": 10, "rule": {**one, "fact": name}} for name in ("a", "b")]
    assert score({"kind": "sum_of", "parts": parts}, "20", a=5, b=3) == 16


@pytest.mark.parametrize("rule", [BANDS, PLANS, COUNTED, HUNDREDS, SHARE, RATIO, FLOOR])
def test_a_finding_without_its_fact_is_open_and_costs_nothing_yet(rule: Mapping[str, object]) -> None:
    for finding in explain(rule, "5"):
        assert (finding.had, finding.met, finding.cost) == (None, None, None)
