"""How a case's state looks: a word, a colour and an icon, always all three."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Message


@dataclass(frozen=True, slots=True)
class State:
    """A state's word, its tone (a class of the style sheet) and its icon (a name of the sprite)."""

    words: Message
    tone: str
    icon: str


STATES = {
    "to_file": State(Message("To be filed"), "grey", "edit"),
    "under_review": State(Message("Under review"), "blue", "eye"),
    "returned": State(Message("Returned"), "orange", "arrow-back-up"),
    "scoring": State(Message("Being scored"), "blue", "clipboard-check"),
    "to_confirm": State(Message("To be confirmed"), "purple", "message"),
    "to_sign": State(Message("To be signed"), "purple", "writing-sign"),
    "overdue_filing": State(Message("Filing overdue"), "orange", "clock-exclamation"),
    "rectifying": State(Message("In rectification"), "orange", "tool"),
    "published": State(Message("Published"), "green", "speakerphone"),
    "termination_proposed": State(Message("Termination proposed"), "red", "gavel"),
    "terminated": State(Message("Terminated"), "dark-red", "ban"),
    "under_appeal": State(Message("Under appeal"), "purple", "scale"),
    "settling": State(Message("Being settled"), "blue", "coin-yuan"),
    "withdrawn": State(Message("Withdrawn"), "grey", "ban"),
    "archived": State(Message("Archived"), "grey", "archive"),
    "working": State(Message("System at work"), "grey", "progress"),
    "failed": State(Message("Step failed"), "red", "alert-triangle"),
}

STATE_OF_STEP = {
    "submit": "to_file",
    "sign_submission": "to_file",
    "decide_unfiled": "overdue_filing",
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
    "decide_late_plan": "rectifying",
    "report_rectification": "rectifying",
    "decide_late_work": "rectifying",
    "verify_rectification": "rectifying",
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
"""The state of a case that stands at a step."""

UNKNOWN = State(Message("Unknown state"), "grey", "help")


def find_state(code: str) -> State:
    """Return a state by its code, or by the step that a case stands at."""
    return STATES.get(STATE_OF_STEP.get(code, code), UNKNOWN)
