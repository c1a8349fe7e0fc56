"""Hongshan digital-talent training, year 1: a quarter's 25 points as plain code (rules.md section 1 and its source).

All facts of this rubric are counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, LIMIT, Result, settle

ZERO = Decimal(0)
P0_02 = Decimal("0.02")
P0_05 = Decimal("0.05")
P0_2 = Decimal("0.2")
P0_4 = Decimal("0.4")
P0_5 = Decimal("0.5")
P0_6 = Decimal("0.6")
P1 = Decimal(1)
P1_2 = Decimal("1.2")
P1_4 = Decimal("1.4")
P1_5 = Decimal("1.5")
P2 = Decimal(2)
P2_5 = Decimal("2.5")
P2_8 = Decimal("2.8")
P3 = Decimal(3)
P4 = Decimal(4)
P5 = Decimal(5)

_RECRUITMENT = ("complete_online_campaigns", "complete_campus_visits")
_MENTORING_AND_MEDIA = ("mentors", "mentor_events", "regional_media", "municipal_media", "online_news")
_TRIPS = ("campaigns", "enterprises_visited", "participants")
_CONSULTING = ("finance_enterprises", "employment_cumulative", "legal_consultations", "it_consultations")
_POLICY_AND_RESEARCH = ("policy_briefings", "policy_applications", "enterprise_surveys", "expert_sessions")

Q1 = dict.fromkeys(
    (
        *("trainees_cumulative", "plans_in_quarter", "copies_cumulative", *_RECRUITMENT, "leaflets_printed"),
        *(*_MENTORING_AND_MEDIA, "outdoor_ads", "short_videos", "brochures_printed", *_TRIPS),
        *(*_CONSULTING, "policy_booklets", *_POLICY_AND_RESEARCH),
    ),
    COUNT,
)
Q2 = dict.fromkeys(
    (
        *("trainees_cumulative", "plans_in_quarter", "copies_cumulative", "certified_cumulative", *_RECRUITMENT),
        *(*_MENTORING_AND_MEDIA, "outdoor_ads", "short_videos", *_TRIPS, *_CONSULTING, *_POLICY_AND_RESEARCH),
    ),
    COUNT,
)
Q3 = dict.fromkeys(
    (
        *("trainees_cumulative", "certified_cumulative", *_RECRUITMENT, *_MENTORING_AND_MEDIA),
        *("outdoor_ads", "short_videos", *_TRIPS, *_CONSULTING, *_POLICY_AND_RESEARCH),
    ),
    COUNT,
)
Q4 = dict.fromkeys((name for name in Q3 if name != "outdoor_ads"), COUNT)

READ_Q1 = itemgetter(*Q1)
READ_Q2 = itemgetter(*Q2)
READ_Q3 = itemgetter(*Q3)
READ_Q4 = itemgetter(*Q4)


def score_q1(facts: Mapping[str, object]) -> Result:
    """Score the first quarter: leaflets, brochures and booklets are printed, nobody is certified yet."""
    try:
        values = READ_Q1(facts)
    except KeyError:
        return score_q1(settle(facts, Q1))
    if len(facts) != len(values):
        return score_q1(settle(facts, Q1))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_q1(settle(facts, Q1))
    (trainees, plans, copies, online, visits, leaflets, mentors, mentor_events, regional, municipal, news, outdoor,
     videos, brochures, trips, visited, participants, served, employed, legal, it, booklets, briefings, applications,
     surveys, sessions) = values  # fmt: skip
    points = {
        "training": P5 if trainees >= 50 else P4 if trainees >= 30 else P2,
        "teaching_plans": P3 if plans >= 3 and copies >= 100 else P2,
        "recruitment_online": P1_2 if online >= 3 else P0_4 * online,
        "recruitment_campus": max(ZERO, P2_8 - P0_4 * ((7 - visits if visits < 7 else 0) + (leaflets < 20000))),
        "mentoring": P4 - P2 * ((mentors < 6) + (mentor_events < 4)),
        "publicity": P2 - P0_5 * ((regional < 2 or municipal < 2) + (news < 6) + (outdoor < 2) + (videos < 30)),
        "investment": P2 - ((brochures < 2000) + (trips < 2 or visited < 6 or participants < 15)),
        "finance_service": P1 - P0_5 * ((served < 15) + (employed < 150)),
        "legal_service": P1 if legal >= 20 else P0_05 * legal,
        "it_service": P0_5 if it >= 25 else P0_02 * it,
        "policy_service": P1_5 - P0_5 * ((booklets < 500) + (briefings < 5) + (applications < 5)),
        "research_service": P1 - P0_5 * ((surveys < 50) + (sessions < 2)),
    }
    return sum(points.values(), ZERO), points, {}


def score_q2(facts: Mapping[str, object]) -> Result:
    """Score the second quarter: certification begins, investment has three items from here on."""
    try:
        values = READ_Q2(facts)
    except KeyError:
        return score_q2(settle(facts, Q2))
    if len(facts) != len(values):
        return score_q2(settle(facts, Q2))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_q2(settle(facts, Q2))
    (trainees, plans, copies, certified, online, visits, mentors, mentor_events, regional, municipal, news, outdoor,
     videos, trips, visited, participants, served, employed, legal, it, briefings, applications, surveys,
     sessions) = values  # fmt: skip
    points = {
        "training": P5 if trainees >= 200 else P4 if trainees >= 100 else P2,
        "teaching_plans": P3 if plans >= 2 and copies >= 300 else P2,
        "certification": P2_5 if certified >= 50 else P1_5,
        "recruitment_online": P0_6 if online >= 3 else P0_2 * online,
        "recruitment_campus": P1_4 if visits >= 7 else P0_2 * visits,
        "mentoring": P4 - P2 * ((mentors < 8) + (mentor_events < 4)),
        "publicity": P2 - P0_5 * ((regional < 1 or municipal < 1) + (news < 6) + (outdoor < 1) + (videos < 30)),
        "investment": P1_5 - P0_5 * ((trips < 2) + (visited < 6) + (participants < 15)),
        "finance_service": P1 - P0_5 * ((served < 15) + (employed < 400)),
        "legal_service": P0_5 if legal >= 10 else P0_05 * legal,
        "it_service": P0_5 if it >= 25 else P0_02 * it,
        "policy_service": P2 - ((briefings < 5) + (applications < 5)),
        "research_service": P1 - P0_5 * ((surveys < 50) + (sessions < 1)),
    }
    return sum(points.values(), ZERO), points, {}


def score_q3(facts: Mapping[str, object]) -> Result:
    """Score the third quarter: no teaching plans; investment's three items of 0.5 can't take more than its 1 point."""
    try:
        values = READ_Q3(facts)
    except KeyError:
        return score_q3(settle(facts, Q3))
    if len(facts) != len(values):
        return score_q3(settle(facts, Q3))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_q3(settle(facts, Q3))
    (trainees, certified, online, visits, mentors, mentor_events, regional, municipal, news, outdoor, videos, trips,
     visited, participants, served, employed, legal, it, briefings, applications, surveys,
     sessions) = values  # fmt: skip
    points = {
        "training": P5 if trainees >= 300 else P4 if trainees >= 200 else P2,
        "certification": P3 if certified >= 150 else P1_5,
        "recruitment_online": P2 if online >= 4 else P0_5 * online,
        "recruitment_campus": P1 if visits >= 2 else P0_5 * visits,
        "mentoring": P4 - P2 * ((mentors < 6) + (mentor_events < 3)),
        "publicity": P4 - ((regional < 1 or municipal < 1) + (news < 4) + (outdoor < 1) + (videos < 20)),
        "investment": max(ZERO, P1 - P0_5 * ((trips < 1) + (visited < 4) + (participants < 10))),
        "finance_service": P1 - P0_5 * ((served < 15) + (employed < 600)),
        "legal_service": P0_5 if legal >= 10 else P0_05 * legal,
        "it_service": P0_5 if it >= 25 else P0_02 * it,
        "policy_service": P2 - ((briefings < 5) + (applications < 5)),
        "research_service": P1 - P0_5 * ((surveys < 50) + (sessions < 1)),
    }
    return sum(points.values(), ZERO), points, {}


def score_q4(facts: Mapping[str, object]) -> Result:
    """Score the fourth quarter: no outdoor advertising; investment's three items of 1 can't take more than its 2."""
    try:
        values = READ_Q4(facts)
    except KeyError:
        return score_q4(settle(facts, Q4))
    if len(facts) != len(values):
        return score_q4(settle(facts, Q4))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_q4(settle(facts, Q4))
    (trainees, certified, online, visits, mentors, mentor_events, regional, municipal, news, videos, trips, visited,
     participants, served, employed, legal, it, briefings, applications, surveys, sessions) = values  # fmt: skip
    points = {
        "training": P5 if trainees >= 400 else P4 if trainees >= 300 else P2,
        "certification": P3 if certified >= 250 else P1_5,
        "recruitment_online": P1 if online >= 2 else P0_5 * online,
        "recruitment_campus": P2 if visits >= 4 else P0_5 * visits,
        "mentoring": P4 - P2 * ((mentors < 8) + (mentor_events < 5)),
        "publicity": P3 - ((regional < 1 or municipal < 1) + (news < 4) + (videos < 20)),
        "investment": max(ZERO, P2 - ((trips < 1) + (visited < 4) + (participants < 10))),
        "finance_service": P1 - P0_5 * ((served < 15) + (employed < 800)),
        "legal_service": P0_5 if legal >= 10 else P0_05 * legal,
        "it_service": P0_5 if it >= 25 else P0_02 * it,
        "policy_service": P2 - ((briefings < 5) + (applications < 5)),
        "research_service": P1 - P0_5 * ((surveys < 50) + (sessions < 1)),
    }
    return sum(points.values(), ZERO), points, {}
