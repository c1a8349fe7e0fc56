"""What an approved score leads to: weighed before a second signature, posted to the ledger, further cases opened."""

from __future__ import annotations

from collections.abc import Mapping

from app.cases.queries import find_case, find_live_case
from app.casework.accounts import Account, get_year, lock_account, make_approval, read_bound
from app.casework.binding import bind_event
from app.casework.openings import open_proposal, open_rectification, open_settlement
from app.casework.services.results import write_points
from app.casework.sheets import require_sheet
from app.casework.work import PROPOSAL, SETTLEMENT, Work
from app.scoring.consequences.quarters import QuarterAccount


def weigh_consequences(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Say what the approval would lead to now; the contract stays locked, so that nothing crosses 40 in between."""
    account = lock_account(work)
    quarter = account.approve(work.case.period, make_approval(work.connection, work.case, require_sheet(work)))
    return _describe(work, account, quarter)


def post_consequences(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Let the approval bind: record it and post points and money."""
    sheet, account = require_sheet(work), lock_account(work)
    approval = make_approval(work.connection, work.case, sheet)
    quarter = account.approve(work.case.period, approval)
    weighed = _describe(work, account, quarter)
    bind_event(work, account, "approved", approval)
    # Between the signatures another quarter may have used up a cap of the year: the sheet shows what binds.
    write_points(work, sheet, quarter, state="approved", approved_at=work.now)
    return weighed


def open_consequences(work: Work, variables: Mapping[str, object]) -> Mapping[str, object]:
    """Open what the decision table says: a rectification, a termination proposal (拟解除); and a year's settlement."""
    account = read_bound(work)
    if variables.get("open_rectification"):
        open_rectification(work, account)
    if variables.get("open_proposal"):
        open_proposal(work, account)
    year = get_year(work.case.period)
    last = f"Y{year}Q4"
    if account.term.is_year_complete(year) and find_case(work.connection, SETTLEMENT, work.contract.id, last) is None:
        open_settlement(work, last)
    return {}


def _describe(work: Work, account: Account, quarter: QuarterAccount) -> dict[str, object]:
    return {
        "crosses_termination": account.term.meets_termination(quarter),
        "below_rectification": bool(quarter.rectifications),
        "special_given": bool(quarter.special.net),
        "proposal_live": find_live_case(work.connection, PROPOSAL, work.contract.id) is not None,
    }
