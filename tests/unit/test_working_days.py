"""Working days: real arrangements of the State Council, counting, the end of a day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.holidays import OFFICIAL_YEARS, Notice, WorkingCalendar
from app.calendar.working_days import add_working_days, count_working_days, get_end_of_day, move_to_working_day
from app.errors import KaoheError

CALENDAR = WorkingCalendar()
DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2034, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-01-01", "元旦"),
        ("2025-01-28", "春节"),
        ("2024-02-17", "春节"),
        ("2025-04-04", "清明节"),
        ("2025-05-05", "劳动节"),
        ("2025-06-02", "端午节"),
        ("2025-10-01", "国庆节"),
        ("2025-10-06", "中秋节"),
        ("2024-09-16", "中秋节"),
        ("2015-09-03", "抗战胜利70周年纪念日"),
        ("2025-03-01", "周末"),
        ("2025-03-03", None),
        ("2024-02-09", None),
    ],
)
def test_a_day_off_bears_the_chinese_name_of_its_holiday(day: str, name: str | None) -> None:
    assert CALENDAR.find_day_off_name(dt.date.fromisoformat(day)) == name


@pytest.mark.parametrize("day", ["2024-02-04", "2024-02-18", "2025-01-26", "2025-02-08", "2025-10-11", "2026-10-10"])
def test_a_make_up_day_on_a_weekend_is_worked(day: str) -> None:
    date = dt.date.fromisoformat(day)
    assert date.weekday() >= 5
    assert CALENDAR.is_working_day(date)


def test_years_without_an_announcement_are_provisional() -> None:
    assert [year for year in range(2000, 2030) if not CALENDAR.is_provisional(year)] == list(OFFICIAL_YEARS)
    assert CALENDAR.is_provisional(2099)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2031-10-01", "国庆节"),
        ("2047-01-25", "春节"),
        ("2047-01-29", "春节"),
        ("2047-05-29", "端午节"),
        ("2047-10-05", "周末"),
        ("2047-10-08", None),
        ("2003-02-06", None),
        ("0001-01-06", "周末"),
        ("9999-12-31", None),
    ],
)
def test_a_provisional_year_has_the_statutory_days_and_no_make_up_days(day: str, name: str | None) -> None:
    assert CALENDAR.find_day_off_name(dt.date.fromisoformat(day)) == name


def test_names_of_provisional_days_are_those_of_announced_ones() -> None:
    days = (dt.date(2040, 1, 1) + dt.timedelta(days=n) for n in range(20 * 365))
    names = {CALENDAR.find_day_off_name(day) for day in days}
    assert names == {None, "周末", "元旦", "春节", "清明节", "劳动节", "端午节", "国庆节", "中秋节"}


def test_a_notice_overrides_what_was_announced_and_what_is_computed() -> None:
    calendar = WorkingCalendar(
        [
            Notice(dt.date(2025, 3, 3), off=True, name="春节"),
            Notice(dt.date(2025, 10, 1), off=False, name="国庆节"),
            Notice(dt.date(2047, 10, 12), off=False, name="国庆节"),
        ]
    )
    assert calendar.find_day_off_name(dt.date(2025, 3, 3)) == "春节"
    assert calendar.is_working_day(dt.date(2025, 10, 1))
    assert calendar.is_working_day(dt.date(2047, 10, 12))


def test_a_year_with_a_notice_counts_as_announced() -> None:
    calendar = WorkingCalendar([Notice(dt.date(2047, 10, 12), off=False, name="国庆节")])
    assert not calendar.is_provisional(2047)
    assert calendar.is_provisional(2048)
    assert calendar.find_day_off_name(dt.date(2047, 10, 1)) == "国庆节"


def test_of_two_notices_for_one_day_the_later_given_one_holds() -> None:
    day = dt.date(2025, 3, 3)
    calendar = WorkingCalendar([Notice(day, off=True, name="春节"), Notice(day, off=False, name="")])
    assert calendar.is_working_day(day)


def test_a_notice_of_a_day_off_without_a_name_is_refused() -> None:
    with pytest.raises(KaoheError, match="2025-03-03"):
        Notice(dt.date(2025, 3, 3), off=True, name=" ")


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(dt.datetime(2025, 10, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2025-01-27", 1, "2025-02-05"),
        ("2025-01-24", 2, "2025-01-27"),
        ("2025-02-05", -1, "2025-01-27"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-03-01", 1, "2025-03-03"),
        ("2025-03-01", 0, "2025-03-01"),
        ("2024-02-02", 2, "2024-02-05"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_the_day_a_term_starts_is_not_counted(start: str, n: int, expected: str) -> None:
    assert add_working_days(CALENDAR, dt.date.fromisoformat(start), n) == dt.date.fromisoformat(expected)


@given(DAYS, st.integers(0, 300))
def test_the_working_days_left_to_a_due_date_are_those_that_were_added(start: dt.date, n: int) -> None:
    due = add_working_days(CALENDAR, start, n)
    assert count_working_days(CALENDAR, start, due) == n
    assert count_working_days(CALENDAR, due, start) == -n


@given(DAYS, st.integers(1, 300))
def test_counting_back_from_a_working_day_and_forward_again_returns_to_it(day: dt.date, n: int) -> None:
    start = move_to_working_day(CALENDAR, day)
    before = add_working_days(CALENDAR, start, -n)
    assert add_working_days(CALENDAR, before, n) == start
    assert count_working_days(CALENDAR, start, before) == -n


@given(DAYS, DAYS, DAYS)
def test_working_days_left_add_up_over_a_day_between(first: dt.date, second: dt.date, third: dt.date) -> None:
    parts = count_working_days(CALENDAR, first, second) + count_working_days(CALENDAR, second, third)
    assert parts == count_working_days(CALENDAR, first, third)


@given(DAYS)
def test_a_date_moves_to_the_first_working_day_from_it(day: dt.date) -> None:
    moved = move_to_working_day(CALENDAR, day)
    assert moved >= day
    assert CALENDAR.is_working_day(moved)
    assert moved == (day if CALENDAR.is_working_day(day) else add_working_days(CALENDAR, day, 1))


def test_an_overdue_date_has_a_negative_number_of_days_left() -> None:
    friday, saturday, monday = dt.date(2025, 3, 7), dt.date(2025, 3, 8), dt.date(2025, 3, 10)
    assert count_working_days(CALENDAR, monday, friday) == -1
    assert count_working_days(CALENDAR, saturday, friday) == 0
    assert count_working_days(CALENDAR, friday, friday) == 0


def test_counting_beyond_where_dates_end_is_refused() -> None:
    with pytest.raises(KaoheError, match="9999-12-31"):
        add_working_days(CALENDAR, dt.date.max, 1)
    with pytest.raises(KaoheError, match="0001-01-01"):
        add_working_days(CALENDAR, dt.date.min, -1)
    assert count_working_days(CALENDAR, dt.date.max, dt.date.max) == 0


@pytest.mark.parametrize("n", [10_001, -10_001, 10**12])
def test_counting_more_working_days_than_a_career_holds_is_refused(n: int) -> None:
    with pytest.raises(KaoheError, match="10000"):
        add_working_days(CALENDAR, dt.date(2025, 1, 1), n)


def test_counting_over_more_than_two_hundred_years_is_refused() -> None:
    with pytest.raises(KaoheError, match="200 years"):
        count_working_days(CALENDAR, dt.date.min, dt.date.max)


def test_a_calendar_without_working_days_is_refused() -> None:
    start = dt.date(2025, 1, 1)
    notices = [Notice(start + dt.timedelta(days=n), off=True, name="春节") for n in range(400)]
    with pytest.raises(KaoheError, match="no working day within 366 days"):
        move_to_working_day(WorkingCalendar(notices), start)


def test_a_day_ends_one_second_before_midnight_in_china() -> None:
    end = get_end_of_day(dt.date(2025, 2, 5))
    assert end == dt.datetime(2025, 2, 5, 15, 59, 59, tzinfo=dt.UTC)
    assert end.isoformat() == "2025-02-05T23:59:59+08:00"
