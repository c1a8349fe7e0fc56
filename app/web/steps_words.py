"""Steps of the processes in words."""

from __future__ import annotations

from app.errors import Message

STEP_NAMES = {
    "submit": Message("Filing of results"),
    "sign_submission": Message("Signature of the filing"),
    "decide_unfiled": Message("Decision on a missing filing"),
    "check_completeness": Message("Completeness check"),
    "review": Message("Review"),
    "score": Message("Scoring"),
    "joint_look": Message("Joint look"),
    "represent": Message("Representation"),
    "handle_representation": Message("Handling of the representation"),
    "approve": Message("Approval"),
    "second_sign": Message("Second signature"),
    "plan_rectification": Message("Rectification plan"),
    "approve_plan": Message("Approval of the plan"),
    "decide_late_plan": Message("Decision on a late plan"),
    "report_rectification": Message("Rectification work"),
    "decide_late_work": Message("Decision on late rectification"),
    "verify_rectification": Message("Verification of rectification"),
    "receive_proposal": Message("Receipt of the notice of proposed termination"),
    "prove_proposal": Message("Proof that the notice arrived"),
    "represent_termination": Message("Representation"),
    "decide_termination": Message("Decision on the termination proposal"),
    "receive_termination": Message("Receipt of the notice of termination"),
    "prove_termination": Message("Proof that the decision arrived"),
    "file_appeal": Message("Appeal"),
    "handle_appeal": Message("Handling of the appeal"),
    "approve_appeal": Message("Signature of the appeal's decision"),
    "confirm_settlement": Message("Check of the settlement"),
    "sign_settlement": Message("Signature of the settlement"),
    "register_payment": Message("Payment"),
}
