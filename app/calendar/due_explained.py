"""Until when a step may take, and why that day: the days counted, the holidays that were not, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from app.calendar.holidays import WEEKEND, WorkingCalendar
from app.calendar.working_days import CHINA, ONE_DAY, add_working_days, check_span, count_working_days, get_end_of_day
from app.errors import Message

WEEKDAYS = (
    Message("Mon"),
    Message("Tue"),
    Message("Wed"),
    Message("Thu"),
    Message("Fri"),
    Message("Sat"),
    Message("Sun"),
)
MONTHS = (
    Message("Jan"),
    Message("Feb"),
    Message("Mar"),
    Message("Apr"),
    Message("May"),
    Message("Jun"),
    Message("Jul"),
    Message("Aug"),
    Message("Sep"),
    Message("Oct"),
    Message("Nov"),
    Message("Dec"),
)
HOLIDAYS = {
    "元旦": Message("New Year's Day"),
    "春节": Message("Spring Festival"),
    "清明节": Message("Tomb-sweeping Day"),
    "劳动节": Message("Labour Day"),
    "端午节": Message("Dragon Boat Festival"),
    "中秋节": Message("Mid-autumn Festival"),
    "国庆节": Message("National Day"),
    WEEKEND: Message("weekend"),
}
"""Days off by their Chinese names; one that a notice names otherwise is shown as it is named there."""


@dataclass(frozen=True, slots=True)
class StepDue:
    """Until when a step may take: `days` counted from the day after `start`, working or calendar days.

    `due` is the end of the last day in China. `holidays` names the holidays between that were not counted, in Chinese,
    in order, each once; plain weekends have no name. `provisional` (暂定): a year that it touches isn't announced yet.
    """

    due: dt.datetime
    start: dt.date
    days: int
    calendar_days: bool
    holidays: tuple[str, ...]
    provisional: bool


def explain_step_due(calendar: WorkingCalendar, start: dt.date, days: int, *, calendar_days: bool = False) -> StepDue:
    """Return until when a step that starts on a day may take; the day itself isn't counted (民法典 201).

    Calendar days stay where they end, also on a day off: they move only where the source says so (rules.md).
    """
    if calendar_days:
        day = start + days * ONE_DAY
        return StepDue(get_end_of_day(day), start, days, calendar_days, (), provisional=False)
    day = add_working_days(calendar, start, days)
    provisional = any(calendar.is_provisional(year) for year in range(start.year, day.year + 1))
    return StepDue(get_end_of_day(day), start, days, calendar_days, list_holidays(calendar, start, day), provisional)


def list_holidays(calendar: WorkingCalendar, start: dt.date, end: dt.date) -> tuple[str, ...]:
    """Return the names of the holidays after `start` up to `end`, in order, each once, without plain weekends."""
    check_span(start, end)
    days = (start + ahead * ONE_DAY for ahead in range(1, (end - start).days + 1))
    names = (calendar.find_day_off_name(day) for day in days)
    return tuple(dict.fromkeys(name for name in names if name is not None and name != WEEKEND))


def pack_step_due(due: StepDue) -> dict[str, object]:
    """Return an explained due date as plain values, as tasks and messages keep it."""
    return {
        "start": str(due.start),
        "days": due.days,
        "calendar_days": due.calendar_days,
        "due": due.due.isoformat(),
        "holidays": list(due.holidays),
        "provisional": due.provisional,
    }


def unpack_step_due(packed: Mapping[str, object]) -> StepDue:
    """Return an explained due date from its plain values; `KeyError` or `ValueError` where one is missing or wrong."""
    holidays = packed["holidays"]
    return StepDue(
        due=dt.datetime.fromisoformat(str(packed["due"])),
        start=dt.date.fromisoformat(str(packed["start"])),
        days=int(str(packed["days"])),
        calendar_days=bool(packed["calendar_days"]),
        holidays=tuple(str(name) for name in holidays) if isinstance(holidays, list | tuple) else (),
        provisional=bool(packed["provisional"]),
    )


def describe_left(calendar: WorkingCalendar, today: dt.date, day: dt.date) -> Message:
    """Return how a due day stands today in working days: what is left, due today, or overdue."""
    if day == today:
        return Message("Due today")
    days = count_working_days(calendar, today, day)
    if days == 0:
        return Message("Due on a day off") if day > today else Message("Overdue")
    if abs(days) == 1:
        return Message("1 working day left") if days > 0 else Message("1 working day overdue")
    if days > 0:
        return Message("{days} working days left", days=days)
    return Message("{days} working days overdue", days=-days)


def describe_deadline(due: dt.datetime) -> Message:
    """Return a due moment as a date with its weekday and the time in China."""
    local = due.astimezone(CHINA)
    return Message("due {day}, {time} China time", day=describe_day(local.date()), time=f"{local:%H:%M}")


def describe_day(day: dt.date) -> Message:
    """Return a day with its weekday."""
    return Message(
        "{weekday} {day} {month} {year}",
        weekday=WEEKDAYS[day.weekday()],
        day=day.day,
        month=MONTHS[day.month - 1],
        year=day.year,
    )


def describe_date(day: dt.date) -> Message:
    """Return a day without its weekday."""
    return Message("{day} {month} {year}", day=day.day, month=MONTHS[day.month - 1], year=day.year)


def explain_reason(due: StepDue, falls_on: str | None = None) -> Message:
    """Return why a step is due then: the days counted, the holidays that were not, what isn't certain yet.

    `falls_on`: the day off that the due day is, where it stays there.
    """
    template = "{days} days counted from the day after {start}"
    if not due.calendar_days:
        template = "{days} working days counted from the day after {start}"
    reason = Message(template, days=due.days, start=_describe_start(due))
    if due.holidays:
        names = tuple(HOLIDAYS.get(name, name) for name in due.holidays)
        reason = Message("{reason} ({holidays} not counted)", reason=reason, holidays=names)
    if falls_on is not None:
        name = HOLIDAYS.get(falls_on, falls_on)
        reason = Message("{reason}; that day is a day off: {holiday}", reason=reason, holiday=name)
    if due.provisional:
        reason = Message("{reason}; provisional: the year's days off aren't announced yet", reason=reason)
    return reason


def explain_due(due: StepDue, falls_on: str | None = None) -> Message:
    """Return a due date that explains itself: the date with its weekday, then why that day."""
    deadline, reason = describe_deadline(due.due), explain_reason(due, falls_on)
    return Message("{deadline}: {reason}", deadline=deadline, reason=reason)


def describe_due(calendar: WorkingCalendar, packed: Mapping[str, object], today: dt.date) -> Message:
    """Return a packed due date as it is told: working days left first, then the date, then why."""
    due = unpack_step_due(packed)
    day = due.due.astimezone(CHINA).date()
    explained = explain_due(due, calendar.find_day_off_name(day))
    return Message("{left}, {explained}", left=describe_left(calendar, today, day), explained=explained)


def _describe_start(due: StepDue) -> Message:
    """Return the day that a step started on, with its year where that is another one than the due date's."""
    if due.start.year != due.due.astimezone(CHINA).year:
        return describe_date(due.start)
    return Message("{day} {month}", day=due.start.day, month=MONTHS[due.start.month - 1])
