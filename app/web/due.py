"""Due dates in words: the working days left first, then the date with its weekday."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from app.calendar.working_days import count_working_days
from app.clock import CHINA, get_china_day
from app.errors import Message
from app.web.site import get_now, get_site
from app.web.words import get_language

Level = Literal["late", "today", "soon", "calm"]
SOON = 3
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Due:
    """How a due moment stands now: working days left (negative when late), the words, how urgent."""

    days: int
    words: Message
    level: Level


def describe_due(due_at: dt.datetime, now: dt.datetime | None = None) -> Due:
    """Return how a due moment stands, counted in working days of China."""
    moment = get_now() if now is None else now
    today, day = get_china_day(moment), get_china_day(due_at)
    days = count_working_days(get_site().calendar, today, day)
    if due_at < moment:
        if days == 0:
            return Due(0, Message("Overdue"), "late")
        return Due(days, _describe_late(-days), "late")
    if day == today:
        return Due(0, Message("Due today"), "today")
    if days == 0:
        return Due(0, Message("Due on a day off"), "today")
    return Due(days, _describe_left(days), "soon" if days <= SOON else "calm")


def _describe_late(days: int) -> Message:
    return Message("1 working day overdue") if days == 1 else Message("{days} working days overdue", days=days)


def _describe_left(days: int) -> Message:
    return Message("1 working day left") if days == 1 else Message("{days} working days left", days=days)


def show_date(value: dt.date | dt.datetime | None) -> str:
    """Return a day, or a moment with its time in China: 「2月5日 周三 23:59」; the year where it is another one."""
    if value is None:
        return "—"
    if isinstance(value, dt.datetime):
        local = value.astimezone(CHINA)
        return f"{_show_day(local.date())} {local:%H:%M}"
    return _show_day(value)


def _show_day(day: dt.date) -> str:
    other_year = day.year != get_china_day(get_now()).year
    if get_language() == "en":
        text = f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"
        return f"{text} {day.year}" if other_year else text
    text = f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"
    return f"{day.year}年{text}" if other_year else text
