"""The benchmark's straight-line scorers: points at the bounds from both sides, counted by hand from the sources."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from benchmarks.straight_line import SCORERS, Missing, Refused, Result
from benchmarks.straight_line.random_facts import draw_facts, list_fact_names

D = Decimal
PARTS = list(SCORERS)
TRAINING, PARK, SME = "hongshan-talent-training", "chifeng-hr-park", "sme-empowerment"
JUDGED = {
    **dict.fromkeys(("information_platform", "enterprise_platform", "park_activities"), 10),
    **dict.fromkeys(("service_capability", "service_level", "service_providers", "expert_bank", "site_upkeep"), 5),
    **dict.fromkeys(("exchange_activities", "action_publicity", "policy_interpretation", "case_promotion"), 5),
    **dict.fromkeys(("annual_work_plan",), 1),
    **dict.fromkeys(("action_management_platform",), 20),
    **dict.fromkeys(("measures",), 2),
    **dict.fromkeys(("feedback",), 7),
}
NONE_AT_ALL = ("late_or_missing_reports", "late_or_missing_filings", "service_awards", "honours_and_media")
INNOVATION: dict[str, object] = {
    "innovation_enterprises": 5,
    "innovation_enterprises_target": 5,
    "innovation_solution": True,
    "innovation_capability": True,
    "innovation_satisfaction_percent": 95,
    "innovation_satisfaction_target_percent": 95,
}
SPECIAL = (
    *("valid_complaints", "safety_incidents", "other_deduction", "honours_municipal", "honours_provincial"),
    *("honours_national", "talents_national", "talents_provincial", "innovations_national", "innovations_provincial"),
    "other_addition",
)


def make_facts(rubric: str, part: str, **changed: object) -> dict[str, object]:
    """Facts that earn every point, no bonus and no special points, but for what is `changed`."""
    facts = draw_facts(random.Random(1), rubric, part)  # noqa: S311  # no secret
    facts.update({name: 10**9 for name, value in facts.items() if type(value) is not bool})
    facts.update({name: True for name, value in facts.items() if type(value) is bool})
    facts.update({name: 100 for name in facts if name.endswith(("percent", "mean"))})
    facts.update({name: highest for name, highest in JUDGED.items() if name in facts})
    facts.update({name: 0 for name in NONE_AT_ALL if name in facts})
    if "coordination" in facts:
        facts["coordination"] = 20 if "window" in rubric else 10
    if rubric == SME:
        facts |= INNOVATION
    for name in (*SPECIAL, "innovation_undertaken"):
        facts.pop(name, None)
    return facts | changed


def score(rubric: str, part: str, **changed: object) -> Result:
    return SCORERS[rubric, part](make_facts(rubric, part, **changed))


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_full_facts_earn_every_point(rubric: str, part: str) -> None:
    full = 25 if part.startswith("Q") else 100
    assert score(rubric, part)[0] == full


def test_there_are_fourteen_parts() -> None:
    assert len(PARTS) == 14


@pytest.mark.parametrize(
    ("part", "code", "changed", "points"),
    [
        ("Q1", "training", {"trainees_cumulative": 50}, "5"),
        ("Q1", "training", {"trainees_cumulative": 49}, "4"),
        ("Q1", "training", {"trainees_cumulative": 30}, "4"),
        ("Q1", "training", {"trainees_cumulative": 29}, "2"),
        ("Q1", "training", {"trainees_cumulative": 0}, "2"),
        ("Q4", "training", {"trainees_cumulative": 399}, "4"),
        ("Q1", "teaching_plans", {"plans_in_quarter": 3, "copies_cumulative": 99}, "2"),
        ("Q2", "teaching_plans", {"plans_in_quarter": 2, "copies_cumulative": 300}, "3"),
        ("Q2", "certification", {"certified_cumulative": 49}, "1.5"),
        ("Q3", "certification", {"certified_cumulative": 150}, "3"),
        ("Q1", "recruitment_online", {"complete_online_campaigns": 1}, "0.4"),
        ("Q1", "recruitment_campus", {"complete_campus_visits": 7, "leaflets_printed": 19999}, "2.4"),
        ("Q1", "recruitment_campus", {"complete_campus_visits": 0, "leaflets_printed": 0}, "0"),
        ("Q1", "recruitment_campus", {"complete_campus_visits": 1, "leaflets_printed": 0}, "0"),
        ("Q2", "recruitment_campus", {"complete_campus_visits": 6}, "1.2"),
        ("Q4", "mentoring", {"mentors": 8, "mentor_events": 4}, "2"),
        ("Q1", "publicity", {"regional_media": 1, "municipal_media": 1}, "1.5"),
        ("Q3", "publicity", {"regional_media": 0, "outdoor_ads": 0}, "2"),
        ("Q1", "investment", {"campaigns": 1, "enterprises_visited": 5, "participants": 14}, "1"),
        ("Q2", "investment", {"campaigns": 1, "enterprises_visited": 5, "participants": 15}, "0.5"),
        ("Q3", "investment", {"campaigns": 0, "enterprises_visited": 0, "participants": 0}, "0"),
        ("Q4", "investment", {"campaigns": 1, "enterprises_visited": 3, "participants": 10}, "1"),
        ("Q3", "finance_service", {"finance_enterprises": 15, "employment_cumulative": 599}, "0.5"),
        ("Q1", "legal_service", {"legal_consultations": 19}, "0.95"),
        ("Q2", "legal_service", {"legal_consultations": 9}, "0.45"),
        ("Q1", "it_service", {"it_consultations": 24}, "0.48"),
        ("Q1", "policy_service", {"policy_booklets": 499}, "1"),
        ("Q4", "policy_service", {"policy_applications": 4}, "1"),
        ("Q1", "research_service", {"expert_sessions": 1}, "0.5"),
    ],
)
def test_a_training_quarter_scores_as_its_table_says(
    part: str, code: str, changed: dict[str, object], points: str
) -> None:
    total, by_code, extras = score(TRAINING, part, **changed)
    assert (by_code[code], extras) == (D(points), {})
    assert total == sum(by_code.values())


@pytest.mark.parametrize(
    ("part", "code", "changed", "points"),
    [
        ("Q1", "entry", {"resident_institutions": 30}, "3"),
        ("Q1", "entry", {"resident_institutions": 29}, "2"),
        ("Q1", "entry", {"resident_institutions": 19}, "1"),
        ("Q1", "media", {"national_media": 0, "provincial_media": 1}, "2"),
        ("Q2", "media", {"national_media": 1, "provincial_media": 9}, "4"),
        ("Q1", "park_film", {"film_minutes": D("4.99")}, "0"),
        ("Q1", "park_film", {"film_minutes": D("5.0")}, "4"),
        ("Q1", "recruitment_service", {"service_events": 0}, "0"),
        ("Q2", "salons", {"medium_salons": 2, "small_salons": 4}, "2"),
        ("Q2", "daily_management", {"rules_followed": False}, "1.5"),
        ("Q2", "enterprise_films", {"enterprise_films_complete": 2}, "4"),
        ("Q3", "events", {"large_forum_attendance": 499, "medium_salons": 3, "small_salons": 5}, "4"),
        ("Q3", "employment", {"talent_exams": 7, "leading_talents": 39, "skills_training": 399}, "6"),
        ("Q3", "talent_governance_platform", {"talent_records_supported": 999_999}, "0"),
        ("Q3", "shared_service_platform", {"efficiency_gain_percent": D("19.9")}, "0"),
        ("Q3", "shared_service_platform", {"efficiency_gain_percent": 150}, "2"),
        ("Q3", "exam_platform", {"platforms_handed_over": False}, "0"),
        ("Q4", "revenue", {"yearly_revenue_cny": 200_000_000}, "5"),
        ("Q4", "revenue", {"yearly_revenue_cny": D("200000000.01")}, "10"),
        ("Q4", "revenue", {"yearly_revenue_cny": 100_000_000}, "3"),
        ("Q4", "employment", {"school_enterprise_events": 0, "employment_and_mobility": 9_999}, "3"),
        ("Q4", "satisfaction", {"satisfaction_mean": D("90.5")}, "6"),
        ("Q4", "satisfaction", {"satisfaction_mean": D("90.49")}, "4"),
        ("Q4", "satisfaction", {"satisfaction_mean": D("75.4" + "9" * 40)}, "2"),
        ("Q4", "satisfaction", {"satisfaction_mean": D("60.4")}, "0"),
        ("Q4", "collaboration_platform", {"labour_brokers_trained": 299}, "0"),
    ],
)
def test_a_park_quarter_scores_as_its_table_says(part: str, code: str, changed: dict[str, object], points: str) -> None:
    total, by_code, extras = score(PARK, part, **changed)
    assert (by_code[code], extras) == (D(points), {"special": D(0)})
    assert total == sum(by_code.values())


@pytest.mark.parametrize(
    ("given", "net"),
    [
        ({"valid_complaints": 1}, "-2"),
        ({"safety_incidents": 6}, "-30"),
        ({"talents_national": 4, "talents_provincial": 3}, "10"),
        ({"innovations_national": 4, "innovations_provincial": 1}, "9"),
        ({"honours_municipal": 1, "honours_provincial": 1, "honours_national": 1, "other_addition": D("0.5")}, "17.5"),
        ({"honours_national": 4, "valid_complaints": 2}, "26"),
        ({"other_deduction": D("40.25")}, "-40.25"),
    ],
)
def test_special_points_are_added_to_a_park_quarter(given: dict[str, object], net: str) -> None:
    total, _points, extras = score(PARK, "Q2", **given)
    assert (total, extras) == (25 + D(net), {"special": D(net)})


@pytest.mark.parametrize(
    ("rubric", "code", "changed", "points"),
    [
        ("municipal", "target_completion", {"completed": 1, "completion_target": 3}, "10"),
        ("municipal", "target_completion", {"completed": 2, "completion_target": 7}, "8.5714"),
        ("municipal", "target_completion", {"completed": 1, "completion_target": 32}, "0.9375"),
        ("county", "target_completion", {"completed": 1, "completion_target": 96_000}, "0.0003"),
        ("county", "target_completion", {"completed": 0, "completion_target": 0}, "30"),
        ("municipal", "matching_events", {"matching_events": 9}, "27"),
        ("county", "matching_events", {"matching_events": 0}, "0"),
        ("municipal", "dispatch", {"late_or_missing_reports": 11}, "0"),
        ("municipal", "activities", {"policy_events": 0, "brand_events": 4}, "38"),
        ("county", "activities", {"policy_events": 1}, "45"),
        # 90 % of 1,111 is 999.9: 1,000 wanted
        ("municipal", "enterprises_served", {"industrial_enterprises": 1111, "enterprises_served": 901}, "30"),
        ("municipal", "enterprises_served", {"industrial_enterprises": 1111, "enterprises_served": 900}, "28"),
        ("county", "enterprises_served", {"industrial_enterprises": 1111, "enterprises_served": 0}, "0"),
        ("municipal", "enterprises_served", {"service_month_held": False}, "0"),
        ("municipal", "honours", {"honours_cases": 0, "honours_stars": 2, "honours_media": 1}, "8"),
        ("municipal", "honours", {"honours_cases": 1, "honours_stars": 2, "honours_media": 0}, "10"),
        ("county", "honours", {"honours_cases": 1, "honours_media": 0}, "10"),
    ],
)
def test_an_evaluation_of_2023_scores_as_its_table_says(
    rubric: str, code: str, changed: dict[str, object], points: str
) -> None:
    assert score(f"hunan-2023-{rubric}", "Y", **changed)[1][code] == D(points)


def test_the_three_blocks_of_2023_are_weighted_without_rounding() -> None:
    total, _points, blocks = score("hunan-2023-county", "Y", feedback=D("6.5"), completed=2, completion_target=7)
    assert blocks == {"digital_action": D("99.5"), "credit_loans": D("78.5714"), "daily_work": D(100)}
    assert total == D("93.37142")


@pytest.mark.parametrize(
    ("rubric", "code", "changed", "points"),
    [
        ("municipal", "enterprises_served", {"enterprises_served": 1401}, "15"),
        ("municipal", "enterprises_served", {"enterprises_served": 1400}, "14"),
        ("cluster", "enterprises_served", {"enterprises_served": 0}, "0"),
        ("county", "enterprises_served", {"enterprises_served": 899}, "13.5"),
        ("municipal", "demands_published", {"demands_published": 40}, "4"),
        ("county", "demands_published", {"demands_published": 21}, "5"),
        ("cluster", "research_report", {"original_reports": 0}, "0"),
        ("municipal", "brand", {"brand_events": 2}, "4"),
        ("cluster", "brand", {"brand_events": 1}, "3"),
        ("municipal", "other_activities", {"other_events": 11}, "11"),
        ("county", "other_activities", {"other_events": 7}, "10.5"),
        ("municipal", "dispatch", {"late_or_missing_filings": 4}, "1"),
        ("municipal", "bonus", {"service_awards": 2, "honours_and_media": 2}, "12"),
        ("municipal", "bonus", {"service_awards": 3, "honours_and_media": 3}, "15"),
    ],
)
def test_a_window_platform_scores_as_its_table_says(
    rubric: str, code: str, changed: dict[str, object], points: str
) -> None:
    assert score(f"hunan-window-{rubric}", "Y", **changed)[1][code] == D(points)


def test_the_bonus_comes_on_top_of_a_hundred() -> None:
    assert score("hunan-window-cluster", "Y", service_awards=9)[0] == 115


@pytest.mark.parametrize(
    ("code", "changed", "points"),
    [
        ("training_share", {"share_percent": D("30.1"), "share_target_percent": 30}, "5"),
        ("training_share", {"share_percent": 30, "share_target_percent": 30}, "2"),
        ("training_share", {"share_percent": D("29.9"), "share_target_percent": 20}, "0"),
        ("training_share", {"share_percent": 40, "share_target_percent": D("40.1")}, "2"),
        ("classes", {"classes_held": 4, "classes_target": 5}, "0"),
        ("trainee_management", {"trainee_archive": False}, "2.5"),
        ("quality_satisfaction", {"quality_satisfaction_percent": 90, "quality_satisfaction_target_percent": 85}, "3"),
        ("innovation_satisfaction", {"innovation_satisfaction_percent": 90}, "3"),
        ("innovation_satisfaction", {"innovation_satisfaction_percent": D("89.9")}, "0"),
    ],
)
def test_a_batch_scores_as_its_table_says(code: str, changed: dict[str, object], points: str) -> None:
    assert score(SME, "B", **changed)[1][code] == D(points)


def test_without_innovation_services_the_other_points_are_scaled_to_a_hundred() -> None:
    facts = make_facts(SME, "B", innovation_undertaken=False, classes_held=0)
    total, points, _extras = SCORERS[SME, "B"]({name: facts[name] for name in facts if name not in INNOVATION})
    assert total == D("94.4444")
    assert not points.keys() & {"innovation_enterprises", "innovation_solution", "innovation_satisfaction"}


def test_without_innovation_services_their_facts_are_still_checked() -> None:
    with pytest.raises(Refused) as refused:
        score(SME, "B", innovation_undertaken=False, innovation_enterprises=-1)
    assert refused.value.fact == "innovation_enterprises"


@pytest.mark.parametrize(
    ("rubric", "part", "changed"),
    [
        (TRAINING, "Q1", {"mentors": -1}),
        (TRAINING, "Q1", {"mentors": True}),
        (TRAINING, "Q1", {"mentors": None}),
        (TRAINING, "Q1", {"mentors": D("1.5")}),
        (TRAINING, "Q1", {"mentors": 10**15 + 1}),
        (TRAINING, "Q1", {"certified_cumulative": 1}),
        (PARK, "Q1", {"film_minutes": D("NaN")}),
        (PARK, "Q1", {"annual_plan_made": 1}),
        (PARK, "Q1", {"other_addition": "1"}),
        (PARK, "Q4", {"satisfaction_mean": D("100.01")}),
        (SME, "B", {"share_target_percent": 101}),
        (SME, "B", {"innovation_undertaken": None}),
        ("hunan-2023-county", "Y", {"feedback": D("6.55")}),
        ("hunan-2023-county", "Y", {"feedback": D("7.1")}),
        ("hunan-2023-county", "Y", {"service_month_held": True}),
        ("hunan-window-county", "Y", {"coordination": D("19.9" + "0" * 40 + "1")}),
    ],
)
def test_a_bad_fact_is_refused_by_name_even_when_others_are_missing(
    rubric: str, part: str, changed: dict[str, object]
) -> None:
    facts = make_facts(rubric, part, **changed)
    for given in (facts, changed):
        with pytest.raises(Refused) as refused:
            SCORERS[rubric, part](given)
        assert [refused.value.fact] == [*changed]


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_all_missing_facts_are_named(rubric: str, part: str) -> None:
    needed = [name for name in list_fact_names(rubric, part) if name in make_facts(rubric, part)]
    with pytest.raises(Missing) as missing:
        SCORERS[rubric, part]({})
    assert sorted(missing.value.facts) == sorted(needed)


def test_a_count_may_come_as_a_decimal_without_a_fraction() -> None:
    assert score(TRAINING, "Q1", mentors=D("5.0"))[1]["mentoring"] == 2


@pytest.mark.parametrize(("rubric", "part"), PARTS)
def test_random_facts_are_complete_valid_and_move_every_indicator(rubric: str, part: str) -> None:
    rng = random.Random(3)  # noqa: S311  # no secret
    results = [SCORERS[rubric, part](draw_facts(rng, rubric, part)) for _ in range(400)]
    codes = {code for _total, points, _extras in results for code in points}
    assert all(len({points.get(code) for _total, points, _extras in results}) > 1 for code in codes)
