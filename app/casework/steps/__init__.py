"""What completing a human step does: one table from steps to functions.

Each function takes the work and the form as given, checks it, records what belongs to its domain, and returns the
variables for the diagram with the decision and opinion for the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.casework.steps.appealing import approve_appeal, file_appeal, handle_appeal
from app.casework.steps.filing import decide_unfiled, sign_submission, submit
from app.casework.steps.rectifying import (
    approve_plan,
    decide_late_plan,
    decide_late_work,
    plan_rectification,
    report_rectification,
    verify_rectification,
)
from app.casework.steps.representation import handle_representation, represent
from app.casework.steps.reviewing import check_completeness, review
from app.casework.steps.scoring import joint_look, score
from app.casework.steps.settling import confirm_settlement, register_payment, sign_settlement
from app.casework.steps.signing import approve, second_sign
from app.casework.steps.terminating import (
    decide_termination,
    prove_proposal,
    prove_termination,
    receive_proposal,
    receive_termination,
    represent_termination,
)
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
    "plan_rectification": plan_rectification,
    "approve_plan": approve_plan,
    "decide_late_plan": decide_late_plan,
    "decide_late_work": decide_late_work,
    "report_rectification": report_rectification,
    "verify_rectification": verify_rectification,
    "receive_proposal": receive_proposal,
    "prove_proposal": prove_proposal,
    "represent_termination": represent_termination,
    "decide_termination": decide_termination,
    "receive_termination": receive_termination,
    "prove_termination": prove_termination,
    "file_appeal": file_appeal,
    "handle_appeal": handle_appeal,
    "approve_appeal": approve_appeal,
    "confirm_settlement": confirm_settlement,
    "sign_settlement": sign_settlement,
    "register_payment": register_payment,
}
