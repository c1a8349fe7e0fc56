"""What a settlement still owes, and the payment clock (保障中小企业款项支付条例): 30 days, late acceptance or not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.calendar.due_explained import StepDue, explain_step_due
from app.calendar.working_days import add_working_days
from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.accounts import get_year, read_account
from app.casework.work import QUARTER, Work, get_calendar
from app.clock import get_china_day
from app.ledger.models import Payment
from app.ledger.queries import list_payments
from app.programmes.definition import Programme
from app.scoring.model import ZERO

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


@dataclass(frozen=True, slots=True)
class Owed:
    """What a year released and what was paid of it, in CNY; payments in the order in which they were recorded."""

    released: Decimal
    payments: tuple[Payment, ...]
    due: StepDue

    @property
    def paid(self) -> Decimal:
        """What is paid: a payment that was taken back counts nothing."""
        return sum((one.amount for one in self.payments), ZERO)

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return self.released - self.paid

    @property
    def standing(self) -> tuple[Payment, ...]:
        """The payments that were not taken back."""
        gone = {one.reverses for one in self.payments}
        return tuple(one for one in self.payments if one.reverses is None and one.id not in gone)

    @property
    def is_late(self) -> bool:
        """Whether some of it was paid after its time."""
        last = get_china_day(self.due.due)
        return any(one.paid_on > last for one in self.standing)


def read_owed(work: Work) -> Owed:
    """Return what the settlement at work still owes; nothing while the year isn't settled."""
    settlement = read_account(work.connection, work.contract).term.settlements.get(get_year(work.case.period))
    released = ZERO if settlement is None else settlement.released
    return Owed(released, tuple(list_payments(work.connection, work.case.id)), find_payment_due(work))


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
