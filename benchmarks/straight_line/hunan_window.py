"""Hunan window platforms, yearly: 100 points and at most 15 of bonus on top (rules.md section 4 and its source)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, LIMIT, TENTH, YES_NO, Kind, Result, list_names, settle

ZERO = Decimal(0)
P1_5 = Decimal("1.5")
P4 = Decimal(4)
P5 = Decimal(5)
P6 = Decimal(6)
P10 = Decimal(10)
P12 = Decimal(12)
P15 = Decimal(15)

WITH_ONLINE_SERVICES: dict[str, Kind] = {
    "enterprises_served": COUNT,
    "site_upkeep": Decimal(5),
    "demands_published": COUNT,
    "online_services_recognised": YES_NO,
    "brand_events": COUNT,
    "innovation_events": COUNT,
    "digitalisation_events": COUNT,
    "finance_events": COUNT,
    "startup_events": COUNT,
    "other_events": COUNT,
    "late_or_missing_filings": COUNT,
    "coordination": Decimal(20),
    "service_awards": COUNT,
    "honours_and_media": COUNT,
}
CLUSTER: dict[str, Kind] = {
    "enterprises_served": COUNT,
    "site_upkeep": Decimal(5),
    "demands_published": COUNT,
    "original_reports": COUNT,
    "industrial_internet_recognised": YES_NO,
    "brand_events": COUNT,
    "innovation_events": COUNT,
    "digitalisation_events": COUNT,
    "finance_events": COUNT,
    "startup_events": COUNT,
    "other_events": COUNT,
    "late_or_missing_filings": COUNT,
    "coordination": Decimal(20),
    "service_awards": COUNT,
    "honours_and_media": COUNT,
}

READ_COUNTS = itemgetter(*list_names(WITH_ONLINE_SERVICES, COUNT))
READ_CLUSTER_COUNTS = itemgetter(*list_names(CLUSTER, COUNT))
READ_ONLINE = itemgetter("online_services_recognised", "site_upkeep", "coordination")
READ_CLUSTER = itemgetter("industrial_internet_recognised", "site_upkeep", "coordination")
SIZE = len(WITH_ONLINE_SERVICES)
CLUSTER_SIZE = len(CLUSTER)


def _is_odd(flag: object, upkeep: object, coordination: object) -> bool:
    """Tell whether one of the values that are no counts isn't what it should be."""
    if flag is not True and flag is not False:
        return True
    for score, highest in ((upkeep, 5), (coordination, 20)):
        if type(score) is int:
            if not 0 <= score <= highest:
                return True
        elif (
            type(score) is not Decimal
            or not score.is_finite()
            or not 0 <= score <= highest
            or score != score.quantize(TENTH)
        ):
            return True
    return False


def score_municipal(facts: Mapping[str, object]) -> Result:
    """Score a municipal platform's year."""
    try:
        values = READ_COUNTS(facts)
        online, upkeep, coordination = READ_ONLINE(facts)
    except KeyError:
        return score_municipal(settle(facts, WITH_ONLINE_SERVICES))
    if len(facts) != SIZE or _is_odd(online, upkeep, coordination):
        return score_municipal(settle(facts, WITH_ONLINE_SERVICES))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_municipal(settle(facts, WITH_ONLINE_SERVICES))
    (served, demands, brand, innovation, digital, finance, startup, other, late, awards, honours) = values
    points = {
        "enterprises_served": P15 if served >= 1500 else max(ZERO, P15 - (1500 - served) // 100),
        "site_upkeep": Decimal(upkeep),
        "demands_published": P5 if demands >= 50 else max(ZERO, P5 - (50 - demands) // 10),
        "online_services": P10 if online else ZERO,
        "brand": P6 if brand >= 3 else P6 - 2 * (3 - brand),
        "innovation": P6 if innovation >= 3 else P6 - 2 * (3 - innovation),
        "digitalisation": P6 if digital >= 3 else P6 - 2 * (3 - digital),
        "listing_finance": P6 if finance >= 2 else P6 - 3 * (2 - finance),
        "startup": P4 if startup >= 2 else P4 - 2 * (2 - startup),
        "other_activities": P12 if other >= 12 else P12 - (12 - other),
        "dispatch": P5 - late if late < 5 else ZERO,
        "coordination": Decimal(coordination),
        "bonus": min(P15, Decimal(3 * (awards + honours))),
    }
    return sum(points.values(), ZERO), points, {}


def score_cluster(facts: Mapping[str, object]) -> Result:
    """Score an industrial cluster's platform: a report and the industrial internet in place of online services."""
    try:
        values = READ_CLUSTER_COUNTS(facts)
        internet, upkeep, coordination = READ_CLUSTER(facts)
    except KeyError:
        return score_cluster(settle(facts, CLUSTER))
    if len(facts) != CLUSTER_SIZE or _is_odd(internet, upkeep, coordination):
        return score_cluster(settle(facts, CLUSTER))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_cluster(settle(facts, CLUSTER))
    (served, demands, reports, brand, innovation, digital, finance, startup, other, late, awards, honours) = values
    points = {
        "enterprises_served": P10 if served >= 1000 else max(ZERO, P10 - (1000 - served) // 100),
        "site_upkeep": Decimal(upkeep),
        "demands_published": P5 if demands >= 25 else max(ZERO, P5 - (25 - demands) // 5),
        "research_report": P5 if reports >= 1 else ZERO,
        "industrial_internet": P10 if internet else ZERO,
        "brand": P6 if brand >= 2 else P6 - 3 * (2 - brand),
        "innovation": P6 if innovation >= 2 else P6 - 3 * (2 - innovation),
        "digitalisation": P6 if digital >= 2 else P6 - 3 * (2 - digital),
        "listing_finance": P6 if finance >= 2 else P6 - 3 * (2 - finance),
        "startup": P4 if startup >= 2 else P4 - 2 * (2 - startup),
        "other_activities": P12 if other >= 8 else P12 - P1_5 * (8 - other),
        "dispatch": P5 - late if late < 5 else ZERO,
        "coordination": Decimal(coordination),
        "bonus": min(P15, Decimal(3 * (awards + honours))),
    }
    return sum(points.values(), ZERO), points, {}


def score_county(facts: Mapping[str, object]) -> Result:
    """Score a county's or an industrial park's platform."""
    try:
        values = READ_COUNTS(facts)
        online, upkeep, coordination = READ_ONLINE(facts)
    except KeyError:
        return score_county(settle(facts, WITH_ONLINE_SERVICES))
    if len(facts) != SIZE or _is_odd(online, upkeep, coordination):
        return score_county(settle(facts, WITH_ONLINE_SERVICES))
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return score_county(settle(facts, WITH_ONLINE_SERVICES))
    (served, demands, brand, innovation, digital, finance, startup, other, late, awards, honours) = values
    points = {
        "enterprises_served": P15 if served >= 1000 else max(ZERO, P15 - P1_5 * ((1000 - served) // 100)),
        "site_upkeep": Decimal(upkeep),
        "demands_published": P5 if demands >= 25 else max(ZERO, P5 - (25 - demands) // 5),
        "online_services": P10 if online else ZERO,
        "brand": P6 if brand >= 2 else P6 - 3 * (2 - brand),
        "innovation": P6 if innovation >= 2 else P6 - 3 * (2 - innovation),
        "digitalisation": P6 if digital >= 2 else P6 - 3 * (2 - digital),
        "listing_finance": P6 if finance >= 2 else P6 - 3 * (2 - finance),
        "startup": P4 if startup >= 2 else P4 - 2 * (2 - startup),
        "other_activities": P12 if other >= 8 else P12 - P1_5 * (8 - other),
        "dispatch": P5 - late if late < 5 else ZERO,
        "coordination": Decimal(coordination),
        "bonus": min(P15, Decimal(3 * (awards + honours))),
    }
    return sum(points.values(), ZERO), points, {}
