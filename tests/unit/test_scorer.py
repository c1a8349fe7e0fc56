"""A part of a rubric as a whole: what comes on top, sections that don't apply, special points, versions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.config import get_data_folder
from app.errors import UnknownName
from app.programmes.catalogue import Catalogue, get_catalogue
from app.scoring.facts import Fact, FactRefused
from app.scoring.rubric import Rubric, TakesEffect
from app.scoring.scorer import PartScorer
from app.scoring.special import SpecialPoints, SpecialResult, SpecialScorer
from tests.builders import make_indicator, make_rubric

D = Decimal


def make_part(*sections: dict[str, Any], **changes: object) -> Rubric:
    part = {"title": "全年", "max": 20, "sections": list(sections), **changes}
    facts = {"undertaken": {"label": "已开展", "type": "yes_no", "origin": "entered", "default": True}}
    return make_rubric(parts={"Y": part}, facts=facts, year_max=20)


BASE = {"code": "base", "name": "基本", "points": 20, "indicators": [make_indicator("a", 20)]}
BONUS = {"code": "extra", "name": "加分", "points": 5, "on_top": True, "indicators": [make_indicator("b", 5)]}


def test_what_comes_on_top_may_lift_the_total_above_the_maximum() -> None:
    sheet = PartScorer(make_part(BASE, BONUS), "Y").score({"a": D(19), "b": D(4)})
    assert (sheet.total, sheet.max) == (23, 20)


def test_a_total_cap_stops_it_there() -> None:
    assert PartScorer(make_part(BASE, BONUS, total_cap=20), "Y").score({"a": D(19), "b": D(4)}).total == 20


def test_what_comes_on_top_is_never_called_lost() -> None:
    scorer = PartScorer(make_part(BASE, BONUS), "Y")
    values = scorer.check_facts({"a": D(19), "b": 0})
    assert [finding.cost for finding in scorer.explain(values)[1]["b"]] == [0]


OPTIONAL = {
    "code": "more",
    "name": "可选",
    "points": 2,
    "only_when": "undertaken",
    "indicators": [make_indicator("b", 2)],
}
REST = {"code": "rest", "name": "其余", "points": 18, "indicators": [make_indicator("a", 18)]}


def test_without_a_section_the_others_are_scaled_half_up_to_four_decimals() -> None:
    scorer = PartScorer(make_part(REST, OPTIONAL), "Y")
    sheet = scorer.score(scorer.check_facts({"a": D("12.4"), "undertaken": False}))
    assert (sheet.total, sheet.indicators) == (D("13.7778"), {"a": D("12.4")})


def test_a_section_counts_unless_it_is_said_not_to() -> None:
    scorer = PartScorer(make_part(REST, OPTIONAL), "Y")
    assert scorer.score(scorer.check_facts({"a": D(18)})).missing == ("b",)
    assert scorer.score(scorer.check_facts({"a": D(18), "b": D(1)})).total == 19


def test_absent_sections_may_be_left_out_without_scaling() -> None:
    scorer = PartScorer(make_part(REST, OPTIONAL, absent_sections="leave"), "Y")
    assert scorer.score(scorer.check_facts({"a": D(12), "undertaken": False})).total == 12


def make_special(**changes: object) -> SpecialPoints:
    def group(code: str, points: int, **more: object) -> dict[str, object]:
        entries = [{"fact": code, "points": points}]
        return {"code": code, "name": code, "entries": entries, "criterion": "原文", "place": "表", **more}

    given = {"deductions": [group("complaints", 2)], "additions": [group("honours", 5), group("talents", 2, cap=10)]}
    return SpecialPoints.model_validate({**given, "additions_cap": 30, **changes})


def score_special(special: SpecialPoints, values: dict[str, int], used: dict[str, Decimal]) -> SpecialResult:
    fact = Fact.model_validate({"label": "数", "type": "count", "origin": "register"})
    return SpecialScorer(special, dict.fromkeys(special.list_facts(), fact)).score(values, used)


@pytest.mark.parametrize(
    ("values", "used", "net"),
    [
        ({}, {}, 0),
        ({"complaints": 20}, {}, -40),
        ({"talents": 6}, {}, 10),
        ({"talents": 6}, {"talents": D(8)}, 2),
        ({"talents": 6}, {"talents": D(10)}, 0),
        ({"honours": 7}, {}, 30),
        ({"honours": 2, "talents": 5}, {"total": D(14)}, 16),
        ({"honours": 2, "talents": 5, "complaints": 3}, {"total": D(30)}, -6),
    ],
)
def test_caps_run_over_the_year(values: dict[str, int], used: dict[str, Decimal], net: int) -> None:
    assert score_special(make_special(), values, used).net == net


def test_caps_may_start_again_each_quarter() -> None:
    assert score_special(make_special(cap_window="quarter"), {"talents": 6}, {"talents": D(10)}).net == 10


def test_what_a_quarter_used_of_each_cap_is_kept() -> None:
    assert score_special(make_special(), {"honours": 5, "talents": 4}, {}).used == {"talents": 8, "total": 30}


def write_versions(folder: Path) -> Catalogue:
    """Hongshan's folder with a second version for years 2 and 3."""
    source = get_data_folder("rubrics") / "hongshan-talent-training"
    target = folder / "hongshan-talent-training"
    target.mkdir()
    (target / "programme.yaml").write_bytes((source / "programme.yaml").read_bytes())
    first = (source / "hongshan-talent-training.yaml").read_text("utf-8")
    (target / "hongshan-talent-training.yaml").write_text(first, "utf-8")
    second = first.replace("version: 1", "version: 2", 1)
    second = second.replace("takes_effect: {contract_year: 1}", "takes_effect: {contract_year: 2, date: 2026-01-01}", 1)
    (target / "hongshan-talent-training.v2.yaml").write_text(second, "utf-8")
    return Catalogue(folder)


@pytest.mark.parametrize(
    ("on", "year", "version"),
    [
        (dt.date(2025, 1, 1), 1, 1),
        (dt.date(2026, 1, 1), 2, 2),
        (dt.date(2027, 1, 1), 3, 2),
        (dt.date(2026, 1, 1), 1, 1),
        (dt.date(2025, 6, 1), 2, 1),
        (None, None, 2),
    ],
)
def test_a_years_version_may_differ_from_the_year_before(
    tmp_path: Path, on: dt.date | None, year: int | None, version: int
) -> None:
    assert write_versions(tmp_path).get_rubric("hongshan-talent-training", on, year).version == version


def test_before_its_date_a_rubric_is_not_in_effect() -> None:
    with pytest.raises(UnknownName, match="in effect on 2022-12-31"):
        get_catalogue().get_rubric("hunan-2023-county", dt.date(2022, 12, 31))
    assert TakesEffect().is_in_effect(dt.date(1999, 1, 1), None)


def test_a_fact_of_another_part_is_refused_by_the_part_that_does_not_read_it() -> None:
    scorer = PartScorer(get_catalogue().get_rubric("hongshan-talent-training"), "Q1")
    with pytest.raises(FactRefused, match="certified_cumulative is not read in Q1"):
        scorer.check_facts({"certified_cumulative": 5})
