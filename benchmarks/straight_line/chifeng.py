"""Chifeng HR service park, year 1: a quarter's 25 points as plain code (rules.md section 2 and its source)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, EXACT, LIMIT, NUMBER, SHARE, YES_NO, Kind, Result, list_names, settle
from benchmarks.straight_line.chifeng_special import SPECIAL, score_special

ZERO = Decimal(0)
P1 = Decimal(1)
P1_5 = Decimal("1.5")
P2 = Decimal(2)
P3 = Decimal(3)
P4 = Decimal(4)
P5 = Decimal(5)
P6 = Decimal(6)
P10 = Decimal(10)
P60_5 = Decimal("60.5")
P75_5 = Decimal("75.5")
P90_5 = Decimal("90.5")

Q1: dict[str, Kind] = {
    "resident_institutions": COUNT,
    "offices_and_ledger": YES_NO,
    "performance_review": YES_NO,
    "visits_hosted": YES_NO,
    "wechat_listing_and_trading": YES_NO,
    "timely_publication": YES_NO,
    "national_media": COUNT,
    "provincial_media": COUNT,
    "film_full_hd": YES_NO,
    "film_minutes": NUMBER,
    "film_updated_within_6_months": YES_NO,
    "annual_plan_made": YES_NO,
    "summary_report": YES_NO,
    "monthly_reports": YES_NO,
    "research_report_made": YES_NO,
    "trainer_team": YES_NO,
    "service_events": COUNT,
}
Q2: dict[str, Kind] = {
    "seminar_held": YES_NO,
    "matchmaking_held": YES_NO,
    "medium_salons": COUNT,
    "small_salons": COUNT,
    "emergency_handling": YES_NO,
    "safety_training": YES_NO,
    "reception_and_upkeep": YES_NO,
    "rules_followed": YES_NO,
    "enterprise_films_complete": COUNT,
    "national_media": COUNT,
    "provincial_media": COUNT,
}
Q3: dict[str, Kind] = {
    "large_forum_attendance": COUNT,
    "outbound_talks": COUNT,
    "medium_salons": COUNT,
    "small_salons": COUNT,
    "job_fairs": COUNT,
    "talent_exams": COUNT,
    "fair_enterprises": COUNT,
    "fair_participants": COUNT,
    "employment_and_mobility": COUNT,
    "talent_management_mechanism": YES_NO,
    "talent_management_platform": YES_NO,
    "leading_talents": COUNT,
    "skills_training": COUNT,
    "school_enterprise_events": COUNT,
    "student_guidance": COUNT,
    "platforms_handed_over": YES_NO,
    "talent_platform_built": YES_NO,
    "talent_records_supported": COUNT,
    "monthly_statistics": YES_NO,
    "job_cloud_built": YES_NO,
    "campus_fairs": COUNT,
    "live_fairs": COUNT,
    "media_reach": COUNT,
    "smallest_live_audience": COUNT,
    "monthly_jobs": COUNT,
    "shared_platform_built": YES_NO,
    "enterprises_enabled": COUNT,
    "efficiency_gain_percent": NUMBER,
    "monthly_visits": COUNT,
    "monthly_job_posts": COUNT,
    "monthly_resumes_pushed": COUNT,
    "policy_pushes": COUNT,
    "subsidised_enterprises": COUNT,
    "exam_platform_built": YES_NO,
    "exam_notices": COUNT,
    "exam_registrations": COUNT,
    "exam_yearly_takers": COUNT,
}
Q4: dict[str, Kind] = {
    "yearly_revenue_cny": NUMBER,
    "job_fairs": COUNT,
    "talent_exams": COUNT,
    "fair_enterprises": COUNT,
    "fair_participants": COUNT,
    "employment_and_mobility": COUNT,
    "leading_talents": COUNT,
    "skills_training": COUNT,
    "school_enterprise_events": COUNT,
    "student_guidance": COUNT,
    "satisfaction_mean": SHARE,
    "collaboration_platform_built": YES_NO,
    "local_enterprises_linked": COUNT,
    "labour_agencies": COUNT,
    "labour_brokers_trained": COUNT,
    "jobs_delivered": COUNT,
    "broker_training_system_delivered": YES_NO,
    "vocational_trainees": COUNT,
    "collaboration_platform_handed_over": YES_NO,
}

READ_Q1_COUNTS, READ_Q1_FLAGS = itemgetter(*list_names(Q1, COUNT)), itemgetter(*list_names(Q1, YES_NO))
READ_Q2_COUNTS, READ_Q2_FLAGS = itemgetter(*list_names(Q2, COUNT)), itemgetter(*list_names(Q2, YES_NO))
READ_Q3_COUNTS, READ_Q3_FLAGS = itemgetter(*list_names(Q3, COUNT)), itemgetter(*list_names(Q3, YES_NO))
READ_Q4_COUNTS, READ_Q4_FLAGS = itemgetter(*list_names(Q4, COUNT)), itemgetter(*list_names(Q4, YES_NO))
READ_MINUTES, READ_GAIN = itemgetter("film_minutes"), itemgetter("efficiency_gain_percent")
READ_Q4_NUMBERS = itemgetter("yearly_revenue_cny", "satisfaction_mean")
KNOWN_Q1, KNOWN_Q2 = frozenset(Q1 | SPECIAL), frozenset(Q2 | SPECIAL)
KNOWN_Q3, KNOWN_Q4 = frozenset(Q3 | SPECIAL), frozenset(Q4 | SPECIAL)


def _is_odd(values: tuple[object, ...], flags: tuple[object, ...], *numbers: object) -> bool:
    """Tell whether one of the counts, of the yes/no values or of the other numbers isn't one."""
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return True
    for number in numbers:
        if type(number) is Decimal:
            if not number.is_finite() or not 0 <= number <= LIMIT:
                return True
        elif type(number) is not int or not 0 <= number <= LIMIT:
            return True
    for flag in flags:  # noqa: SIM110  # a generator would cost more than the checks themselves
        if flag is not True and flag is not False:
            return True
    return False


def score_q1(facts: Mapping[str, object]) -> Result:
    """Score the first quarter."""
    try:
        values, flags, minutes = READ_Q1_COUNTS(facts), READ_Q1_FLAGS(facts), READ_MINUTES(facts)
    except KeyError:
        return score_q1(settle(facts, Q1, SPECIAL))
    if _is_odd(values, flags, minutes):
        return score_q1(settle(facts, Q1, SPECIAL))
    special = ZERO if len(facts) == len(Q1) else score_special(facts, KNOWN_Q1)
    if special is None:
        return score_q1(settle(facts, Q1, SPECIAL))
    institutions, national, provincial, events = values
    (offices, review, visits, listing, publication, full_hd, updated, plan, summary, monthly, research,
     trainers) = flags  # fmt: skip
    points = {
        "entry": P3 if institutions >= 30 else P2 if institutions >= 20 else P1,
        "park_management": P1 * (offices + review + visits),
        "information_platform": P2 if listing and publication else ZERO,
        "media": P2 * (min(national, 1) + min(provincial, 2)),
        "park_film": P4 if full_hd and minutes >= 5 and updated else ZERO,
        "annual_plan": P1 if plan else ZERO,
        "reports": P1 * (summary + monthly),
        "research_report": P2 if research else ZERO,
        "recruitment_service": P2 if trainers and events >= 1 else ZERO,
    }
    return EXACT.add(sum(points.values(), ZERO), special), points, {"special": special}


def score_q2(facts: Mapping[str, object]) -> Result:
    """Score the second quarter."""
    try:
        values, flags = READ_Q2_COUNTS(facts), READ_Q2_FLAGS(facts)
    except KeyError:
        return score_q2(settle(facts, Q2, SPECIAL))
    if _is_odd(values, flags):
        return score_q2(settle(facts, Q2, SPECIAL))
    special = ZERO if len(facts) == len(Q2) else score_special(facts, KNOWN_Q2)
    if special is None:
        return score_q2(settle(facts, Q2, SPECIAL))
    medium, small, films, national, provincial = values
    seminar, matchmaking, emergency, safety_training, reception, rules = flags
    points = {
        "seminars": P2 if seminar else ZERO,
        "matchmaking": P2 if matchmaking else ZERO,
        "salons": P2 * ((medium >= 2) + (small >= 5)),
        "safety": P1 * (emergency + safety_training),
        "daily_management": P1_5 * (reception + rules),
        "enterprise_films": P2 * min(films, 3),
        "media": P2 * (min(national, 2) + min(provincial, 1)),
    }
    return EXACT.add(sum(points.values(), ZERO), special), points, {"special": special}


def score_q3(facts: Mapping[str, object]) -> Result:
    """Score the third quarter; nothing counts for a platform until all four are handed over."""
    try:
        values, flags, gain = READ_Q3_COUNTS(facts), READ_Q3_FLAGS(facts), READ_GAIN(facts)
    except KeyError:
        return score_q3(settle(facts, Q3, SPECIAL))
    if _is_odd(values, flags, gain):
        return score_q3(settle(facts, Q3, SPECIAL))
    special = ZERO if len(facts) == len(Q3) else score_special(facts, KNOWN_Q3)
    if special is None:
        return score_q3(settle(facts, Q3, SPECIAL))
    (attendance, outbound, medium, small, fairs, exams, enterprises, participants, employed, leading, skills, school,
     guided, records, campus, live, reach, audience, jobs, enabled, visits, posts, resumes, pushes, subsidised,
     notices, registrations, takers) = values  # fmt: skip
    mechanism, management, handed_over, talent_built, statistics, cloud_built, shared_built, exam_built = flags
    talent = cloud = shared = exam = False
    if handed_over:
        talent = talent_built and records >= 1_000_000 and statistics
        cloud = cloud_built and campus >= 20 and live >= 20 and reach >= 200_000 and audience >= 200 and jobs >= 500
        shared = shared_built and enabled >= 1000 and gain >= 20 and visits >= 20_000 and posts >= 1000
        shared = shared and resumes >= 10_000 and pushes >= 10_000 and subsidised >= 1000
        exam = exam_built and notices >= 2000 and registrations >= 4000 and takers >= 2000
    fairs_full = fairs >= 20 and exams >= 8 and enterprises >= 100 and participants >= 10_000
    training = (leading >= 40 and skills >= 400) + (school >= 4 and guided >= 1500)
    points = {
        "events": P2 * ((attendance >= 500 and outbound >= 1) + (medium >= 3) + (small >= 5)),
        "employment": P2 * (fairs_full + (employed >= 40_000) + (mechanism and management) + training),
        "talent_governance_platform": P2 if talent else ZERO,
        "job_cloud_platform": P3 if cloud else ZERO,
        "shared_service_platform": P2 if shared else ZERO,
        "exam_platform": P2 if exam else ZERO,
    }
    return EXACT.add(sum(points.values(), ZERO), special), points, {"special": special}


def score_q4(facts: Mapping[str, object]) -> Result:
    """Score the fourth quarter, with the year's revenue and satisfaction."""
    try:
        values, flags = READ_Q4_COUNTS(facts), READ_Q4_FLAGS(facts)
        revenue, mean = READ_Q4_NUMBERS(facts)
    except KeyError:
        return score_q4(settle(facts, Q4, SPECIAL))
    if _is_odd(values, flags, revenue, mean) or mean > 100:
        return score_q4(settle(facts, Q4, SPECIAL))
    special = ZERO if len(facts) == len(Q4) else score_special(facts, KNOWN_Q4)
    if special is None:
        return score_q4(settle(facts, Q4, SPECIAL))
    (fairs, exams, enterprises, participants, employed, leading, skills, school, guided, linked, agencies, brokers,
     jobs, trainees) = values  # fmt: skip
    built, system, handed_over = flags
    delivered = built and system and handed_over and linked >= 50 and agencies >= 10
    delivered = delivered and brokers >= 300 and jobs >= 5000 and trainees >= 200
    fairs_full = fairs >= 10 and exams >= 2 and enterprises >= 30 and participants >= 3000
    training = (leading >= 10 and skills >= 100) + (school >= 1 and guided >= 500)
    points = {
        "revenue": P10 if revenue > 200_000_000 else P5 if revenue > 100_000_000 else P3,
        "employment": P1_5 * (fairs_full + (employed >= 10_000) + training),
        # rounded half up to a whole number, 91, 76 and 61 are reached from 90.5, 75.5 and 60.5
        "satisfaction": P6 if mean >= P90_5 else P4 if mean >= P75_5 else P2 if mean >= P60_5 else ZERO,
        "collaboration_platform": P3 if delivered else ZERO,
    }
    return EXACT.add(sum(points.values(), ZERO), special), points, {"special": special}
