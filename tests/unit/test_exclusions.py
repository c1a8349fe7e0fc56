"""Who may not do a step because of what they did before on the case."""

from __future__ import annotations

import pytest

from app.casework.exclusions import FILING, JUDGING, find_exclusion
from app.casework.steps import STEPS

ME, OTHER = 1, 2


def may(step: str, *done: str) -> bool:
    return find_exclusion(step, ME, [(ME, one) for one in done]) is None


@pytest.mark.parametrize("filed", sorted(FILING))
@pytest.mark.parametrize("step", sorted(JUDGING))
def test_whoever_filed_judges_nothing(step: str, filed: str) -> None:
    assert not may(step, filed)


@pytest.mark.parametrize(
    "step", ["approve", "second_sign", "handle_representation", "verify_rectification", "decide_termination"]
)
@pytest.mark.parametrize("scored", ["score", "joint_look"])
def test_whoever_scored_signs_hears_and_verifies_nothing(step: str, scored: str) -> None:
    assert not may(step, scored)


def test_scorers_approvers_and_the_appeal_handler_are_different_people() -> None:
    assert not may("score", "approve")
    assert not may("score", "handle_representation")
    assert not may("approve", "handle_representation")
    assert not may("handle_representation", "approve")


def test_a_reviewer_may_score_and_a_scorer_may_hold_the_joint_look() -> None:
    assert may("score", "review", "check_completeness")
    assert may("joint_look", "score")
    assert may("score", "score")


def test_the_second_signature_takes_a_second_person() -> None:
    assert not may("second_sign", "approve")
    assert find_exclusion("second_sign", ME, [(OTHER, "approve")]) is None


def test_what_others_did_excludes_nobody() -> None:
    done = [(OTHER, step) for step in STEPS]
    assert all(find_exclusion(step, ME, done) is None for step in STEPS)


def test_every_step_of_the_diagrams_that_judges_is_named() -> None:
    assert set(STEPS) == FILING | JUDGING
