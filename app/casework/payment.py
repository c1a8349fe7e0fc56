"""The payment clock (保障中小企业款项支付条例): 30 days, which a late acceptance doesn't stop."""

from __future__ import annotations

import datetime as dt

from app.calendar.due_explained import StepDue, explain_step_due
from app.calendar.working_days import add_working_days
from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.accounts import get_year
from app.casework.work import QUARTER, Work, get_calendar
from app.clock import get_china_day
from app.programmes.definition import Programme

ACCEPTANCE = (
    "submission",
    "completeness_check",
    "review",
    "scoring",
    "joint_look",
    "representation",
    "representation_handling",
    "approval",
    "second_signature",
)
"""The steps that an acceptance may take at most: their times together are the agreed time of inspection."""


def find_payment_due(work: Work) -> StepDue:
    """Return until when what a year releases is to be paid, counted from its acceptance.

    Where the acceptance took longer than its steps may take together, the clock began when they ended.
    """
    year = get_year(work.case.period)
    of_year = [
        case
        for case in list_cases_of_contract(work.connection, work.contract.id)
        if case.process == QUARTER and get_year(case.period) == year
    ]
    last = max(of_year, key=lambda case: case.period, default=None)
    start = work.today if last is None else find_acceptance(last, work.programme)
    time = work.programme.step_times["payment"]
    return explain_step_due(get_calendar(), start, time.days, calendar_days=time.calendar_days)


def find_acceptance(case: Case, programme: Programme) -> dt.date:
    """Return the day from which payment counts: of the approval, at the latest of the steps' limits together."""
    opened = get_china_day(case.opened_at)
    latest = add_working_days(get_calendar(), opened, sum(programme.step_times[name].days for name in ACCEPTANCE))
    return latest if case.closed_at is None else min(latest, get_china_day(case.closed_at))
