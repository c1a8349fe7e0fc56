"""What approved scores lead to: points, money, held points, proposals, settlements, in the ledger's order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.scoring.consequences.term import TermResult
from tests.builders import CHIFENG, FEE, HONGSHAN, make_quarter, run

D = Decimal


def list_ledger(result: TermResult) -> list[tuple[object, ...]]:
    return [(e.quarter, e.kind, e.points or e.money, e.cause, e.reverses) for e in result.ledger]


@pytest.mark.parametrize(
    ("score", "money"),
    [
        ("25", "0"),
        ("20", "0"),
        ("19.99", "1000"),
        ("19.98", "2000"),
        ("19", "100000"),
        ("18.4", "160000"),
        ("0", "2000000"),
    ],
)
def test_a_quarter_below_20_costs_100000_per_point(score: str, money: str) -> None:
    assert run(score).quarters[0].money_deducted == D(money)


@pytest.mark.parametrize(
    ("fraction", "money"), [("prorate", 150000), ("whole_points_down", 100000), ("whole_points_up", 200000)]
)
def test_part_of_a_point_costs_as_the_parameter_says(fraction: str, money: int) -> None:
    rate = {"kind": "per_point", "below": 20, "cny_per_point": 100000, "criterion": "x", "fraction": fraction}
    assert run("18.5", parameters={**HONGSHAN, "money": rate}).quarters[0].money_deducted == money


@pytest.mark.parametrize(("score", "money"), [("20", "0"), ("19.99", "2400000"), ("3", "2400000")])
def test_chifeng_below_20_costs_a_fifth_of_the_fee(score: str, money: str) -> None:
    assert run(score, parameters=CHIFENG).quarters[0].money_deducted == D(money)


def test_a_fifth_of_an_odd_fee_is_rounded_half_up_to_the_cent() -> None:
    assert run("10", parameters=CHIFENG, fee=D("1000000.13")).quarters[0].money_deducted == D("200000.03")


@pytest.mark.parametrize(("score", "opened"), [("20", 0), ("19.99", 1)])
def test_a_score_below_20_opens_a_rectification(score: str, opened: int) -> None:
    assert run(score).quarters[0].rectifications == opened


def test_forty_points_lost_in_the_year_open_a_proposal() -> None:
    assert [quarter.proposals for quarter in run("5", "5").quarters] == [(), ("termination",)]


def test_39_99_points_lost_open_nothing() -> None:
    assert run("5", "5.01").quarters[1].proposals == ()


def test_the_count_starts_again_in_the_next_year() -> None:
    result = run("25", "25", "5", "24", "4")
    assert [quarter.cumulative_deduction for quarter in result.quarters] == [0, 0, 20, 21, 21]
    assert result.quarters[4].proposals == ()


def test_a_window_over_the_whole_contract_does_not_start_again() -> None:
    window = {"kind": "cumulative_deduction", "at": 40, "window": "contract", "criterion": "x"}
    assert run("25", "25", "5", "24", "4", parameters={**HONGSHAN, "termination": window}).quarters[4].proposals


def test_after_continue_the_next_approval_that_finds_40_opens_the_next_proposal() -> None:
    result = run("5", "5", "25", "25", decisions=("continue", "continue", "end"))
    assert [len(quarter.proposals) for quarter in result.quarters] == [0, 1, 1, 1]
    assert result.contract_state == "terminated"


def test_quarters_after_an_end_are_absent_and_the_year_withholds_all() -> None:
    result = run("5", "5", "25", "25", decisions=("end",))
    assert [quarter.quarter for quarter in result.quarters] == ["Y1Q1", "Y1Q2"]
    settlement = result.years[0].settlement
    assert settlement is not None
    assert (settlement.released, settlement.withheld) == (0, FEE - 3000000)


def test_chifeng_below_15_opens_a_proposal_on_top_of_the_fifth() -> None:
    quarter = run("14.99", parameters=CHIFENG).quarters[0]
    assert (quarter.proposals, quarter.money_deducted) == (("termination",), D("2400000"))
    assert run("15", parameters=CHIFENG).quarters[0].proposals == ()


@pytest.mark.parametrize(("last", "released"), [("15", "0"), ("15.01", "11500000")])
def test_the_rest_is_paid_above_60_points_a_year(last: str, released: str) -> None:
    result = run("15", "15", "15", last, fee=D("13499000") if last == "15.01" else FEE)
    settlement = result.years[0].settlement
    assert settlement is not None
    assert settlement.released == D(released)


def test_what_is_already_paid_leaves_only_the_rest() -> None:
    settlement = run("25", "25", "25", "25", paid=D("3000000.00")).years[0].settlement
    assert settlement is not None
    assert (settlement.released, settlement.withheld) == (FEE - 3000000, 0)


def test_deductions_stop_at_the_years_fee_in_quarter_order() -> None:
    result = run("5", "5", "5", "5", fee=D("3500000.00"))
    assert [quarter.money_deducted for quarter in result.quarters] == [1500000, 1500000, 500000, 0]


def test_a_representation_never_makes_an_indicator_worse() -> None:
    better = make_quarter(0, "18", representation={"a": D(15), "b": D(1)})
    assert run(better).quarters[0].score == 20


def test_an_appeal_reverses_what_it_changes_and_posts_it_again() -> None:
    result = run(make_quarter(0, "18", appeal={"a": D("14.5")}))
    assert list_ledger(result) == [
        ("Y1Q1", "points", 7, "score", None),
        ("Y1Q1", "money", 200000, "score", None),
        ("Y1Q1", "reversal", -7, "appeal", 0),
        ("Y1Q1", "reversal", -200000, "appeal", 1),
        ("Y1Q1", "points", D("5.5"), "appeal", None),
        ("Y1Q1", "money", 50000, "appeal", None),
    ]
    assert (result.quarters[0].score, result.quarters[0].rectifications) == (D("19.5"), 1)


def test_an_appeal_that_changes_nothing_posts_nothing() -> None:
    assert len(run(make_quarter(0, "18", appeal={"a": D(2)})).ledger) == 2


def test_the_later_value_wins_between_representation_and_appeal() -> None:
    both = make_quarter(0, "10", representation={"a": D(8)}, appeal={"a": D(12)})
    assert run(both).quarters[0].score == 17


def test_an_appeal_that_removes_the_cause_withdraws_the_proposal_and_uses_no_decision() -> None:
    appealed = make_quarter(1, "5", appeal={"a": D("0.01")})
    result = run("5", appealed, "25", "5", decisions=("end",))
    assert [quarter.proposals for quarter in result.quarters] == [(), ("termination",), (), ("termination",)]
    assert result.contract_state == "terminated"


def test_held_points_count_neither_as_deducted_nor_for_money() -> None:
    quarter = run(make_quarter(0, "12", defer=("a",))).quarters[0]
    assert (quarter.score, quarter.held, quarter.points_deducted, quarter.money_deducted) == (12, 13, 0, 0)


def run_deferral(made_up: dict[str, dict[str, Decimal]]) -> TermResult:
    return run(
        make_quarter(0, "12", defer=("a",)),
        "25",
        "25",
        make_quarter(3, "25", made_up={"Y1Q1": made_up} if made_up else {}),
    )


def test_a_deferral_made_up_in_full_is_released() -> None:
    result = run_deferral({"a": {"a": D(20)}})
    assert list_ledger(result)[:2] == [("Y1Q1", "held", 13, "score", None), ("Y1Q1", "released", 13, "deferral", None)]
    assert (result.quarters[0].score, result.quarters[0].held, result.years[0].score) == (25, 0, 100)


def test_a_deferral_made_up_in_part_loses_the_rest_with_its_money() -> None:
    result = run_deferral({"a": {"a": D(13)}})
    assert list_ledger(result)[1:4] == [
        ("Y1Q1", "released", 6, "deferral", None),
        ("Y1Q1", "points", 7, "deferral", None),
        ("Y1Q1", "money", 200000, "deferral", None),
    ]
    assert result.quarters[0].points_deducted == 7


def test_a_deferral_not_made_up_is_lost() -> None:
    assert run_deferral({}).quarters[0].money_deducted == 800000


def test_making_up_never_earns_fewer_points_than_before() -> None:
    assert run_deferral({"a": {"a": D(0)}}).quarters[0].score == 12


def test_held_points_are_settled_before_the_fourth_quarters_condition_is_looked_at() -> None:
    quarters = [make_quarter(place, "5", defer=("a",)) for place in (0, 1)]
    result = run(*quarters, "25", "25", decisions=("continue",))
    assert [quarter.proposals for quarter in result.quarters] == [(), (), (), ("termination",)]
    assert result.years[0].cumulative_deduction == 40


def test_a_termination_turns_what_is_held_into_points_and_money_of_its_own_quarter() -> None:
    result = run(make_quarter(0, "12", defer=("a",)), "4", "4", decisions=("end",))
    assert ("Y1Q1", "points", D(13), "termination", None) in list_ledger(result)
    assert ("Y1Q1", "money", D(800000), "termination", None) in list_ledger(result)
    assert (result.quarters[0].held, result.quarters[0].points_deducted) == (0, 13)
    assert result.ledger[-1].kind == "settlement"


def test_a_fee_used_up_by_a_settled_deferral_takes_back_from_later_quarters() -> None:
    result = run(make_quarter(0, "5", defer=("a",)), "5", "5", "25", fee=D("3000000.00"))
    assert [quarter.money_deducted for quarter in result.quarters] == [1500000, 1500000, 0, 0]
    assert ("Y1Q3", "money", D(-1500000), "deferral", None) in list_ledger(result)


def test_an_incomplete_year_is_not_settled() -> None:
    result = run("25", "24")
    assert (result.years[0].settlement, result.years[0].score, result.contract_state) == (None, 49, "active")


def test_all_years_over_is_settled() -> None:
    assert run("25", "25", "25", "25", years=1).contract_state == "settled"


def test_chifeng_posts_points_below_zero_where_the_score_is_above_25() -> None:
    assert run("25", parameters=CHIFENG).ledger == ()
