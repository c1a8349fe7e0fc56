"""Several scorers: joint looks at facts that differ, the mean of marks and their spread."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.scoring.panel import find_differences, settle_facts, settle_marks

FACTS = {"mentors": 6, "mentor_events": 4}


def test_scorers_who_correct_nothing_leave_the_facts_as_they_are() -> None:
    assert settle_facts(FACTS, [{}, {}], {}) == FACTS


def test_a_correction_that_all_make_needs_no_joint_look() -> None:
    scorers = [{"mentors": 5}, {"mentors": 5}]
    assert find_differences(FACTS, scorers) == ()
    assert settle_facts(FACTS, scorers, {"mentors": 9}) == {**FACTS, "mentors": 5}


def test_only_the_fact_that_differs_goes_to_the_joint_look() -> None:
    scorers = [{"mentors": 5}, {"mentors": 5, "mentor_events": 3}]
    assert find_differences(FACTS, scorers) == ("mentor_events",)
    assert settle_facts(FACTS, scorers, {"mentor_events": 2}) == {"mentors": 5, "mentor_events": 2}


def test_without_an_agreement_the_fact_stays_as_it_was_given() -> None:
    assert settle_facts(FACTS, [{}, {"mentor_events": 3}], {}) == FACTS


def test_a_correction_to_the_given_value_is_no_difference() -> None:
    assert find_differences(FACTS, [{}, {"mentors": 6}]) == ()


@pytest.mark.parametrize(
    ("marks", "mean"),
    [
        (["4"], "4"),
        (["4", "4.1"], "4.05"),
        (["4", "4", "4.1"], "4.03"),
        (["4", "4.1", "4.1"], "4.07"),
        (["1", "4", "4", "5"], "3.5"),
        (["0", "4", "4", "4", "5"], "4"),
        (["3.9", "4", "4.1", "4.1", "4.2", "5"], "4.1"),
    ],
)
def test_marks_take_the_mean_half_up_to_a_hundredth_without_extremes_from_five_scorers_up(
    marks: list[str], mean: str
) -> None:
    assert settle_marks([Decimal(mark) for mark in marks], Decimal(5), Decimal(10)).points == Decimal(mean)


@pytest.mark.parametrize(("highest", "wanted"), [("4.5", False), ("4.6", True)])
def test_a_spread_above_a_tenth_of_the_base_points_asks_for_a_joint_look(highest: str, wanted: bool) -> None:  # noqa: FBT001  # an expectation
    marks = [Decimal(4), Decimal(highest)]
    assert settle_marks(marks, Decimal(5), Decimal(10)).needs_joint_look is wanted
