"""Payments on the command line: recorded, refused with the figures, taken back, listed, and the settlement closed."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import pytest

from app.db import reading, use_database
from app.identity.queries import get_person
from app.migrations.operations import upgrade_database
from tests.integration.command import run
from tests.integration.installation import data
from tests.integration.settled import Settled
from tests.integration.test_cli_quarter import do
from tests.integration.world import FEE

__all__ = ["data"]

LONG_AGO = dt.timedelta(days=850)


@pytest.fixture
def paying(data: Path) -> tuple[int, str, str]:
    """An installation where a settlement waits for its payment: the task, who pays, a day on which that may be."""
    with use_database(os.environ["KAOHE_DATABASE_URL"]):
        upgrade_database()
        settled = Settled(dt.datetime.now(dt.UTC).date() - LONG_AGO)
        with reading() as connection:
            finance = get_person(connection, settled.cast.find_by_role("finance").id)
        return settled.task.id, finance.username, str(settled.now.date())


def test_finance_pays_in_parts_takes_one_back_and_closes(paying: tuple[int, str, str]) -> None:
    task, finance, day = paying
    add = ("payment", "add", str(task), "--user", finance, "--paid-on", day)
    first = do(*add, "--amount", "1000.50", "--voucher", "记-1", "--json").json
    assert (first["paid"], first["open"]) == ("1000.50", f"{FEE - Decimal('1000.50'):.2f}")
    over = run(*add, "--amount", str(FEE), "--voucher", "记-2")
    assert (over.status, "超过尚未支付的金额" in over.out) == (1, True)
    early = run("task", "complete", str(task), "--user", finance)
    assert (early.status, "请先登记付款" in early.out) == (1, True)
    payment = str(first["payments"][0]["id"])
    reverse = ("payment", "reverse", str(task), payment, "--reason", "金额有误", "--user", finance)
    assert do(*reverse, "--json").json["paid"] == "0.00"
    assert "尚未支付 0.00 元" in do(*add, "--amount", str(FEE), "--voucher", "记-2").out
    do("task", "complete", str(task), "--user", finance)
    late = run(*add, "--amount", "1", "--voucher", "记-3")
    assert (late.status, "已先行办理" in late.out) == (1, True)
    listed = do("payment", "list", "Q", "--json").json
    assert [(one["open"], len(one["payments"])) for one in listed] == [("0.00", 3)]
    assert "金额有误" in do("payment", "list", "Q").out
