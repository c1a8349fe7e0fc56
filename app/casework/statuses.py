"""The word for where a case is, from the steps that are open (look.md): a list's column, never a second state."""

from __future__ import annotations

from app.casework.work import Work
from app.processes.values import Advance

STATUS_OF_STEP = {
    "submit": "to_file",
    "sign_submission": "to_file",
    "decide_unfiled": "under_review",
    "check_completeness": "under_review",
    "review": "under_review",
    "score": "scoring",
    "joint_look": "scoring",
    "represent": "to_confirm",
    "handle_representation": "to_confirm",
    "approve": "to_sign",
    "second_sign": "to_sign",
    "plan_rectification": "rectifying",
    "approve_plan": "rectifying",
    "report_rectification": "rectifying",
    "verify_rectification": "rectifying",
    "decide_late_plan": "rectifying",
    "decide_late_work": "rectifying",
    "receive_proposal": "termination_proposed",
    "prove_proposal": "termination_proposed",
    "represent_termination": "termination_proposed",
    "decide_termination": "termination_proposed",
    "receive_termination": "termination_proposed",
    "prove_termination": "termination_proposed",
    "file_appeal": "under_appeal",
    "handle_appeal": "under_appeal",
    "approve_appeal": "under_appeal",
    "confirm_settlement": "settling",
    "sign_settlement": "settling",
    "register_payment": "settling",
}
END_STATUS = {
    "contract-quarter": "published",
    "rectification": "archived",
    "termination-proposal": "archived",
    "appeal": "archived",
    "annual-settlement": "archived",
}
RETURNED = "returned"


def find_status(work: Work, advance: Advance) -> str:
    """Return the status after an advance: of the step that became ready, else as it was."""
    if advance.is_completed:
        return END_STATUS[work.case.process]
    if not advance.ready:
        return work.case.status
    status = STATUS_OF_STEP[advance.ready[0].step]
    is_back = work.is_returned or work.case.status == RETURNED
    return RETURNED if status == "to_file" and is_back else status
