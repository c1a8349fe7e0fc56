"""Hunan's evaluation of 2023: three blocks of 100 points, weighted 40, 30 and 30 % (rules.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, LIMIT, TENTH, YES_NO, Kind, Result, list_names, settle

ZERO = Decimal(0)
P1 = Decimal(1)
P2 = Decimal(2)
P5 = Decimal(5)
P7 = Decimal(7)
P10 = Decimal(10)
P20 = Decimal(20)
P30 = Decimal(30)
W30 = Decimal("0.3")
W40 = Decimal("0.4")
TEN_THOUSANDTH = Decimal("0.0001")

MUNICIPAL: dict[str, Kind] = {
    "information_platform": P10,
    "enterprise_platform": P10,
    "action_management_platform": P20,
    "service_capability": P5,
    "service_level": P5,
    "park_activities": P10,
    "service_providers": P5,
    "expert_bank": P5,
    "exchange_activities": P5,
    "action_publicity": P5,
    "policy_interpretation": P5,
    "case_promotion": P5,
    "annual_work_plan": P1,
    "measures": P2,
    "feedback": P7,
    "completed": COUNT,
    "completion_target": COUNT,
    "published_properly": YES_NO,
    "sub_platform_built": YES_NO,
    "matching_events": COUNT,
    "late_or_missing_reports": COUNT,
    "brand_events": COUNT,
    "startup_events": COUNT,
    "innovation_events": COUNT,
    "policy_events": COUNT,
    "training_events": COUNT,
    "enterprises_served": COUNT,
    "industrial_enterprises": COUNT,
    "service_month_held": YES_NO,
    "coordination": P10,
    "honours_cases": COUNT,
    "honours_stars": COUNT,
    "honours_media": COUNT,
}
COUNTY: dict[str, Kind] = {
    name: kind for name, kind in MUNICIPAL.items() if name not in ("service_month_held", "honours_stars")
}

_JUDGED = tuple((code, kind, int(kind)) for code, kind in COUNTY.items() if isinstance(kind, Decimal))
READ_MUNICIPAL_COUNTS = itemgetter(*list_names(MUNICIPAL, COUNT))
READ_MUNICIPAL_FLAGS = itemgetter(*list_names(MUNICIPAL, YES_NO))
READ_COUNTS = itemgetter(*list_names(COUNTY, COUNT))
READ_FLAGS = itemgetter(*list_names(COUNTY, YES_NO))
COUNTY_SIZE = len(COUNTY)
MUNICIPAL_SIZE = len(MUNICIPAL)


def _read_judged(facts: Mapping[str, object]) -> dict[str, Decimal] | None:
    """Return the judged scores, coordination last, or None when one of them is odd; raise KeyError when one is gone."""
    points = {}
    for code, highest, highest_int in _JUDGED:
        score = facts[code]
        if type(score) is Decimal:
            if not score.is_finite() or not ZERO <= score <= highest or score != score.quantize(TENTH):
                return None
            points[code] = score
        elif type(score) is int and 0 <= score <= highest_int:
            points[code] = Decimal(score)
        else:
            return None
    return points


def score_municipal(facts: Mapping[str, object]) -> Result:
    """Score a municipal platform's year (and the provincial platform's)."""
    try:
        values = READ_MUNICIPAL_COUNTS(facts)
        flags = READ_MUNICIPAL_FLAGS(facts)
        points = _read_judged(facts)
    except KeyError:
        return score_municipal(settle(facts, MUNICIPAL))
    if points is None or len(facts) != MUNICIPAL_SIZE:
        return score_municipal(settle(facts, MUNICIPAL))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_municipal(settle(facts, MUNICIPAL))
    for flag in flags:
        if flag is not True and flag is not False:
            return score_municipal(settle(facts, MUNICIPAL))
    (done, target, matching, late, brand, startup, innovation, policy, training, served, industrial, cases, stars,
     media) = values  # fmt: skip
    published, built, service_month = flags
    coordination = points["coordination"]
    digital_action = sum(points.values(), ZERO) - coordination

    completion = P30 if done >= target else TEN_THOUSANDTH * ((600000 * done + target) // (2 * target))
    points["target_completion"] = completion
    points["demand_publication"] = publication = P20 if published else ZERO
    points["sub_platform"] = platform = P10 if built else ZERO
    points["matching_events"] = matched = P30 if matching >= 10 else P30 - 3 * (10 - matching)
    points["dispatch"] = dispatch = P10 - late if late < 10 else ZERO

    # five kinds of 10 points, 2 lost for each event short of 5: 2 points an event up to 5
    events = min(brand, 5) + min(startup, 5) + min(innovation, 5) + min(policy, 5) + min(training, 5)
    points["activities"] = activities = Decimal(2 * events)
    short = -(-9 * industrial // 10) - served
    reach = ZERO if not service_month else P30 if short < 100 else max(ZERO, P30 - 2 * (short // 100))
    points["enterprises_served"] = reach
    points["honours"] = honours = min(P10, Decimal(5 * cases + 3 * stars + 2 * media))

    credit_loans = completion + publication + platform + matched + dispatch
    daily_work = activities + reach + coordination + honours
    total = W40 * digital_action + W30 * (credit_loans + daily_work)
    return total, points, {"digital_action": digital_action, "credit_loans": credit_loans, "daily_work": daily_work}


def score_county(facts: Mapping[str, object]) -> Result:
    """Score a county platform's year."""
    try:
        values = READ_COUNTS(facts)
        published, built = READ_FLAGS(facts)
        points = _read_judged(facts)
    except KeyError:
        return score_county(settle(facts, COUNTY))
    if points is None or len(facts) != COUNTY_SIZE:
        return score_county(settle(facts, COUNTY))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_county(settle(facts, COUNTY))
    if (published is not True and published is not False) or (built is not True and built is not False):
        return score_county(settle(facts, COUNTY))
    (done, target, matching, late, brand, startup, innovation, policy, training, served, industrial, cases,
     media) = values  # fmt: skip
    coordination = points["coordination"]
    digital_action = sum(points.values(), ZERO) - coordination

    completion = P30 if done >= target else TEN_THOUSANDTH * ((600000 * done + target) // (2 * target))
    points["target_completion"] = completion
    points["demand_publication"] = publication = P20 if published else ZERO
    points["sub_platform"] = platform = P10 if built else ZERO
    points["matching_events"] = matched = P30 if matching >= 3 else P30 - 10 * (3 - matching)
    points["dispatch"] = dispatch = P10 - late if late < 10 else ZERO

    # five kinds of 10 points, 5 lost for each event short of 2: 5 points an event up to 2
    events = min(brand, 2) + min(startup, 2) + min(innovation, 2) + min(policy, 2) + min(training, 2)
    points["activities"] = activities = Decimal(5 * events)
    short = -(-9 * industrial // 10) - served
    points["enterprises_served"] = reach = P20 if short < 100 else max(ZERO, P20 - 2 * (short // 100))
    points["honours"] = honours = min(P20, Decimal(10 * (cases + media)))

    credit_loans = completion + publication + platform + matched + dispatch
    daily_work = activities + reach + coordination + honours
    total = W40 * digital_action + W30 * (credit_loans + daily_work)
    return total, points, {"digital_action": digital_action, "credit_loans": credit_loans, "daily_work": daily_work}
