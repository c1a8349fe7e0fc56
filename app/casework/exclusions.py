"""Who may not do a step because of what they did before on the case (rules.md, "Roles"; pure)."""

from __future__ import annotations

from collections.abc import Iterable

from app.errors import KaoheError, Message

FILING = frozenset(
    {
        "submit",
        "sign_submission",
        "represent",
        "plan_rectification",
        "report_rectification",
        "receive_proposal",
        "represent_termination",
        "receive_termination",
        "file_appeal",
    }
)
SCORING = frozenset({"score", "joint_look"})
SIGNING = frozenset({"approve", "second_sign", "decide_termination", "approve_appeal", "sign_settlement"})
HANDLING = frozenset({"handle_representation", "handle_appeal"})
VERIFYING = frozenset({"verify_rectification"})
REVIEWING = frozenset(
    {
        "check_completeness",
        "review",
        "decide_unfiled",
        "decide_late_plan",
        "decide_late_work",
        "approve_plan",
        "prove_proposal",
        "prove_termination",
        "confirm_settlement",
        "register_payment",
    }
)
JUDGING = SCORING | SIGNING | HANDLING | VERIFYING | REVIEWING


def is_exclusive(step: str) -> bool:
    """Whether a step asks at all what its doer did before on the case."""
    return step in JUDGING


class Excluded(KaoheError):
    """A person may not do a step because of another that they did on the same case."""


def find_exclusion(step: str, person_id: int, done: Iterable[tuple[int, str]]) -> Message | None:
    """Return why a person may not do a step, or None. `done`: (person, step) of the case and the one it follows."""
    steps = {one for person, one in done if person == person_id}
    if step in JUDGING and steps & FILING:
        return Message("whoever filed for the party can't judge the filing")
    for group, name in _GROUPS:
        if step in group:
            return _find_other_hat(steps - group, name) or _find_twice(step, steps)
    return None


_VERIFIER = Message("verifier")
_GROUPS = (
    (SCORING, Message("scorer")),
    (SIGNING, Message("approver")),
    (HANDLING, Message("appeal handler")),
    (VERIFYING, _VERIFIER),
)


def _find_other_hat(steps: frozenset[str] | set[str], name: Message) -> Message | None:
    """Scorers, approvers and the appeal handler of one case are different people, and a verifier did not score."""
    if steps & SCORING:
        return Message("whoever scored this case can't be its {role}", role=name)
    if name != _VERIFIER and steps & SIGNING:
        return Message("whoever signed this case can't be its {role}", role=name)
    if name != _VERIFIER and steps & HANDLING:
        return Message("whoever heard the representation can't be its {role}", role=name)
    return None


def _find_twice(step: str, steps: set[str]) -> Message | None:
    if step == "handle_appeal" and "handle_representation" in steps:
        return Message("whoever heard the representation can't hear the appeal")
    if step == "second_sign" and "approve" in steps:
        return Message("the second signature takes a second person")
    if step == "approve" and "second_sign" in steps:
        return Message("the second signature takes a second person")
    return None


def require_no_exclusion(step: str, person_id: int, done: Iterable[tuple[int, str]]) -> None:
    """Raise `Excluded` with the reason where a person may not do a step."""
    reason = find_exclusion(step, person_id, done)
    if reason is not None:
        raise Excluded(reason)
