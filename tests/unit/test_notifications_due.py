"""Due dates that explain themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from app.calendar.due_explained import (
    describe_due,
    describe_left,
    explain_due,
    explain_step_due,
    pack_step_due,
    unpack_step_due,
)
from app.calendar.holidays import Notice, WorkingCalendar
from app.i18n import render

CALENDAR = WorkingCalendar()
QINGMING = explain_step_due(CALENDAR, dt.date(2025, 4, 1), 10)


def test_a_holiday_in_between_is_not_counted_and_named() -> None:
    assert QINGMING.due.isoformat() == "2025-04-16T23:59:59+08:00"
    assert QINGMING.holidays == ("清明节",)


def test_a_due_date_says_what_is_left_then_the_date_then_why_in_chinese() -> None:
    text = describe_due(CALENDAR, pack_step_due(QINGMING), dt.date(2025, 4, 11))
    expected = "还剩 3 个工作日，2025年4月16日（周三）23:59 截止，自 4月1日 次日起第 10 个工作日（清明节放假顺延计算）"
    assert render(text, "zh") == expected


def test_a_due_date_says_the_same_in_english() -> None:
    text = describe_due(CALENDAR, pack_step_due(QINGMING), dt.date(2025, 4, 11))
    assert render(text, "en") == (
        "3 working days left, due Wed 16 Apr 2025, 23:59 China time: "
        "10 working days counted from the day after 1 Apr (Tomb-sweeping Day not counted)"
    )


def test_without_a_holiday_only_the_days_are_given() -> None:
    text = render(explain_due(explain_step_due(CALENDAR, dt.date(2025, 3, 3), 5)), "en")
    assert text.endswith("5 working days counted from the day after 3 Mar")


def test_calendar_days_stay_where_they_end_and_a_day_off_is_named() -> None:
    due = explain_step_due(CALENDAR, dt.date(2025, 9, 3), 30, calendar_days=True)
    assert due.due.date() == dt.date(2025, 10, 3)
    text = render(describe_due(CALENDAR, pack_step_due(due), dt.date(2025, 9, 4)), "en")
    assert text.endswith("30 days counted from the day after 3 Sep; that day is a day off: National Day")


def test_a_year_not_yet_announced_makes_a_due_date_provisional() -> None:
    year = next(year for year in range(2026, 2100) if CALENDAR.is_provisional(year))
    due = explain_step_due(CALENDAR, dt.date(year - 1, 12, 28), 5)
    assert due.provisional
    assert "provisional" in render(explain_due(due), "en")
    announced = WorkingCalendar([Notice(dt.date(year, 1, 1), off=True, name="元旦")])
    assert not explain_step_due(announced, dt.date(year, 6, 1), 5).provisional


def test_a_start_in_another_year_is_told_with_its_year() -> None:
    text = render(explain_due(explain_step_due(CALENDAR, dt.date(2024, 12, 30), 5)), "en")
    assert "the day after 30 Dec 2024 (New Year's Day not counted)" in text


def test_a_holiday_of_a_name_of_its_own_keeps_it() -> None:
    calendar = WorkingCalendar([Notice(dt.date(2025, 3, 5), off=True, name="地方庆典")])
    due = explain_step_due(calendar, dt.date(2025, 3, 3), 5)
    assert "地方庆典" in render(explain_due(due), "en")


def test_a_due_date_packed_for_a_message_comes_back_the_same() -> None:
    assert unpack_step_due(pack_step_due(QINGMING)) == QINGMING


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (dt.date(2025, 4, 30), "Due today"),
        (dt.date(2025, 4, 29), "1 working day left"),
        (dt.date(2025, 4, 28), "2 working days left"),
        (dt.date(2025, 5, 1), "Overdue"),
        (dt.date(2025, 5, 6), "1 working day overdue"),
        (dt.date(2025, 5, 7), "2 working days overdue"),
    ],
)
def test_what_is_left_is_counted_in_working_days(today: dt.date, words: str) -> None:
    assert render(describe_left(CALENDAR, today, dt.date(2025, 4, 30)), "en") == words


def test_days_off_between_today_and_a_due_day_off_count_nothing() -> None:
    saturday, sunday = dt.date(2025, 3, 1), dt.date(2025, 3, 2)
    assert render(describe_left(CALENDAR, saturday, sunday), "en") == "Due on a day off"
    assert render(describe_left(CALENDAR, sunday, saturday), "en") == "Overdue"
