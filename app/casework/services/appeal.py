"""What an appeal's decision does: a new sheet, entries reversed and posted anew; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.cases.models import Case
from app.cases.queries import find_live_case, get_case
from app.casework.accounts import Account, lock_account, read_account
from app.casework.binding import bind_event
from app.casework.letters import issue_appeal_decision
from app.casework.notices import PARTY, notify
from app.casework.sheets import require_sheet
from app.casework.withdraw_case import withdraw_case
from app.casework.work import PROPOSAL, Work
from app.contracts.operations import set_contract_state
from app.errors import Message
from app.i18n import format_money, format_number
from app.scores.models import SheetRow
from app.scores.operations import add_sheet, change_sheet
from app.scores.queries import find_sheet
from app.scoring.consequences.quarters import QuarterAccount


def post_appeal(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Let the decision bind: accepted facts supersede the sheet; a proposal without its cause is withdrawn."""
    sheet, account = require_sheet(work), lock_account(work)
    if not sheet.accepted:
        return {}
    account.appeal(work.case.period, sheet.accepted)  # type: ignore[arg-type]  # stored only after a check
    quarter = account.get_quarter(work.case.period)
    bind_event(work, account, "appealed", {"quarter": work.case.period, "accepted": sheet.accepted})
    _supersede(work, sheet, quarter)
    live = find_live_case(work.connection, PROPOSAL, work.contract.id)
    if live is not None and not account.term.meets_termination(account.get_quarter(live.period)):
        withdraw_case(work, live, Message("the appeal {case} removed its cause", case=work.case.code))
        set_contract_state(work.connection, work.contract.id, "active")
    return {}


def publish_appeal(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Issue the decision on the appeal and tell the party."""
    sheet, account = require_sheet(work), read_account(work.connection, work.contract)
    after = account.get_quarter(work.case.period)
    before, money_before = _find_before(work, account)
    money = account.term.ledger.sum_money(work.case.period)
    paper = issue_appeal_decision(work, before, after, (money_before, money), sheet.answers)
    payload = {
        "score_before": format_number(before.score),
        "score": format_number(after.score),
        "money_before": format_money(money_before),
        "money": format_money(money),
        "accepted": bool(sheet.accepted),
        "paper": paper.number,
    }
    notify(work, PARTY, "appeal_decided", "final", payload)
    work.audit("appeal_published", score=payload["score"], money=payload["money"])
    return {}


def _supersede(work: Work, decided: SheetRow, quarter: QuarterAccount) -> None:
    """Add a version of the quarter's sheet with what was accepted; the one that was approved before stays on record."""
    case = _get_quarter_case(work)
    before = find_sheet(work.connection, case.id)
    if before is None:
        raise LookupError(f"{case.code} has no sheet")
    change_sheet(work.connection, before.id, state="superseded")
    kept = ("case_id", "round", "reviewed", "differing", "agreed", "reasons", "facts")
    values = {name: getattr(before, name) for name in kept}
    values |= {
        "number": before.number + 1,
        "state": "approved",
        "contested": decided.contested,
        "accepted": {**before.accepted, **decided.accepted},
        "answers": decided.answers,
        "indicators": quarter.earned,
        "special": quarter.special.net,
        "score": quarter.score,
        "made_at": work.now,
        "approved_by": decided.approved_by,
        "approved_at": work.now,
    }
    add_sheet(work.connection, values)


def _find_before(work: Work, account: Account) -> tuple[QuarterAccount, Decimal]:
    """Return the quarter and its money in CNY as they were before this appeal."""
    events = [one for one in account.events if not (one.kind == "appealed" and one.case_id == work.case.id)]
    made = sum(1 for one in account.posted if one.case_id != work.case.id)
    earlier = Account(work.contract, events, account.posted[:made])
    return earlier.get_quarter(work.case.period), earlier.term.ledger.sum_money(work.case.period)


def _get_quarter_case(work: Work) -> Case:
    if work.case.parent_id is None:
        raise LookupError(f"{work.case.code} follows from no quarter")
    return get_case(work.connection, work.case.parent_id)
