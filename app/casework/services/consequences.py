"""What an approved score leads to: weighed before a second signature, posted to the ledger, further cases opened."""

from __future__ import annotations

from collections.abc import Mapping

from app.cases.queries import find_live_case
from app.casework.accounts import Account, lock_account
from app.casework.notices import PARTY, notify
from app.casework.open_case import open_following_case
from app.casework.services.results import make_approval, write_points
from app.casework.sheets import require_sheet
from app.casework.work import Work
from app.contracts.operations import set_contract_state
from app.ledger.operations import add_event, post_entries
from app.scoring.consequences.quarters import QuarterAccount

PROPOSAL, RECTIFICATION = "termination-proposal", "rectification"


def weigh_consequences(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Say what the approval would lead to now; the contract stays locked, so that nothing crosses 40 in between."""
    account = lock_account(work)
    quarter = account.approve(work.case.period, make_approval(work, require_sheet(work)))
    return _describe(work, account, quarter)


def post_consequences(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Let the approval bind: record it and post points and money; settle the year when nothing is left to decide."""
    sheet, account = require_sheet(work), lock_account(work)
    approval = make_approval(work, sheet)
    quarter = account.approve(work.case.period, approval)
    weighed = _describe(work, account, quarter)
    is_decided = not weighed["crosses_termination"] and not weighed["proposal_live"]
    _bind(work, account, "approved", approval, settles=is_decided)
    # Between the signatures another quarter may have used up a cap of the year: the sheet shows what binds.
    write_points(work, sheet, quarter, state="approved", approved_at=work.now)
    return weighed


def open_consequences(work: Work, variables: Mapping[str, object]) -> Mapping[str, object]:
    """Open what the decision table says: a rectification, a termination proposal (拟解除)."""
    if variables.get("open_rectification"):
        case = open_following_case(work, RECTIFICATION, "rectifying")
        notify(work, PARTY, "rectification_opened", case.id, {"opened_case": case.code})
    if variables.get("open_proposal"):
        case = open_following_case(work, PROPOSAL, "termination_proposed")
        set_contract_state(work.connection, work.contract.id, "termination_proposed")
        notify(work, PARTY, "termination_opened", case.id, {"opened_case": case.code})
    return {}


def record_decision(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Let a decision to continue bind: the contract goes on, and the years that waited for it are settled."""
    account = lock_account(work)
    decision = {"quarter": work.case.period, "decision": "continue"}
    set_contract_state(work.connection, work.contract.id, "active")
    _bind(work, account, "decided", decision, settles=True)
    return {}


def _describe(work: Work, account: Account, quarter: QuarterAccount) -> dict[str, object]:
    return {
        "crosses_termination": account.term.meets_termination(quarter),
        "below_rectification": bool(quarter.rectifications),
        "proposal_live": find_live_case(work.connection, PROPOSAL, work.contract.id) is not None,
    }


def _bind(work: Work, account: Account, kind: str, data: Mapping[str, object], *, settles: bool) -> None:
    """Record an event and post what it comes to; every year that waited for it is settled."""
    waiting = account.list_unsettled() if settles else []
    for last in waiting:
        account.settle(last)
    event = {**data, "settles": waiting}
    add_event(work.connection, work.contract.id, len(account.events), kind, work.case.id, event, work.now)
    new = account.list_new_entries()
    post_entries(work.connection, work.contract.id, len(account.posted), new, work.case.id, work.now)
    work.ledger = None
    is_over = account.term.make_result().contract_state == "settled"
    if is_over and work.contract.years in account.term.settlements:
        set_contract_state(work.connection, work.contract.id, "settled")
    work.audit("posted", kind=kind, entries=len(new), places=[len(account.posted), len(account.posted) + len(new)])
