"""The one clock: everything takes its time from the clock of the application that it runs in.

Here: the system's clock, one that a simulation moves, and days in China. Not here: due dates (`calendar`).
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        return dt.datetime.now(dt.UTC)


class SimulatedClock:
    """A clock that stands still until it is moved, and never goes back."""

    def __init__(self, moment: dt.datetime) -> None:
        self._moment = moment.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        return self._moment

    def move_to(self, moment: dt.datetime) -> None:
        """Move on to a later moment; an earlier one changes nothing."""
        self._moment = max(self._moment, moment.astimezone(dt.UTC))


def get_china_day(moment: dt.datetime) -> dt.date:
    """Return the day that a moment falls on in China."""
    return moment.astimezone(CHINA).date()


def make_china_moment(day: dt.date, hour: int = 0, minute: int = 0) -> dt.datetime:
    """Return a time of a day in China, in UTC."""
    return dt.datetime.combine(day, dt.time(hour, minute), CHINA).astimezone(dt.UTC)
