"""The clock opens periods in batches; one that can't be opened is put off, and somebody is told."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from app.cases.models import cases
from app.casework import open_many
from app.casework.add_contract import add_contract
from app.casework.install import install_processes
from app.clock import make_china_moment
from app.contracts.models import contracts, periods
from app.contracts.operations import NewContract
from app.contracts.queries import list_periods, list_periods_to_open
from app.db import reading, transaction
from app.identity.operations import NewRole, add_person
from app.jobs import opening
from app.jobs.marks import list_marks
from app.jobs.opening import open_periods
from app.jobs.seals import verify_trail
from app.outbox.models import outbox_messages
from app.simulation.cast import make_cast
from tests.integration.counting import count
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE

START = dt.date(2025, 1, 1)
NOW = make_china_moment(dt.date(2025, 4, 2), 7)
MINUTE = dt.timedelta(minutes=1)
BROKEN = "zerstört"


def add_waiting(first: int, contracts: int) -> list[int]:
    """The contracts whose first periods are over."""
    with transaction() as connection:
        install_processes(connection, NOW)
        cast = make_cast(connection, f"T{first}", HONGSHAN, 1, NOW)
        roles, name = [NewRole("process_admin")], f"admin{first}"
        add_person(connection, None, name, name, "a@x.invalid", cast.authority_id, None, roles, NOW)
        codes = [f"T{number}" for number in range(first, first + contracts)]
        new = [NewContract(code, code, HONGSHAN, cast.authority_id, cast.vendor_id, START, 1, FEE) for code in codes]
        return [add_contract(connection, None, one, NOW).id for one in new]


def set_programme(contract_ids: list[int], programme: str) -> None:
    with transaction() as connection:
        connection.execute(update(contracts).where(contracts.c.id.in_(contract_ids)).values(programme=programme))


def count_told() -> int:
    with reading() as connection:
        found = select(func.count()).where(outbox_messages.c.template == "incident")
        return connection.execute(found).scalar_one()


@pytest.mark.usefixtures("app")
def test_ten_periods_take_the_clock_as_many_questions_as_two() -> None:
    asked = []
    for first, number in ((0, 1), (1, 2), (3, 10)):
        add_waiting(first, number)
        with count() as counted:
            assert open_periods(NOW) == number
        asked.append(len([one for one in counted.statements if one.startswith("SELECT")]))
    assert asked[1] == asked[2]
    assert open_periods(NOW) == 0
    with reading() as connection:
        assert verify_trail(connection, ()) == []


@pytest.mark.usefixtures("app")
def test_a_bad_period_does_not_hold_up_its_batch_and_is_told_after_the_third_try(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = add_waiting(0, 5)[2:3]
    set_programme(bad, BROKEN)
    assert [open_periods(NOW), count_told()] == [4, 0]
    caplog.clear()
    assert [open_periods(NOW + MINUTE / 4), caplog.records] == [0, []]
    for minutes in (1, 11):
        assert open_periods(NOW + minutes * MINUTE) == 0
        assert any("open period" in record.getMessage() for record in caplog.records)
    assert count_told() == 1
    open_periods(NOW + 80 * MINUTE)
    assert count_told() == 1
    set_programme(bad, HONGSHAN)
    assert open_periods(NOW + 90 * MINUTE) == 0
    assert open_periods(NOW + 140 * MINUTE) == 1
    with reading() as connection:
        assert list_marks(connection, opening.PREFIX) == {}


@pytest.mark.usefixtures("app")
def test_bad_periods_do_not_starve_those_behind_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_A_TICK", 2)
    monkeypatch.setattr(open_many, "AT_ONCE", 2)
    set_programme(add_waiting(0, 4)[:2], BROKEN)
    assert [open_periods(NOW), open_periods(NOW)] == [0, 2]


@pytest.mark.usefixtures("app")
def test_a_period_that_somebody_has_just_opened_is_not_opened_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _second = add_waiting(0, 2)
    with reading() as connection:
        waiting = list_periods_to_open(connection, NOW.date())
        taken = list_periods(connection, first)[0].id
    with transaction() as connection:
        connection.execute(update(periods).where(periods.c.id == taken).values(opened_at=NOW))
    monkeypatch.setattr(opening, "list_periods_to_open", lambda *_arguments: waiting)
    assert open_periods(NOW) == 1
    with reading() as connection:
        assert connection.execute(select(func.count()).select_from(cases)).scalar_one() == 1
