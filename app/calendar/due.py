"""Due dates: when each filing must be there, moved past days off where its rule says so (节假日顺延)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.calendar.contract_periods import Period, PeriodKind, clip_day
from app.calendar.filings import BatchRule, DueRule, Filing, MonthlyRule, QuarterlyRule, RecurringRule
from app.calendar.holidays import WEEKEND, WorkingCalendar
from app.calendar.working_days import ONE_DAY, check_span
from app.errors import KaoheError, Message


@dataclass(frozen=True)
class DueDate:
    """When one filing of one period must be there: `due` until 23:59:59 China time (`working_days.get_end_of_day`).

    `nominal` is the date before moving, `moved_by` the Chinese name of the day off that moved it. `falls_on` names the
    day off that a filing which doesn't move falls on. `provisional` (暂定): a year that decides isn't announced yet.
    """

    filing: str
    period: str
    nominal: dt.date
    due: dt.date
    moved_by: str | None
    provisional: bool
    rule: Message
    falls_on: str | None = None


def list_due_dates(filings: Iterable[Filing], calendar: WorkingCalendar, start: dt.date, end: dt.date) -> list[DueDate]:
    """Return what is due from `start` to `end`, both included: what counts is the date after moving.

    Ordered by due date, then as the filings stand, then by period. `KaoheError` when `end` lies before `start`, or over
    200 years from it.
    """
    _check_range(start, end)
    earliest = _find_earliest_nominal(calendar, start)
    found: list[tuple[dt.date, int, str, DueDate]] = []
    for place, filing in enumerate(filings):
        since = earliest if filing.due.moves else start
        for period, nominal in _list_nominal_dates(filing.due, since, end):
            one = _find_due_date(filing, period, nominal, calendar, end)
            if one is not None:
                found.append((one.due, place, period, one))
    return [one for *_, one in sorted(found, key=lambda entry: entry[:3])]


def _check_range(start: dt.date, end: dt.date) -> None:
    if end < start:
        raise KaoheError(Message("the first day {start} lies after the last day {end}", start=start, end=end))
    check_span(start, end)


def _find_earliest_nominal(calendar: WorkingCalendar, start: dt.date) -> dt.date:
    """Return the earliest date that moves to `start` or later: the first of the days off that lead up to it."""
    day = start
    while day > dt.date.min and not calendar.is_working_day(day - ONE_DAY):
        day -= ONE_DAY
    return day


def _list_nominal_dates(rule: DueRule, start: dt.date, end: dt.date) -> Iterator[tuple[str, dt.date]]:
    """Yield the periods whose date before moving lies from `start` to `end`, with that date."""
    if isinstance(rule, BatchRule):
        yield from ((batch, day) for batch, day in rule.dates.items() if start <= day <= end)
        return
    for place in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        year, month = place // 12, place % 12 + 1
        period = _find_period(rule, year, month)
        if period is None or (rule.first_period is not None and str(period) < rule.first_period):
            continue
        nominal = clip_day(year, month, rule.day)
        if start <= nominal <= end:
            yield str(period), nominal


def _find_period(rule: RecurringRule, year: int, month: int) -> Period | None:
    """Return the period for which something is due in a month; None when nothing is, or before the calendar begins."""
    if isinstance(rule, MonthlyRule):
        place = year * 12 + month - 1 - (rule.period == "previous_month")
        period = Period(PeriodKind.MONTH, place // 12, place % 12 + 1)
    elif isinstance(rule, QuarterlyRule):
        if month % 3 != 1:
            return None
        place = year * 4 + month // 3 - 1
        period = Period(PeriodKind.QUARTER, place // 4, place % 4 + 1)
    else:
        if month != rule.month:
            return None
        period = Period(PeriodKind.YEAR, year - (rule.period == "previous_year"), 0)
    return period if period.year >= dt.MINYEAR else None


def _find_due_date(
    filing: Filing, period: str, nominal: dt.date, calendar: WorkingCalendar, end: dt.date
) -> DueDate | None:
    """Return the due date of a period; None when it moves past `end`."""
    if not filing.due.moves:
        falls_on = calendar.find_day_off_name(nominal)
        rule = _describe_rule(filing.due, period, nominal, falls_on)
        return DueDate(filing.code, period, nominal, nominal, None, provisional=False, rule=rule, falls_on=falls_on)
    day, skipped = nominal, list[str]()
    while (name := calendar.find_day_off_name(day)) is not None:
        if day >= end:
            return None
        skipped.append(name)
        day += ONE_DAY
    provisional = any(calendar.is_provisional(year) for year in range(nominal.year, day.year + 1))
    rule = _describe_rule(filing.due, period, nominal, None)
    return DueDate(filing.code, period, nominal, day, _name_mover(skipped), provisional=provisional, rule=rule)


def _name_mover(skipped: list[str]) -> str | None:
    """Return the nominal day's holiday; a plain weekend that runs into one is named with it (周末、清明节)."""
    if not skipped:
        return None
    return "、".join(dict.fromkeys(skipped)) if skipped[0] == WEEKEND else skipped[0]


def _describe_rule(rule: DueRule, period: str, nominal: dt.date, falls_on: str | None) -> Message:
    when = _describe_date(rule, period, nominal)
    if not isinstance(rule, BatchRule) and nominal.day != rule.day:
        when = Message("{when} (that month ends on day {day})", when=when, day=nominal.day)
    if rule.moves:
        return Message("{when}; moves past days off", when=when)
    if falls_on is None:
        return Message("{when}; does not move", when=when)
    return Message("{when}; does not move; that day is a day off: {holiday}", when=when, holiday=falls_on)


def _describe_date(rule: DueRule, period: str, nominal: dt.date) -> Message:
    if isinstance(rule, BatchRule):
        year, month, day = nominal.year, nominal.month, nominal.day
        template = "Batch {batch}: due by {year}-{month}-{day}"
        return Message(template, batch=period, year=year, month=month, day=day)
    if isinstance(rule, MonthlyRule):
        if rule.period == "due_month":
            return Message("Due by day {day} of each month", day=rule.day)
        return Message("Due by day {day} of the month that follows", day=rule.day)
    if isinstance(rule, QuarterlyRule):
        return Message("Due by day {day} of the month after each quarter", day=rule.day)
    if rule.period == "due_year":
        return Message("Due each year by {month}-{day} (month-day)", month=rule.month, day=rule.day)
    return Message("Due in the year that follows by {month}-{day} (month-day)", month=rule.month, day=rule.day)
