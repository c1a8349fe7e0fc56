"""A settlement paid in instalments: each payment is on record for good, a wrong one is taken back, all closes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask

from app.audit.queries import list_entries as list_audit
from app.cases.queries import list_steps
from app.casework.complete_task import complete_task
from app.casework.forms import FormRefused
from app.casework.record_payment import record_payment
from app.casework.work import SETTLEMENT
from app.clock import SimulatedClock
from app.db import reading, transaction
from app.errors import KaoheError
from app.identity.operations import set_password
from app.identity.queries import get_person
from app.permissions import NotPermitted
from app.tasks.operations import TaskTaken
from tests.integration.quarters import LATER, lose
from tests.integration.settled import DAY, Settled
from tests.integration.simulating import HONGSHAN, reach
from tests.integration.test_web_inbox import visit
from tests.integration.website import PASSWORD, Visitor, make_site
from tests.integration.world import FEE

LAST = LATER.date()
"""The day on which people record."""
TEN_DAYS, TWO_MONTHS = dt.timedelta(days=10), dt.timedelta(days=60)


@pytest.fixture
def settled(app: Flask) -> Iterator[Settled]:
    yield Settled()


def test_a_settlement_is_paid_in_parts_and_closed_when_all_is_paid(settled: Settled) -> None:
    assert (settled.owed.released, settled.owed.open) == (FEE, FEE)
    part = Decimal("0.03")
    assert settled.pay(part, "记-101").open == FEE - part
    with pytest.raises(FormRefused, match="still open"):
        settled.close()
    assert settled.pay(FEE - part, "记-102").open == 0
    case, task = settled.get_case("Y1Q4", SETTLEMENT), settled.task
    settled.close()
    with reading() as connection:
        last = list_steps(connection, case.id)[-1]
        noted = [one.action for one in list_audit(connection, case.chain)]
    assert (last.step, last.decision) == ("register_payment", "paid")
    assert noted.count("payment_recorded") == 2
    assert settled.get_case("Y1Q4", SETTLEMENT).status == "archived"
    form = {"amount": 1, "paid_on": DAY, "voucher": "记-103"}
    with transaction() as connection, pytest.raises(TaskTaken, match="already completed"):
        record_payment(connection, settled.cast.find_by_role("finance").on(LATER), task.id, form, LATER)


def test_what_cannot_be_right_is_refused_with_the_figures_and_nothing_is_recorded(settled: Settled) -> None:
    settled.pay(FEE - 100, "记-101")
    for amount, voucher, day, wrong in (
        (Decimal("100.01"), "记-102", DAY, "100.00 open"),
        (Decimal("0.001"), "记-102", DAY, "whole cents"),
        (0, "记-102", DAY, "above 0"),
        (-5, "记-102", DAY, "above 0"),
        (Decimal("NaN"), "记-102", DAY, "not a value"),
        ("许多", "记-102", DAY, "not a value"),
        (1, "记-101", DAY, "recorded already"),
        (1, " ", DAY, "must be filled in"),
        (1, "记-102", LAST + TEN_DAYS, "in the future"),
        (1, "记-102", dt.date(2005, 1, 1), "before the contract began"),
    ):
        with pytest.raises(FormRefused) as refused:
            settled.pay(amount, voucher, day)
        assert wrong in str(refused.value.refusals[0].message), (amount, voucher)
    assert len(settled.owed.payments) == 1


def test_a_wrong_payment_is_taken_back_once_by_an_entry_with_its_reason(settled: Settled) -> None:
    settled.pay(FEE, "记-110")
    wrong = settled.owed.payments[0]
    with pytest.raises(FormRefused):
        settled.take_back(wrong.id, "")
    assert settled.take_back(wrong.id).open == FEE
    with pytest.raises(FormRefused, match="no payment of this settlement that stands"):
        settled.take_back(wrong.id)
    assert settled.pay(FEE, "记-110").open == 0
    assert [(one.amount, one.reverses) for one in settled.owed.payments] == [(FEE, None), (-FEE, wrong.id), (FEE, None)]
    assert settled.owed.payments[1].note == "凭证号有误"


def test_a_payment_after_its_time_makes_the_settlement_late_a_late_record_does_not(settled: Settled) -> None:
    last, late = settled.owed.due.due.date(), LATER + TWO_MONTHS
    settled.pay(FEE - 1, "记-1", last, late)
    assert not settled.owed.is_late
    settled.pay(1, "记-2", last + TEN_DAYS, late)
    assert settled.owed.is_late
    settled.close(late)
    with reading() as connection:
        assert list_steps(connection, settled.get_case("Y1Q4", SETTLEMENT).id)[-1].decision == "paid_late"


def test_only_finance_pays_and_only_where_a_settlement_waits_for_it(settled: Settled) -> None:
    with pytest.raises(NotPermitted):
        settled.pay(1, "记-1", role="approver")
    settled.open("Y2Q1", reach(HONGSHAN, "Q1"))
    filing = settled.list_tasks(settled.get_case("Y2Q1"))[0]
    finance, form = settled.cast.find_by_role("finance").on(LATER), {"amount": 1, "paid_on": DAY, "voucher": "记-1"}
    with transaction() as connection, pytest.raises(KaoheError, match="waits for its payment"):
        record_payment(connection, finance, filing.id, form, LATER)


def test_two_who_pay_the_rest_at_once_never_pay_it_twice(app: Flask, settled: Settled) -> None:

    def pay(voucher: str) -> bool:
        with app.app_context():
            try:
                settled.pay(FEE, voucher)
            except FormRefused:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(pay, ["记-1", "记-2"])) == [False, True]
    assert settled.owed.open == 0


def sign_in(app: Flask, settled: Settled, role: str) -> Visitor:
    """Let somebody of the settlement visit the site on its day."""
    with transaction() as connection:
        person = get_person(connection, settled.cast.find_by_role(role).id)
        set_password(connection, None, person.id, PASSWORD, LATER, must_change_password=False)
    return visit(app, person.username)


def test_finance_pays_and_takes_back_on_the_steps_page_and_the_vendor_reads_it(app: Flask, settled: Settled) -> None:
    make_site(app, clock=SimulatedClock(LATER))
    finance, place = sign_in(app, settled, "finance"), f"/tasks/{settled.task.id}"
    assert f'value="{FEE:,.2f}"' in finance.get(place).text
    typed = {"amount": f"{FEE + 1:,.2f}", "paid_on": str(DAY), "voucher": "记-7"}
    over = finance.post(f"{place}/payments", typed)
    assert over.status_code == 422
    assert "超过尚未支付的金额" in over.text
    assert 'value="记-7"' in over.text
    assert finance.post(f"{place}/payments", typed | {"amount": "1,000.50"}).status_code == 303
    shown = finance.get(place).text
    assert "1,000.50" in shown
    assert f"{FEE - Decimal('1000.50'):,.2f}" in shown
    assert "已付清，办结" not in shown
    payment = settled.owed.payments[0].id
    finance.post(f"{place}/payments/{payment}/reverse", {"reason": "金额有误"})
    assert finance.post(f"{place}/payments", typed | {"amount": f"{FEE:.2f}"}).status_code == 303
    assert "已付清，办结" in finance.get(place).text
    case = settled.get_case("Y1Q4", SETTLEMENT)
    assert finance.post(f"{place}/complete", {}).status_code == 303
    vendor = sign_in(app, settled, "party_head")
    for page in (f"/cases/{case.id}", f"/contracts/{settled.contract.id}"):
        read = vendor.get(page).text
        assert "金额有误" in read, page
        assert "已冲销" in read, page
    assert vendor.post(f"{place}/payments", typed).status_code == 403


def test_a_year_settled_before_the_contract_ends_is_still_paid(settled: Settled) -> None:
    for code in ("Y2Q1", "Y2Q2"):
        settled.open(code, lose(HONGSHAN, code[-2:]))
        settled.drive(code)
    proposal = settled.list_proposals()[0]
    end = {"decision": "end", "opinion": "多次整改无效", "basis": "红山区政府〔2027〕1号"}
    while tasks := settled.list_tasks(proposal):
        doer = settled.cast.find_by_role(tasks[0].role).on(settled.later)
        form = end if tasks[0].step == "decide_termination" else {}
        with transaction() as connection:
            complete_task(connection, doer, tasks[0].id, form, settled.later)
    assert settled.state == "terminated"
    assert settled.get_case("Y1Q4", SETTLEMENT).closed_at is None
    assert settled.pay(FEE, "记-1").open == 0
    settled.close()
    assert settled.get_case("Y1Q4", SETTLEMENT).status == "archived"
