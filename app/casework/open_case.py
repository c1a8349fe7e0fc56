"""Open a case: of a period that is over, or one that follows from another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from app.calendar.due_explained import StepDue, pack_step_due
from app.calendar.working_days import add_working_days, get_end_of_day
from app.cases.models import Case
from app.cases.operations import NewCase, add_case
from app.casework.follow import follow
from app.casework.notices import PARTY, notify
from app.casework.work import (
    APPEAL,
    ONE_SECOND,
    PROPOSAL,
    QUARTER,
    RECTIFICATION,
    SETTLEMENT,
    Work,
    explain_step,
    get_calendar,
)
from app.clock import get_china_day
from app.contracts.models import Contract, ContractPeriod
from app.contracts.operations import bind_rubric_version, mark_period_opened
from app.contracts.queries import get_contract
from app.processes.operations import start

REMINDERS_BEFORE_SUPERVISOR = 2
"""How many working days, a reminder each, a missing filing waits before the supervisor's word (rules.md)."""


def open_period(connection: Connection, period: ContractPeriod, now: dt.datetime) -> Case | None:
    """Open the case of a period that is over (每满三个月); None when somebody else has just opened it."""
    if not mark_period_opened(connection, period.id, now):
        return None
    contract, period = get_contract(connection, period.contract_id), bind_rubric_version(connection, period)
    due = explain_step(contract.programme, "submission", get_china_day(now))
    advance = start(connection, QUARTER, {"unfiled_at": find_unfiled_at(due).isoformat()}, now)
    case = add_case(connection, make_case(contract, period, advance.instance_id, due.due), now)
    work = Work(connection, case, now)
    announce(work, contract, period, due)
    follow(work, advance)
    return work.case


def announce(work: Work, contract: Contract, period: ContractPeriod, due: StepDue) -> None:
    """Note for the audit chain that a period's case opened, and tell the party until when to file."""
    work.contract = contract
    work.audit("case_opened", period=period.code, contract=contract.code)
    payload = {"period_start": str(period.start), "period_end": str(period.end), "due": pack_step_due(due)}
    notify(work, PARTY, "period_opened", work.round, payload)


def open_following_case(
    work: Work,
    process: str,
    status: str,
    variables: Mapping[str, object],
    *,
    period: str = "",
    ordinal: int = 1,
    prepare: Callable[[Work], None] = lambda _following: None,
) -> Work:
    """Open a case that follows from the one at work: the same party, another process; return the work on it.

    `period` is the case's own unless named; `ordinal` counts the cases about it, withdrawn ones included. `prepare`
    adds what belongs to the new case before its first step is told.
    """
    advance = start(work.connection, process, variables, work.now)
    case, period = work.case, period or work.case.period
    new = NewCase(
        code=f"{work.contract.code}-{period}-{SUFFIXES[process]}{ordinal if ordinal > 1 else ''}",
        process=process,
        contract_id=case.contract_id,
        period=period,
        authority_id=case.authority_id,
        party_id=case.party_id,
        programme=case.programme,
        rubric=case.rubric,
        rubric_version=case.rubric_version,
        part=case.part,
        instance_id=advance.instance_id,
        status=status,
        parent_id=case.id,
    )
    following = Work(work.connection, add_case(work.connection, new, work.now), work.now, work.doer)
    following.contract, following.holders = work.contract, work.holders
    following.audit("case_opened", period=period, follows=case.code)
    prepare(following)
    follow(following, advance)
    return following


SUFFIXES = {RECTIFICATION: "ZG", PROPOSAL: "NJC", APPEAL: "FH", SETTLEMENT: "JS"}


def find_unfiled_at(due: StepDue) -> dt.datetime:
    """Return when a missing filing goes to the supervisor: after the reminders of the days that follow its due date."""
    day = add_working_days(get_calendar(), get_china_day(due.due), REMINDERS_BEFORE_SUPERVISOR)
    return get_end_of_day(day) + ONE_SECOND


def make_case(contract: Contract, period: ContractPeriod, instance_id: int, filing_due: dt.datetime) -> NewCase:
    """Return a period's case as it opens."""
    return NewCase(
        code=f"{contract.code}-{period.code}",
        process=QUARTER,
        contract_id=contract.id,
        period=period.code,
        authority_id=contract.authority_id,
        party_id=contract.vendor_id,
        programme=contract.programme,
        rubric=period.rubric,
        rubric_version=period.rubric_version,
        part=period.part,
        instance_id=instance_id,
        status="to_file",
        filing_due=filing_due,
    )
