"""What a filing would score as it stands."""

from __future__ import annotations

from decimal import Decimal

from app.casework.estimate import estimate
from app.casework.work import get_part_scorer
from tests.builders import make_reached

HONGSHAN = "hongshan-talent-training"


def test_everything_filled_in_and_proven_leaves_nothing_open() -> None:
    scorer = get_part_scorer(HONGSHAN, 1, "Q1")
    found = estimate(scorer, scorer.check_facts(make_reached(HONGSHAN, "Q1")), scorer.codes)
    assert (found.total, found.missing, found.unproven) == (25, (), ())


def test_an_indicator_with_an_open_fact_counts_nothing() -> None:
    scorer = get_part_scorer(HONGSHAN, 1, "Q1")
    facts = scorer.check_facts(make_reached(HONGSHAN, "Q1"))
    found = estimate(scorer, {name: value for name, value in facts.items() if name != "mentors"}, ())
    assert found.total == 21
    assert found.missing == ("mentors",)
    assert "mentoring" in found.unproven


def test_special_points_count_as_they_are_filed() -> None:
    scorer = get_part_scorer("chifeng-hr-park", 1, "Q1")
    facts = scorer.check_facts({**make_reached("chifeng-hr-park", "Q1"), "valid_complaints": 1})
    assert estimate(scorer, facts, ()).total == Decimal(23)
