"""Words of a case: its processes, decisions at steps, entries of the ledger, operations of the system."""

from __future__ import annotations

from app.errors import Message

PROCESS_NAMES = {
    "contract-quarter": Message("Quarterly assessment"),
    "rectification": Message("Rectification"),
    "termination-proposal": Message("Termination proposal"),
    "appeal": Message("Appeal"),
    "annual-settlement": Message("Settlement of the year"),
}
OPERATION_NAMES = {
    "compare_findings": Message("Comparison of the findings"),
    "draft_result": Message("Draft result"),
    "weigh_consequences": Message("Weighing of the consequences"),
    "post_consequences": Message("Posting of points and money"),
    "decide_consequences": Message("Decision table of the consequences"),
    "open_consequences": Message("Opening of what follows"),
    "publish_result": Message("Publication of the result"),
    "begin_representation": Message("Beginning of the time for the representation"),
    "record_decision": Message("Recording of the decision"),
    "issue_termination": Message("Issue of the notice of termination"),
    "end_contract": Message("Recording of the contract's end"),
    "post_appeal": Message("Posting of the appeal's result"),
    "publish_appeal": Message("Service of the appeal's decision"),
    "settle_year": Message("Settlement of the year"),
    "fire_timers": Message("Expiry of a time limit"),
}
DECISIONS = {
    "on_time": Message("filed on time"),
    "late": Message("filed late"),
    "signed": Message("signed"),
    "proceed": Message("scored without a filing"),
    "extend": Message("more time given"),
    "complete": Message("complete"),
    "passed": Message("passed"),
    "corrected": Message("values corrected"),
    "confirmed": Message("values confirmed"),
    "agreed": Message("agreed"),
    "contested": Message("objection raised"),
    "no_objection": Message("no objection"),
    "accepted": Message("objection accepted in part or in whole"),
    "refused": Message("objection not accepted"),
    "approved": Message("approved"),
    "planned": Message("plan filed"),
    "work_without_plan": Message("work begins without a plan"),
    "verify_as_is": Message("verified as it stands"),
    "reported": Message("work reported"),
    "pass": Message("rectification passed"),
    "failed_again": Message("not passed, another round"),
    "failed": Message("not passed, closed"),
    "received": Message("received"),
    "proven": Message("arrival proven"),
    "served_again": Message("served again"),
    "end": Message("the contract ends"),
    "settlement_confirmed": Message("checked, nothing to object"),
    "paid": Message("paid in time"),
    "paid_late": Message("paid late"),
    "continue": Message("the contract goes on"),
}
"""Decisions at finished steps by their codes; `done` needs no word."""
ENTRY_KINDS = {
    "points": Message("points deducted"),
    "money": Message("money deducted"),
    "held": Message("points held"),
    "released": Message("points released"),
    "reversal": Message("taken back"),
    "settlement": Message("settlement of the year"),
}
ENTRY_CAUSES = {
    "score": Message("result of the quarter"),
    "deferral": Message("deferral"),
    "appeal": Message("appeal"),
    "termination": Message("termination"),
    "annual": Message("end of the year"),
    "opening": Message("opening balance"),
}
SHEET_STATES = {
    "draft": Message("draft result"),
    "approved": Message("approved result"),
    "superseded": Message("earlier result, being scored again"),
}
MANNERS = {
    "portal": Message("signed for here"),
    "mail": Message("mail, taken by the recipient's server"),
    "receipt": Message("signed receipt"),
    "announcement": Message("public announcement"),
}
"""How a notice arrived."""
EXPERTS = "甲乙丙丁戊己庚辛壬癸"


def name_operation(code: str) -> Message | str:
    """Return an automatic step's name; an unknown code as it is."""
    return OPERATION_NAMES.get(code, code)


def name_decision(code: str) -> Message | str:
    """Return a decision's word; "" for a step that is simply done."""
    return "" if code == "done" else DECISIONS.get(code, code)


def name_expert(place: int) -> Message:
    """Return what a party reads in the place of a scorer's name, by the scorer's place on the panel."""
    letter = EXPERTS[place] if place < len(EXPERTS) else str(place + 1)
    return Message("expert {letter}", letter=letter)
