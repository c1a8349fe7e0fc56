"""Open the cases that follow from a result: a rectification, a termination proposal, a year's settlement."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.calendar.due_explained import pack_step_due
from app.casework.accounts import Account
from app.casework.letters import issue_rectification_notice, issue_termination_notice
from app.casework.notices import PARTY, notify
from app.casework.open_case import open_following_case
from app.casework.sheets import SPECIAL
from app.casework.work import ONE_SECOND, PROPOSAL, RECTIFICATION, SETTLEMENT, Work
from app.contracts.operations import set_contract_state
from app.scoring.consequences.quarters import QuarterAccount
from app.scoring.model import ZERO
from app.submissions.operations import add_rectification_items


def open_rectification(work: Work, account: Account) -> None:
    """Open a rectification (整改) with the failed criteria; those that failed in the quarter before too are flagged."""
    due = work.explain_due("rectification_plan")
    quarter = account.get_quarter(work.case.period)
    before = account.find_before(work.case.period)
    failed_before = {} if before is None else dict(list_failed(before))
    items = [(code, lost, code in failed_before) for code, lost in list_failed(quarter)]

    def prepare(following: Work) -> None:
        add_rectification_items(work.connection, following.case.id, 1, items)
        paper = issue_rectification_notice(following, quarter, items, due)
        payload = {"opened_case": following.case.code, "due": pack_step_due(due), "paper": paper.number}
        notify(following, PARTY, "rectification_opened", "first", payload)

    variables = {"plan_overdue_at": (due.due + ONE_SECOND).isoformat()}
    open_following_case(work, RECTIFICATION, "rectifying", variables, prepare=prepare)


def list_failed(quarter: QuarterAccount) -> Iterator[tuple[str, Decimal]]:
    """Give the criteria that lost points for good, with the points; special deductions stand under `special`."""
    for code, points in quarter.earned.items():
        lost = quarter.scorer.get_max(code) - points - quarter.held.get(code, ZERO)
        if lost > ZERO:
            yield code, lost
    if quarter.special.net < ZERO:
        yield SPECIAL, -quarter.special.net


def open_proposal(work: Work, account: Account) -> None:
    """Open a termination proposal (拟解除) with its notice and dossier; nothing runs before the notice has arrived."""
    due = work.explain_due("service")
    set_contract_state(work.connection, work.contract.id, "termination_proposed")

    def prepare(following: Work) -> None:
        paper = issue_termination_notice(following, account)
        payload = {"opened_case": following.case.code, "due": pack_step_due(due), "paper": paper.number}
        notify(following, PARTY, "termination_opened", "first", payload)

    variables = {"proposal_unopened_at": (due.due + ONE_SECOND).isoformat()}
    open_following_case(work, PROPOSAL, "termination_proposed", variables, prepare=prepare)


def open_settlement(work: Work, last: str) -> None:
    """Open a year's settlement (年度结算); it waits until nobody can appeal. `last`: the year's last quarter."""
    due = work.explain_due("appeal")
    variables = {"settle_from": (due.due + ONE_SECOND).isoformat()}
    open_following_case(work, SETTLEMENT, "settling", variables, period=last)
