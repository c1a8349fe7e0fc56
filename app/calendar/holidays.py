"""Which days are worked in China, and what a day off is called.

Three layers, the later ones winning: the statutory days that the `holidays` package computes (years not yet announced,
so provisional, 暂定), the State Council's yearly arrangements as `chinese_calendar` holds them (from 2004), and notices
given by an administrator.
"""

from __future__ import annotations

import datetime as dt
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import chinese_calendar  # type: ignore[import-untyped]  # the package has no stubs

from app.errors import KaoheError, Message

WEEKEND = "周末"
OFFICIAL_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
_OFFICIAL_DAYS_OFF: dict[dt.date, str] = chinese_calendar.holidays
_OFFICIAL_WORKING_DAYS: dict[dt.date, str] = chinese_calendar.workdays
OFFICIAL_YEARS = range(min(_OFFICIAL_DAYS_OFF).year, max(_OFFICIAL_DAYS_OFF).year + 1)
"""The years whose arrangement `chinese_calendar` holds."""


@dataclass(frozen=True)
class Notice:
    """One day of a State Council notice (国务院办公厅关于节假日安排的通知): off, or worked.

    `name` is the Chinese name of the holiday that the day belongs to; a day off without one is refused (`KaoheError`).
    """

    day: dt.date
    off: bool
    name: str

    def __post_init__(self) -> None:
        if self.off and not self.name.strip():
            raise KaoheError(Message("the day off {day} needs the name of its holiday", day=self.day))


class WorkingCalendar:
    """Working days and days off; a value once made, to be passed to whatever counts days.

    Notices override everything day by day, of two for one day the later given one holds. A year with at least one
    notice counts as announced; its other days stay as the lower layers have them.
    """

    def __init__(self, notices: Iterable[Notice] = ()) -> None:
        self._notices = {notice.day: notice for notice in notices}
        self._noticed_years = frozenset(day.year for day in self._notices)
        self._statutory: dict[int, dict[dt.date, str]] = {}
        self._worked: dict[int, tuple[int, ...]] = {}

    def is_working_day(self, day: dt.date) -> bool:
        """Return whether a day is worked, make-up days (调休上班) included."""
        return self.find_day_off_name(day) is None

    def count_in_year(self, day: dt.date) -> int:
        """Return how many days of its year are worked up to a day, the day included."""
        first = day.replace(month=1, day=1)
        if day.year not in self._worked:
            days = (first + dt.timedelta(days=ahead) for ahead in range(365 + isleap(day.year)))
            self._worked[day.year] = tuple(accumulate(map(self.is_working_day, days)))
        return self._worked[day.year][(day - first).days]

    def find_day_off_name(self, day: dt.date) -> str | None:
        """Return the Chinese name of a day off, 周末 for a plain weekend, None for a working day.

        A moment (`datetime`) raises `TypeError`: which day it lies in depends on the zone.
        """
        if isinstance(day, dt.datetime):
            raise TypeError("a day is wanted here, not a moment")
        notice = self._notices.get(day)
        if notice is not None:
            return notice.name if notice.off else None
        if day in _OFFICIAL_WORKING_DAYS:
            return None
        weekend = WEEKEND if day.weekday() >= 5 else None
        if day.year not in OFFICIAL_YEARS:
            return self._get_statutory_days(day.year).get(day, weekend)
        official = _OFFICIAL_DAYS_OFF.get(day)
        return weekend if official is None else OFFICIAL_NAMES.get(official, official)

    def is_provisional(self, year: int) -> bool:
        """Return whether the arrangement of a year isn't announced (or unknown here), so that dates may change."""
        return year not in OFFICIAL_YEARS and year not in self._noticed_years

    def _get_statutory_days(self, year: int) -> dict[dt.date, str]:
        if year not in self._statutory:
            self._statutory[year] = _compute_statutory_days(year)
        return self._statutory[year]


def _compute_statutory_days(year: int) -> dict[dt.date, str]:
    """Return the statutory days off of a year and their substitutes (补假), without days exchanged for weekends."""
    import holidays  # noqa: PLC0415  # slow to import, and only needed for years not yet announced

    found = holidays.country_holidays("CN", years=[year], language="zh_CN")
    return {day: _shorten(name) for day, name in found.items() if "休息日" not in name}


def _shorten(name: str) -> str:
    """Return the festival in a name of the `holidays` package (国庆节（补假） → 国庆节; of two, the National Day)."""
    names = [one.strip().removesuffix("（补假）") for one in name.split(";")]
    if "国庆节" in names:
        return "国庆节"
    return "春节" if names[0] in ("农历除夕", "春节延长假期") else names[0]
