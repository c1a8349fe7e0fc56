"""Counting in working days, and the moment when a day ends in China."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from app.calendar.holidays import WorkingCalendar
from app.errors import KaoheError, Message

CHINA = ZoneInfo("Asia/Shanghai")
ONE_DAY = dt.timedelta(days=1)
MOST_WORKING_DAYS = 10_000
MOST_YEARS = 200
LONGEST_BREAK = 366


def add_working_days(calendar: WorkingCalendar, start: dt.date, n: int) -> dt.date:
    """Return the n-th working day after `start`, which itself isn't counted (民法典 201); n = 0 gives `start` itself.

    A negative n counts back, for reminders. `KaoheError` for more than 10,000 working days, or where dates end.
    """
    if abs(n) > MOST_WORKING_DAYS:
        raise KaoheError(Message("at most {most} working days can be counted, not {n}", most=MOST_WORKING_DAYS, n=n))
    step, day = (1 if n > 0 else -1), start
    for _ in range(abs(n)):
        day = _find_nearest_working_day(calendar, _go(day, step), step)
    return day


def count_working_days(calendar: WorkingCalendar, start: dt.date, end: dt.date) -> int:
    """Return the working days left from `start` (not counted) to a due date `end` (counted).

    When `end` is past the count is negative: the working days since it, `start` counted. It is 0 when only days off lie
    between them. `KaoheError` when the two are more than 200 years apart.
    """
    if end < start:
        return -count_working_days(calendar, end, start)
    check_span(start, end)
    whole_years = sum(calendar.count_in_year(dt.date(year, 12, 31)) for year in range(start.year, end.year))
    return whole_years + calendar.count_in_year(end) - calendar.count_in_year(start)


def move_to_working_day(calendar: WorkingCalendar, day: dt.date) -> dt.date:
    """Return the day itself when it is worked, else the next working day (节假日顺延; 民法典 203).

    `KaoheError` when none comes within 366 days, or before dates end.
    """
    return _find_nearest_working_day(calendar, day, 1)


def get_end_of_day(day: dt.date) -> dt.datetime:
    """Return 23:59:59 China time of a day: what is due by day X may come until then (a reading, rules.md)."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), CHINA)


def check_span(start: dt.date, end: dt.date) -> None:
    """Refuse (`KaoheError`) a span of days over more than 200 years, which nobody means and which takes long."""
    if end.year - start.year > MOST_YEARS:
        text = Message("{start} and {end} are more than {most} years apart", start=start, end=end, most=MOST_YEARS)
        raise KaoheError(text)


def _find_nearest_working_day(calendar: WorkingCalendar, day: dt.date, step: int) -> dt.date:
    for _ in range(LONGEST_BREAK):
        if calendar.is_working_day(day):
            return day
        day = _go(day, step)
    raise KaoheError(Message("there is no working day within {most} days of {day}", most=LONGEST_BREAK, day=day))


def _go(day: dt.date, step: int) -> dt.date:
    if day == (dt.date.max if step > 0 else dt.date.min):
        raise KaoheError(Message("the calendar ends at {day}", day=day))
    return day + step * ONE_DAY
