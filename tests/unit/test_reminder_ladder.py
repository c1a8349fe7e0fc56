"""The reminder ladder: rungs in working days around a due date."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.calendar.holidays import WorkingCalendar
from app.calendar.ladder import STAGES, list_reminders

CALENDAR = WorkingCalendar()
DUE = dt.date(2025, 2, 5)
"""The first working day after the Spring Festival of 2025."""


def test_rungs_before_a_holiday_count_back_over_it() -> None:
    days = {rung.stage: rung.day for rung in list_reminders(CALENDAR, DUE)}
    assert days[0] == DUE
    assert days[-1] == dt.date(2025, 1, 27)
    assert days[-3] == dt.date(2025, 1, 24)  # the 26th, a Sunday, is worked for the holiday; the 25th isn't


def test_after_the_due_day_a_rung_comes_each_working_day_up_to_the_fifth() -> None:
    after = [rung.day for rung in list_reminders(CALENDAR, DUE) if rung.stage > 0]
    assert after == [dt.date(2025, 2, day) for day in (6, 7, 8, 10, 11)]


def test_the_supervisor_is_told_from_the_first_day_late() -> None:
    assert [rung.stage for rung in list_reminders(CALENDAR, DUE) if rung.escalates] == [1, 2, 3, 4, 5]


def test_a_due_day_off_keeps_its_own_rung() -> None:
    sunday = dt.date(2025, 3, 2)
    rungs = {rung.stage: rung.day for rung in list_reminders(CALENDAR, sunday)}
    assert (rungs[-1], rungs[0], rungs[1]) == (dt.date(2025, 2, 28), sunday, dt.date(2025, 3, 3))


def test_rungs_before_the_step_began_are_left_out() -> None:
    rungs = list_reminders(CALENDAR, DUE, start=dt.date(2025, 1, 27))
    assert [rung.stage for rung in rungs] == [-1, 0, 1, 2, 3, 4, 5]


def test_stages_and_escalation_can_be_set_otherwise() -> None:
    rungs = list_reminders(CALENDAR, DUE, stages=(2, -2), escalates_from=3)
    assert [(rung.stage, rung.escalates) for rung in rungs] == [(-2, False), (2, False)]


@given(st.dates(dt.date(2023, 1, 1), dt.date(2030, 12, 31)))
def test_rungs_follow_one_another_and_all_but_the_due_day_are_worked(due_day: dt.date) -> None:
    rungs = list_reminders(CALENDAR, due_day)
    days = [rung.day for rung in rungs]
    assert [rung.stage for rung in rungs] == list(STAGES)
    assert days == sorted(set(days))
    assert all(CALENDAR.is_working_day(rung.day) for rung in rungs if rung.stage != 0)
