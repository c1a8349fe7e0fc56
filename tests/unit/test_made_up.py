"""What a deferred indicator's facts may have become by the year's end (rules.md, §1, Deferral)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.casework.made_up import QuarterValues, find_least, propose
from app.casework.work import get_part_scorer
from app.scoring.facts import Value
from tests.builders import make_reached
from tests.integration.simulating import HONGSHAN


def make_quarter(place: int, **changes: object) -> QuarterValues:
    scorer = get_part_scorer(HONGSHAN, 1, f"Q{place}")
    values: Mapping[str, Value] = scorer.check_facts(make_reached(HONGSHAN, f"Q{place}", **changes))
    return QuarterValues(f"Y1Q{place}", scorer, values)


def make_year(first: QuarterValues, **last: object) -> list[QuarterValues]:
    return [first, make_quarter(2), make_quarter(3), make_quarter(4, **last)]


@pytest.mark.parametrize(
    ("part", "fact", "least"),
    [
        ("Q1", "mentor_events", 4),
        ("Q4", "mentor_events", 5),
        ("Q1", "legal_consultations", 20),
        ("Q2", "trainees_cumulative", 200),
        ("Q4", "plans_in_quarter", 0),
    ],
)
def test_the_least_that_a_quarter_asks_of_a_fact_is_found_by_its_rule(part: str, fact: str, least: int) -> None:
    assert find_least(get_part_scorer(HONGSHAN, 1, part), fact) == least


def test_cumulative_facts_and_stocks_have_their_value_at_years_end() -> None:
    first = make_quarter(1, trainees_cumulative=20, mentors=2)
    year = make_year(first, trainees_cumulative=410, mentors=9)
    assert propose(first, "training", year) == {"trainees_cumulative": 410}
    assert propose(first, "mentoring", year)["mentors"] == 9


def test_what_counts_a_quarter_alone_is_what_the_others_leave_of_the_years_total() -> None:
    first = make_quarter(1, mentor_events=2)
    others = [int(one.values["mentor_events"]) for one in make_year(first)[1:]]
    extra = 5 + 4
    year = make_year(first, mentor_events=extra)
    wanted = 4 + 3 + 5
    assert propose(first, "mentoring", year)["mentor_events"] == 2 + others[0] + others[1] + extra - wanted


def test_it_is_never_less_than_the_quarter_had() -> None:
    first = make_quarter(1, mentor_events=3)
    year = make_year(first, mentor_events=0)
    assert propose(first, "mentoring", year)["mentor_events"] == 3


def test_a_year_with_a_quarter_assessed_elsewhere_has_no_total() -> None:
    first = make_quarter(1, mentor_events=2)
    assert "mentor_events" not in propose(first, "mentoring", make_year(first)[1:])
