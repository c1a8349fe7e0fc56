"""What completing a human step does: one table from steps to functions.

Each function takes the work and the form as given, checks it, records what belongs to its domain, and returns the
variables for the diagram with the decision and opinion for the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.casework.steps.filing import decide_unfiled, sign_submission, submit
from app.casework.steps.following import decide_termination, verify_rectification
from app.casework.steps.representation import handle_representation, represent
from app.casework.steps.reviewing import check_completeness, review
from app.casework.steps.scoring import joint_look, score
from app.casework.steps.signing import approve, second_sign
from app.casework.work import Outcome, Work

Step = Callable[[Work, Mapping[str, object]], Outcome]

STEPS: dict[str, Step] = {
    "submit": submit,
    "sign_submission": sign_submission,
    "decide_unfiled": decide_unfiled,
    "check_completeness": check_completeness,
    "review": review,
    "score": score,
    "joint_look": joint_look,
    "represent": represent,
    "handle_representation": handle_representation,
    "approve": approve,
    "second_sign": second_sign,
    "verify_rectification": verify_rectification,
    "decide_termination": decide_termination,
}
