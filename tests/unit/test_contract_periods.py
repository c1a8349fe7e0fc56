"""Names of periods, and a contract's quarters with clipped month ends."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.contract_periods import Period, PeriodKind, clip_day, get_contract_quarter, parse_period
from app.errors import KaoheError

STARTS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "year", "quarter", "first", "last"),
    [
        ("2025-01-01", 1, 1, "2025-01-01", "2025-03-31"),
        ("2025-01-01", 1, 4, "2025-10-01", "2025-12-31"),
        ("2025-01-01", 3, 4, "2027-10-01", "2027-12-31"),
        ("2025-01-15", 1, 1, "2025-01-15", "2025-04-14"),
        ("2024-11-30", 1, 1, "2024-11-30", "2025-02-28"),
        ("2024-11-30", 1, 2, "2025-03-01", "2025-05-29"),
        ("2023-11-30", 1, 1, "2023-11-30", "2024-02-29"),
        ("2023-11-29", 1, 1, "2023-11-29", "2024-02-28"),
        ("2023-11-29", 1, 2, "2024-02-29", "2024-05-28"),
        ("2024-12-01", 1, 1, "2024-12-01", "2025-02-28"),
        ("2023-12-01", 1, 1, "2023-12-01", "2024-02-29"),
        ("2025-01-31", 1, 1, "2025-01-31", "2025-04-30"),
        ("2025-01-31", 1, 2, "2025-05-01", "2025-07-30"),
        ("2025-01-31", 1, 3, "2025-07-31", "2025-10-30"),
        ("2024-02-29", 1, 4, "2024-11-29", "2025-02-28"),
        ("2024-02-29", 2, 1, "2025-03-01", "2025-05-28"),
        ("2024-02-29", 4, 4, "2027-11-29", "2028-02-28"),
    ],
)
def test_a_contract_quarter_ends_the_day_before_its_start_day_clipped_to_the_month(
    start: str, year: int, quarter: int, first: str, last: str
) -> None:
    found = get_contract_quarter(dt.date.fromisoformat(start), year, quarter)
    assert (found.start.isoformat(), found.end.isoformat()) == (first, last)


def test_a_quarters_case_opens_when_three_months_are_full() -> None:
    found = get_contract_quarter(dt.date(2024, 11, 30), 1, 1)
    assert found.code == "Y1Q1"
    assert found.opens == dt.date(2025, 3, 1)


@given(STARTS)
def test_a_contracts_quarters_follow_each_other_without_gap_or_overlap(start: dt.date) -> None:
    quarters = [get_contract_quarter(start, year, quarter) for year in range(1, 4) for quarter in range(1, 5)]
    assert quarters[0].start == start
    for earlier, later in pairwise(quarters):
        assert later.start == earlier.opens == earlier.end + dt.timedelta(days=1)
        assert 88 <= (later.end - later.start).days + 1 <= 93


@given(STARTS)
def test_month_ends_do_not_drift_over_the_years(start: dt.date) -> None:
    second_year = get_contract_quarter(start, 2, 1).start
    assert second_year.year == start.year + 1
    assert abs((second_year - start).days - 365) <= 1


@pytest.mark.parametrize(("year", "quarter"), [(0, 1), (1, 0), (1, 5), (-1, 2), (100, 1)])
def test_a_quarter_that_a_contract_does_not_have_is_refused(year: int, quarter: int) -> None:
    with pytest.raises(KaoheError, match="a contract has no quarter"):
        get_contract_quarter(dt.date(2025, 1, 1), year, quarter)


@pytest.mark.parametrize("start", ["9999-12-02", "9999-12-31", "9999-10-01"])
def test_a_contract_that_runs_past_the_last_date_is_refused(start: str) -> None:
    with pytest.raises(KaoheError, match="the calendar ends at 9999-12-31"):
        get_contract_quarter(dt.date.fromisoformat(start), 1, 1)


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2025-02", Period(PeriodKind.MONTH, 2025, 2)),
        ("2023Q1", Period(PeriodKind.QUARTER, 2023, 1)),
        ("2025", Period(PeriodKind.YEAR, 2025, 0)),
        ("Y1Q1", Period(PeriodKind.CONTRACT_QUARTER, 1, 1)),
        ("Y12Q4", Period(PeriodKind.CONTRACT_QUARTER, 12, 4)),
        ("B3", Period(PeriodKind.BATCH, 0, 3)),
    ],
)
def test_a_period_is_read_from_its_name_and_gives_it_back(name: str, period: Period) -> None:
    assert parse_period(name) == period
    assert str(period) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2025-13",
        "2025-2",
        "2025-00",
        "0000",
        "2025Q5",
        "Y0Q1",
        "Y1Q5",
        "Y01Q1",
        "y1q1",
        "B0",
        "B10",
        " 2025",
        "2025\n",
        "２０２５",
    ],
)
def test_a_name_of_no_period_is_refused(name: str) -> None:
    with pytest.raises(KaoheError, match="names no period"):
        parse_period(name)


def test_periods_of_one_kind_are_ordered_by_time() -> None:
    names = ["2024-12", "2025-01", "2025-10"]
    assert sorted(map(parse_period, reversed(names))) == [parse_period(name) for name in names]
    assert parse_period("Y2Q1") > parse_period("Y1Q4")
    assert parse_period("Y10Q1") > parse_period("Y9Q4")


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    assert clip_day(2024, 2, 31) == dt.date(2024, 2, 29)
    assert clip_day(2025, 2, 31) == dt.date(2025, 2, 28)
    assert clip_day(2025, 1, 31) == dt.date(2025, 1, 31)
