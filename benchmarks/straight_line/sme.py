"""SME empowerment, a batch's evaluation out of 100 points (rules.md section 5 and its source's table, put together)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter

from benchmarks.straight_line.checks import COUNT, LIMIT, SHARE, YES_NO, Kind, Result, list_names, settle

ZERO = Decimal(0)
P2 = Decimal(2)
P2_5 = Decimal("2.5")
P3 = Decimal(3)
P5 = Decimal(5)
TEN_THOUSANDTH = Decimal("0.0001")

WITHOUT_INNOVATION: dict[str, Kind] = {
    "share_percent": SHARE,
    "share_target_percent": SHARE,
    "enterprises_trained": COUNT,
    "enterprises_trained_target": COUNT,
    "course_content_compliant": YES_NO,
    "classes_held": COUNT,
    "classes_target": COUNT,
    "trainees_vetted": YES_NO,
    "trainee_archive": YES_NO,
    "training_satisfaction_percent": SHARE,
    "training_satisfaction_target_percent": SHARE,
    "quality_activities": COUNT,
    "quality_activities_target": COUNT,
    "quality_self_assessments": COUNT,
    "quality_self_assessments_target": COUNT,
    "quality_diagnoses": COUNT,
    "quality_diagnoses_target": COUNT,
    "quality_proposals": COUNT,
    "quality_proposals_target": COUNT,
    "quality_satisfaction_percent": SHARE,
    "quality_satisfaction_target_percent": SHARE,
    "management_activities": COUNT,
    "management_activities_target": COUNT,
    "management_diagnoses": COUNT,
    "management_diagnoses_target": COUNT,
    "management_satisfaction_percent": SHARE,
    "management_satisfaction_target_percent": SHARE,
    "award_standards": YES_NO,
    "institution_selection": YES_NO,
    "information_filing": YES_NO,
    "organisation": YES_NO,
}
INNOVATION: dict[str, Kind] = {
    "innovation_enterprises": COUNT,
    "innovation_enterprises_target": COUNT,
    "innovation_solution": YES_NO,
    "innovation_capability": YES_NO,
    "innovation_satisfaction_percent": SHARE,
    "innovation_satisfaction_target_percent": SHARE,
}
UNDERTAKEN: dict[str, Kind] = {"innovation_undertaken": YES_NO}
EXECUTION = ("award_standards", "institution_selection", "information_filing", "organisation")
ALL: dict[str, Kind] = {
    **{name: kind for name, kind in WITHOUT_INNOVATION.items() if name not in EXECUTION},
    **INNOVATION,
    **dict.fromkeys(EXECUTION, YES_NO),
}

READ_COUNTS = itemgetter(*list_names(WITHOUT_INNOVATION, COUNT))
READ_SHARES = itemgetter(*list_names(WITHOUT_INNOVATION, SHARE))
READ_FLAGS = itemgetter(*list_names(WITHOUT_INNOVATION, YES_NO))
READ_INNOVATION = itemgetter(*INNOVATION)
ALL_SIZE = len(ALL)
WITHOUT_SIZE = len(WITHOUT_INNOVATION) + 1  # and the fact that says so


def score_batch(facts: Mapping[str, object]) -> Result:
    """Score a province's batch; without innovation services the other 90 points are scaled to 100."""
    undertaken = facts.get("innovation_undertaken", True)
    try:
        values, shares, flags = READ_COUNTS(facts), READ_SHARES(facts), READ_FLAGS(facts)
        innovation = _score_innovation(facts) if undertaken is True else {}
    except KeyError:
        return score_batch(_settle(facts))
    if innovation is None or _is_odd(values, shares, flags):
        return score_batch(_settle(facts))
    (trained, trained_target, classes, classes_target, q_activities, q_activities_target, assessed, assessed_target,
     diagnosed, diagnosed_target, proposed, proposed_target, m_activities, m_activities_target, m_diagnosed,
     m_diagnosed_target) = values  # fmt: skip
    share, share_target, training, training_target, quality, quality_target, management, management_target = shares
    content, vetted, archive, standards, selection, filing, organisation = flags
    training_full = training > 90 and training >= training_target
    quality_full = quality > 90 and quality >= quality_target
    management_full = management > 90 and management >= management_target
    points = {
        "training_share": P5 if share >= share_target and share > 30 else P2 if share >= 30 else ZERO,
        "training_enterprises": P5 if trained >= trained_target else ZERO,
        "course_content": P5 if content else ZERO,
        "classes": P5 if classes >= classes_target else ZERO,
        "trainee_management": P2_5 * (vetted + archive),
        "training_satisfaction": P5 if training_full else P3 if training >= 90 else ZERO,
        "quality_activities": P5 if q_activities >= q_activities_target else ZERO,
        "quality_self_assessments": P5 if assessed >= assessed_target else ZERO,
        "quality_diagnoses": P5 if diagnosed >= diagnosed_target else ZERO,
        "quality_proposals": P5 if proposed >= proposed_target else ZERO,
        "quality_satisfaction": P5 if quality_full else P3 if quality >= 90 else ZERO,
        "management_activities": P5 if m_activities >= m_activities_target else ZERO,
        "management_diagnoses": P5 if m_diagnosed >= m_diagnosed_target else ZERO,
        "management_satisfaction": P5 if management_full else P3 if management >= 90 else ZERO,
        **innovation,
        "award_standards": P5 if standards else ZERO,
        "institution_selection": P5 if selection else ZERO,
        "information_filing": P5 if filing else ZERO,
        "organisation": P5 if organisation else ZERO,
    }
    total = sum(points.values(), ZERO)
    if innovation:
        if len(facts) != ALL_SIZE + ("innovation_undertaken" in facts):
            _settle(facts)
        return total, points, {}
    if len(facts) != WITHOUT_SIZE or undertaken is not False:
        _settle(facts)
    return (total * 10 / 9).quantize(TEN_THOUSANDTH, ROUND_HALF_UP), points, {}


def _score_innovation(facts: Mapping[str, object]) -> dict[str, Decimal] | None:
    """Return the innovation section's points, or None when one of its facts is odd."""
    served, target, solution, capability, satisfied, satisfied_target = READ_INNOVATION(facts)
    for value in (served, target):
        if type(value) is not int or not 0 <= value <= LIMIT:
            return None
    for flag in (solution, capability):
        if flag is not True and flag is not False:
            return None
    for share in (satisfied, satisfied_target):
        if (type(share) is not int and not (type(share) is Decimal and share.is_finite())) or not 0 <= share <= 100:
            return None
    return {
        "innovation_enterprises": P3 if served >= target else ZERO,
        "innovation_solution": P2 if solution else ZERO,
        "innovation_capability": P2 if capability else ZERO,
        # 3 at the target, 3 in part: the source's own numbers leave the target without effect
        "innovation_satisfaction": P3 if satisfied >= 90 else ZERO,
    }


def _is_odd(values: tuple[object, ...], shares: tuple[object, ...], flags: tuple[object, ...]) -> bool:
    """Tell whether a value isn't of its kind."""
    for value in values:
        if type(value) is not int or not 0 <= value <= LIMIT:
            return True
    for share in shares:
        if type(share) is Decimal:
            if not share.is_finite() or not 0 <= share <= 100:
                return True
        elif type(share) is not int or not 0 <= share <= 100:
            return True
    return any(flag is not True and flag is not False for flag in flags)


def _settle(facts: Mapping[str, object]) -> dict[str, object]:
    if facts.get("innovation_undertaken") is False:
        return settle(facts, WITHOUT_INNOVATION, {**UNDERTAKEN, **INNOVATION})
    return settle(facts, ALL, UNDERTAKEN)
