"""What still stands in the way: of a decision on a proposal, of a year's settlement, of an appeal."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.calendar.due_explained import StepDue
from app.cases.models import WITHDRAWN, Case
from app.cases.queries import find_case, find_live_case, list_cases_of_contract
from app.casework.accounts import get_year
from app.casework.work import APPEAL, PROPOSAL, QUARTER, explain_step
from app.clock import get_china_day
from app.contracts.queries import get_contract
from app.errors import Message
from app.ledger.queries import list_events
from app.papers.queries import find_paper


def find_appeal_due(case: Case) -> StepDue | None:
    """Return until when a published quarter's result may be appealed; None while it isn't published."""
    if case.closed_at is None or case.process != QUARTER:
        return None
    return explain_step(case.programme, "appeal", get_china_day(case.closed_at))


def find_obstacle(connection: Connection, case: Case, now: dt.datetime) -> Message | None:
    """Return why a proposal can't be decided on yet: appeals come before the decision (interfaces.md)."""
    appeal = find_live_case(connection, APPEAL, case.contract_id)
    if appeal is not None:
        return Message("the appeal {case} is open; it comes before the decision", case=appeal.code)
    quarter = find_case(connection, QUARTER, case.contract_id, case.period)
    due = None if quarter is None else find_appeal_due(quarter)
    if quarter is None or due is None or now > due.due or find_appeal(connection, quarter) is not None:
        return None
    day = get_china_day(due.due)
    return Message("the result may still be appealed until {day}; the decision comes after that", day=day)


def find_appeal(connection: Connection, quarter: Case) -> Case | None:
    """Return the appeal against a quarter's result, live or over, or None; one that was withdrawn counts as none.

    While the time for an appeal runs, who withdrew one may file another: the time is the party's, and giving up
    early must not cost it days that it still has. Once the time is over the withdrawal is final.
    """
    found = find_case(connection, APPEAL, quarter.contract_id, quarter.period)
    return None if found is None or found.status == WITHDRAWN else found


def find_settlement_obstacle(connection: Connection, contract_id: int, last: str, now: dt.datetime) -> Message | None:
    """Return why a year can't be settled yet: a live appeal or proposal, or results that may still be appealed."""
    appeal, proposal = (find_live_case(connection, process, contract_id) for process in (APPEAL, PROPOSAL))
    if appeal is not None:
        return Message("the appeal {case} is still open; the year is settled after it", case=appeal.code)
    if proposal is not None:
        template = "the proposed termination {case} is still open; the year is settled after its decision"
        return Message(template, case=proposal.code)
    year = get_year(last)
    for case in list_cases_of_contract(connection, contract_id):
        due = find_appeal_due(case) if get_year(case.period) == year else None
        if due is not None and now <= due.due and find_appeal(connection, case) is None:
            return Message("{period} may still be appealed until {day}", period=case.period, day=get_china_day(due.due))
    return None


def find_appeal_refusal(connection: Connection, case: Case, now: dt.datetime) -> Message | None:
    """Return why a quarter's result can't be appealed now, None where it can."""
    due = find_appeal_due(case)
    if due is None:
        return Message("only a published result can be appealed")
    earlier = find_appeal(connection, case)
    if earlier is not None:
        return Message("this result was already appealed ({case})", case=earlier.code)
    if now > due.due:
        return Message("the time for an appeal ended on {day}", day=get_china_day(due.due))
    return _find_closed(connection, case)


def _find_closed(connection: Connection, case: Case) -> Message | None:
    """Return what is decided already and can't be changed by an appeal any more."""
    if get_contract(connection, case.contract_id).state == "terminated":
        return Message("the contract was terminated; its results can't be appealed here any more")
    if _is_settled(connection, case):
        return Message("the year is settled; its results can't be appealed here any more")
    proposal = find_live_case(connection, PROPOSAL, case.contract_id)
    if proposal is not None and find_paper(connection, proposal.id, "termination_decision") is not None:
        return Message("the termination is decided ({case}); an appeal comes before the decision", case=proposal.code)
    return None


def _is_settled(connection: Connection, case: Case) -> bool:
    year = get_year(case.period)
    settled = (one.data.get("settles") for one in list_events(connection, case.contract_id))
    return any(get_year(code) == year for codes in settled if isinstance(codes, list) for code in codes)
