"""A contract whose first year is settled: finance pays it, takes payments back, closes it."""

from __future__ import annotations

import datetime as dt

from app.casework.complete_task import complete_task
from app.casework.payment import Owed, read_owed
from app.casework.record_payment import record_payment, reverse_payment
from app.casework.work import SETTLEMENT, Work
from app.db import reading, transaction
from app.tasks.models import Task
from tests.integration.quarters import LATER, NOW, START, Quarters
from tests.integration.simulating import HONGSHAN, reach

DAY = NOW.date()
"""Within the time for the payment."""


class Settled(Quarters):
    """A contract whose first year is settled and signed, and waits for its payment: the whole fee is released."""

    def __init__(self, start: dt.date = START) -> None:
        super().__init__(start=start)
        for part in ("Q1", "Q2", "Q3", "Q4"):
            self.open(f"Y1{part}", reach(HONGSHAN, part))
            self.drive(f"Y1{part}")
        self.settle("Y1Q4")
        self.do(self.task, self.later)

    @property
    def task(self) -> Task:
        """The step that is open."""
        return self.list_tasks(self.get_case("Y1Q4", SETTLEMENT))[0]

    @property
    def owed(self) -> Owed:
        with reading() as connection:
            return read_owed(Work(connection, self.get_case("Y1Q4", SETTLEMENT), LATER))

    def pay(
        self, amount: object, voucher: str, day: dt.date = DAY, now: dt.datetime = LATER, role: str = "finance"
    ) -> Owed:
        """Let somebody record a payment."""
        form = {"amount": amount, "paid_on": day, "voucher": voucher}
        with transaction() as connection:
            return record_payment(connection, self.cast.find_by_role(role).on(now), self.task.id, form, now)

    def take_back(self, payment_id: int, reason: str = "凭证号有误") -> Owed:
        """Let finance take a payment back."""
        finance = self.cast.find_by_role("finance").on(LATER)
        with transaction() as connection:
            return reverse_payment(connection, finance, self.task.id, payment_id, {"reason": reason}, LATER)

    def close(self, now: dt.datetime = LATER) -> None:
        """Let finance close the settlement."""
        with transaction() as connection:
            complete_task(connection, self.cast.find_by_role("finance").on(now), self.task.id, {}, now)
