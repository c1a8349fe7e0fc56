"""What the page of each step looks like: its part of the form, the word on its button, what its opinion is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import Message

OPINION, REASONS, NOTE = Message("Your opinion"), Message("Reasons"), Message("Note")


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step's form: `part` is its template below `tasks/`; `needs_opinion` where nothing goes without one."""

    button: Message
    part: str = "plain"
    opinion: Message = OPINION
    needs_opinion: bool = False


SIGN, ANSWERS, DECISION = Message("Agree and sign"), Message("Submit the answers"), Message("Submit the decision")
RECEIVE, SUBMIT, RECORD = Message("Sign for the notice"), Message("Submit"), Message("Record")

STEP_FORMS = {
    "submit": StepForm(Message("Submit the filing"), "facts"),
    "sign_submission": StepForm(Message("Sign and submit")),
    "decide_unfiled": StepForm(DECISION, needs_opinion=True),
    "check_completeness": StepForm(Message("The material is complete")),
    "review": StepForm(Message("Pass on to scoring"), "facts"),
    "score": StepForm(Message("Submit my scoring"), "facts"),
    "joint_look": StepForm(Message("Record the joint look"), "joint"),
    "represent": StepForm(SUBMIT, "represent"),
    "handle_representation": StepForm(ANSWERS, "handle"),
    "approve": StepForm(SIGN, "sign"),
    "second_sign": StepForm(SIGN, "sign"),
    "plan_rectification": StepForm(Message("Submit the plan"), "rectify"),
    "approve_plan": StepForm(Message("Approve the plan"), "rectify"),
    "decide_late_plan": StepForm(DECISION, "rectify", REASONS, needs_opinion=True),
    "report_rectification": StepForm(Message("Report the work as done"), "rectify"),
    "decide_late_work": StepForm(DECISION, "rectify", REASONS, needs_opinion=True),
    "verify_rectification": StepForm(Message("Submit the verdicts"), "rectify"),
    "receive_proposal": StepForm(RECEIVE, "terminate"),
    "prove_proposal": StepForm(RECORD, "terminate", NOTE),
    "represent_termination": StepForm(SUBMIT, "terminate"),
    "decide_termination": StepForm(DECISION, "terminate", REASONS, needs_opinion=True),
    "receive_termination": StepForm(RECEIVE, "terminate"),
    "prove_termination": StepForm(RECORD, "terminate", NOTE),
    "file_appeal": StepForm(Message("Submit the appeal"), "represent"),
    "handle_appeal": StepForm(ANSWERS, "handle"),
    "approve_appeal": StepForm(SIGN, "appeal"),
    "confirm_settlement": StepForm(Message("Confirm the settlement"), "settle"),
    "sign_settlement": StepForm(SIGN, "settle"),
    "register_payment": StepForm(Message("Paid in full: close the settlement"), "settle", NOTE),
}
"""Every human step of the bundled diagrams; a test holds it against what completing them does."""

FIELDS = {
    "decision": Message("Decision"),
    "opinion": REASONS,
    "reason": Message("Reason"),
    "measure": Message("Measure"),
    "responsible": Message("Who answers for it"),
    "finish_on": Message("Done by"),
    "passed": Message("Verdict"),
    "amount": Message("Amount, CNY"),
    "paid_on": Message("Paid on"),
    "voucher": Message("Voucher"),
    "days": Message("More working days, when time is given"),
    "statement": Message("Your statement"),
}
"""What a page calls the fields that a refusal names by their codes; indicators go by their names."""


def name_field(message: Message, names: Mapping[str, str]) -> Message:
    """Return a refusal that names its field as the page does. `names`: of indicators by code."""
    code = str(message.values.get("field", ""))
    word = names.get(code) or FIELDS.get(code)
    return message if word is None else Message(message.text, **{**message.values, "field": word})
