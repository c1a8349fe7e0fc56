"""Names of periods, and the quarters of a contract counted from its start."""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum

from app.errors import KaoheError, Message

MOST_CONTRACT_YEARS = 99


class PeriodKind(IntEnum):
    """The kinds of period that a name can mean."""

    MONTH = 1
    QUARTER = 2
    YEAR = 3
    CONTRACT_QUARTER = 4
    BATCH = 5


@dataclass(frozen=True, order=True)
class Period:
    """A period (考核期) by name: `2025-02`, `2023Q1`, `2025`, `Y1Q1` or `B1`; `str()` gives the name back.

    `year` is the calendar year, of a contract quarter the contract's year from 1, of a batch 0; `number` the month, the
    quarter or the batch, of a year 0. Periods of one kind are ordered by time.
    """

    kind: PeriodKind
    year: int
    number: int

    def __str__(self) -> str:
        return _FORMS[self.kind].format(year=self.year, number=self.number)


_FORMS = {
    PeriodKind.MONTH: "{year:04d}-{number:02d}",
    PeriodKind.QUARTER: "{year:04d}Q{number}",
    PeriodKind.YEAR: "{year:04d}",
    PeriodKind.CONTRACT_QUARTER: "Y{year}Q{number}",
    PeriodKind.BATCH: "B{number}",
}
_YEAR = r"(?P<year>(?!0000)[0-9]{4})"
_PATTERNS = {
    PeriodKind.MONTH: re.compile(_YEAR + r"-(?P<number>0[1-9]|1[0-2])"),
    PeriodKind.QUARTER: re.compile(_YEAR + r"Q(?P<number>[1-4])"),
    PeriodKind.YEAR: re.compile(_YEAR),
    PeriodKind.CONTRACT_QUARTER: re.compile(r"Y(?P<year>[1-9][0-9]?)Q(?P<number>[1-4])"),
    PeriodKind.BATCH: re.compile(r"B(?P<number>[1-9])"),
}


def parse_period(name: str) -> Period:
    """Return the period that a name means; `KaoheError` when it means none (names are exact: no blanks, capitals)."""
    for kind, pattern in _PATTERNS.items():
        match = pattern.fullmatch(name)
        if match:
            parts = match.groupdict("0")
            return Period(kind, int(parts.get("year", 0)), int(parts.get("number", 0)))
    text = Message("“{name}” names no period; write 2025-02, 2023Q1, 2025, Y1Q1 or B1", name=name)
    raise KaoheError(text)


@dataclass(frozen=True)
class ContractQuarter:
    """A quarter of a contract: its name (`Y1Q1`), first and last day, and the day its case opens (每满三个月)."""

    code: str
    start: dt.date
    end: dt.date
    opens: dt.date


def get_contract_quarter(start: dt.date, year: int, quarter: int) -> ContractQuarter:
    """Return a quarter (1–4) of a contract year (from 1) of a contract that starts on `start`.

    Every end is reckoned from the contract's start, so clipped month ends don't add up: a quarter from 30 November ends
    on 28 February, the next one in May on the 29th. `KaoheError` for a quarter or year that a contract doesn't have.
    """
    if not (1 <= year <= MOST_CONTRACT_YEARS and 1 <= quarter <= 4):
        text = Message("a contract has no quarter {quarter} of year {year}", quarter=quarter, year=year)
        raise KaoheError(text)
    place = 4 * (year - 1) + quarter
    code = str(Period(PeriodKind.CONTRACT_QUARTER, year, quarter))
    begins = start if place == 1 else _get_last_day(start, place - 1) + dt.timedelta(days=1)
    end = _get_last_day(start, place)
    return ContractQuarter(code, begins, end, end + dt.timedelta(days=1))


def _get_last_day(start: dt.date, quarters: int) -> dt.date:
    """Return the last day of the first `quarters` quarters of a contract."""
    year, month = divmod(start.year * 12 + start.month - 1 + 3 * quarters, 12)
    if year > dt.MAXYEAR:
        raise KaoheError(Message("the calendar ends at {day}", day=dt.date.max))
    if start.day == 1:
        return dt.date(year, month + 1, 1) - dt.timedelta(days=1)
    return clip_day(year, month + 1, start.day - 1)


def clip_day(year: int, month: int, day: int) -> dt.date:
    """Return a day of a month, or the month's last day when it has no such day (31 in April → 30)."""
    return dt.date(year, month, min(day, months.monthrange(year, month)[1]))
