"""The pictures of a contract's years as values: what is drawn and what the tables beneath say is the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.scoring.consequences.parameters import Consequences
from app.web.contract_page import YearView
from app.web.contract_pictures import Picture, list_pictures
from tests.builders import CHIFENG, HONGSHAN, make_quarter
from tests.year_views import make_years

WHOLE_TERM = {
    **HONGSHAN,
    "termination": {"kind": "cumulative_deduction", "at": 40, "window": "contract", "criterion": "累计扣分达到40分"},
}
ALL_OF_TWO_AND_THREE = tuple(f"Y{year}Q{place}" for year in (2, 3) for place in range(1, 5))


def draw(years: tuple[YearView, ...], parameters: Mapping[str, object] = HONGSHAN) -> dict[str, Picture]:
    return {one.code: one for one in list_pictures(years, Consequences.model_validate(parameters))}


def read(picture: Picture) -> Any:  # noqa: ANN401  # plain JSON, as the page's script reads it
    return json.loads(json.dumps(picture.data))


def list_values(picture: Picture) -> dict[str, list[str | None]]:
    return {one["tone"]: one["values"] for one in read(picture)["series"]}


def lift(years: tuple[YearView, ...], code: str, score: str) -> tuple[YearView, ...]:
    """The years with another score of a quarter, as special points would make it."""

    def change(year: YearView) -> YearView:
        quarters = tuple(
            replace(one, result=replace(one.result, score=Decimal(score), points_deducted=25 - Decimal(score)))
            if one.result is not None and one.period.code == code
            else one
            for one in year.quarters
        )
        return replace(year, quarters=quarters)

    return tuple(map(change, years))


def test_nothing_is_drawn_before_the_first_result() -> None:
    assert draw(make_years()) == {}


def test_every_quarter_of_every_year_has_its_place_and_its_exact_score() -> None:
    picture = draw(make_years("18.5", "24.5", "25", "20", "0.01"))["scores"]
    assert [one["value"] for one in read(picture)["quarters"]] == ["18.5", "24.5", "25", "20", "0.01"] + [None] * 7
    assert picture.table.rows[0] == ("第 1 年度", "18.50", "24.50", "25.00", "20.00", "88.00")
    assert picture.table.rows[1] == ("第 2 年度", "0.01", "—", "—", "—", "0.01")


def test_a_contract_of_one_year_has_four_places() -> None:
    pictures = draw(make_years("18.5", years=1))
    assert len(read(pictures["scores"])["quarters"]) == 4
    assert read(pictures["money"])["years"] == ["第 1 年度"]


def test_a_score_below_the_line_is_marked_and_one_on_it_is_not() -> None:
    picture = draw(make_years("19.99", "20"))["scores"]
    assert [one["tone"] for one in read(picture)["quarters"][:2]] == ["low", "plain"]
    assert read(picture)["lines"] == [{"at": "20", "name": "扣款、整改"}]
    assert "已考核 2 个季度，其中 1 个季度低于 20 分" in picture.words


def test_held_points_count_as_earned_against_the_line() -> None:
    pictures = draw(make_years(make_quarter(0, "12", defer=("a",))))
    (quarter, *_others) = read(pictures["scores"])["quarters"]
    assert (quarter["value"], quarter["held"], quarter["tone"]) == ("12", "13", "plain")
    assert list_values(pictures["points"])["held"] == ["13", None, None]
    assert pictures["points"].table.rows[0][-1] == "13.00"


def test_a_year_is_a_stack_of_its_quarters_with_the_line_at_40() -> None:
    picture = draw(make_years("12", "14", "16", "9", "24"))["points"]
    found = read(picture)
    assert [list_values(picture)[f"q{place}"][0] for place in range(1, 5)] == ["13", "11", "9", "16"]
    assert found["totals"] == ["49.00", "1.00", "—"]
    assert found["lines"] == [{"at": "40", "name": "拟解除"}]
    assert picture.table.rows[0] == ("第 1 年度", "13.00", "11.00", "9.00", "16.00", "49.00")


def test_where_the_whole_term_counts_a_year_stands_on_the_earlier_ones() -> None:
    picture = draw(make_years("20", "20", "20", "20", "22", parameters=WHOLE_TERM), WHOLE_TERM)["points"]
    assert list_values(picture)["earlier"] == [None, "20", "23"]
    assert picture.table.rows[1][-2:] == ("3.00", "20.00")


def test_chifeng_has_a_line_at_15_points_and_none_at_40() -> None:
    pictures = draw(make_years("25", "14.9", "15", parameters=CHIFENG), CHIFENG)
    scores = read(pictures["scores"])
    assert [one["at"] for one in scores["lines"]] == ["20", "15"]
    assert [one["tone"] for one in scores["quarters"][:3]] == ["plain", "lowest", "low"]
    assert read(pictures["points"])["lines"] == []


def test_special_points_above_the_full_score_give_deducted_points_back() -> None:
    years = lift(make_years("25", "19", parameters=CHIFENG), "Y1Q1", "31.5")
    pictures = draw(years, CHIFENG)
    assert read(pictures["scores"])["quarters"][0]["value"] == "31.5"
    assert list_values(pictures["points"])["q1"][0] == "-6.5"
    assert read(pictures["points"])["totals"][0] == "-0.50"
    assert "特殊分" in pictures["points"].note


def test_the_parts_of_a_settled_year_are_its_fee() -> None:
    pictures = draw(make_years("18.5", "24.5", "25", "24", paid="3000000"))
    values = list_values(pictures["money"])
    parts = [Decimal(one[0]) for one in values.values() if one[0] is not None]
    assert sum(parts) == Decimal(12_000_000)
    assert (values["paid"][0], values["deducted"][0], values["released"][0]) == ("3000000", "150000", "8850000")
    assert "left" not in values


def test_of_a_year_ahead_only_the_fee_is_known() -> None:
    picture = draw(make_years("18.5", paid="3000000"))["money"]
    assert {tone: one[1] for tone, one in list_values(picture).items() if one[1] is not None} == {"ahead": "12000000"}
    assert picture.table.foot == ("年度服务费", "12,000,000.00", "12,000,000.00", "12,000,000.00")


def test_a_settlement_below_the_standard_is_withheld() -> None:
    values = list_values(draw(make_years("12", "12", "12", "12"))["money"])
    assert (values["withheld"][0], values["deducted"][0]) == ("8800000", "3200000")


def test_cancelled_quarters_say_so_and_their_years_cost_nothing() -> None:
    pictures = draw(make_years("10", "12", "8", "12", cancelled=ALL_OF_TWO_AND_THREE))
    assert pictures["scores"].table.rows[1] == ("第 2 年度", "已取消", "已取消", "已取消", "已取消", "—")
    assert pictures["money"].table.foot == ("年度服务费", "12,000,000.00", "—", "—")


def test_a_quarter_assessed_elsewhere_is_drawn_as_an_opening_balance() -> None:
    years = make_years(opening={"Y1Q1": {"points": "6.5", "money": "150000"}})
    quarter = read(draw(years)["scores"])["quarters"][0]
    assert (quarter["value"], quarter["tone"], quarter["note"]) == ("18.5", "opening", "期初余额")


def test_the_keys_name_only_what_is_drawn() -> None:
    pictures = draw(make_years("24", "18.5"))
    assert [one.tone for one in pictures["scores"].keys] == ["plain", "low"]
    assert [one.tone for one in pictures["points"].keys] == ["q1", "q2"]
    assert [one.tone for one in pictures["money"].keys] == ["left", "deducted", "ahead"]
