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
    "verify_rectification": Message("Verification of rectification"),
    "decide_termination": Message("Decision on the termination proposal"),
}
