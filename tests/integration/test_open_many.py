"""Cases that open together: the very rows that they would have one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, Table, select

from app.cases.models import Case
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.casework.open_case import open_period
from app.casework.open_many import open_periods
from app.clock import make_china_moment
from app.contracts.models import ContractPeriod
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods
from app.db import reading, transaction
from app.jobs.seals import verify_trail
from app.outbox.models import outbox_messages
from app.simulation.cast import make_cast
from app.tasks.models import tasks
from tests.integration.counting import count
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE

START = dt.date(2025, 1, 1)
NOW = make_china_moment(dt.date(2025, 4, 2), 9)
OWN = {"id", "case_id", "engine_id", "key", "message_id", "payload"}
"""What differs from case to case."""


def add_waiting(contracts: int) -> list[ContractPeriod]:
    """The first periods of so many contracts, all over."""
    with transaction() as connection:
        install_processes(connection, NOW)
        cast = make_cast(connection, "T", HONGSHAN, 1, NOW)
        new = [
            NewContract(f"T{number}", "测试合约", HONGSHAN, cast.authority_id, cast.vendor_id, START, 1, FEE)
            for number in range(contracts)
        ]
        return [list_periods(connection, add_contract(connection, None, one, NOW).id)[0] for one in new]


def list_rows(connection: Connection, table: Table, case: Case) -> list[dict[str, object]]:
    """A case's rows of a table without what differs from case to case."""
    rows = connection.execute(select(table).where(table.c.case_id == case.id).order_by(table.c.id)).mappings()
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


@pytest.mark.usefixtures("app")
def test_a_case_has_the_same_rows_whether_it_opened_alone_or_with_others() -> None:
    alone, *others = add_waiting(3)
    with transaction() as connection:
        first = open_period(connection, alone, NOW)
        assert first is not None
        opened = open_periods(connection, others, NOW)
    assert [case.code for case in opened] == ["T1-Y1Q1", "T2-Y1Q1"]
    with reading() as connection:
        for table in (tasks, outbox_messages):
            rows = list_rows(connection, table, first)
            assert rows
            assert [list_rows(connection, table, case) for case in opened] == [rows, rows]
        assert verify_trail(connection, ()) == []


@pytest.mark.usefixtures("app")
def test_a_period_that_somebody_opened_is_left_out() -> None:
    waiting = add_waiting(2)
    with transaction() as connection:
        open_period(connection, waiting[0], NOW)
        assert [case.code for case in open_periods(connection, waiting, NOW)] == ["T1-Y1Q1"]
        assert open_periods(connection, waiting, NOW) == []


@pytest.mark.usefixtures("app")
def test_ten_cases_take_as_many_questions_as_two() -> None:
    waiting = add_waiting(13)
    asked = []
    for some in (waiting[:1], waiting[1:3], waiting[3:]):
        with count() as counted, transaction() as connection:
            open_periods(connection, some, NOW)
        asked.append(len([one for one in counted.statements if one.startswith("SELECT")]))
    assert asked[1] == asked[2]
