"""Assessment periods in words: 第一年第一季度 (Y1Q1), with its days."""

from __future__ import annotations

import datetime as dt
import re

from app.web.words import _, get_language

QUARTER = re.compile(r"Y(\d{1,2})Q([1-4])")
DIGITS = "零一二三四五六七八九"


def show_period(code: str) -> str:
    """Return a contract quarter in words; a code of another kind as it is."""
    found = QUARTER.fullmatch(code)
    if found is None:
        return code
    year, quarter = map(_show_number, map(int, found.groups()))
    return _("Year {year}, quarter {quarter}", year=year, quarter=quarter)


def show_quarter(code: str) -> str:
    """Return a contract quarter without its year, for a chart of one year."""
    found = QUARTER.fullmatch(code)
    return code if found is None else _("Q{quarter}", quarter=found.group(2))


def show_days(start: dt.date | None, end: dt.date | None) -> str:
    """Return a period's first and last day, the year once where it is the same."""
    if start is None or end is None:
        return ""
    if get_language() == "en":
        first = f"{start:%d %b}" if start.year == end.year else f"{start:%d %b %Y}"
        return f"{first.lstrip('0')} – {f'{end:%d %b %Y}'.lstrip('0')}"
    last = f"{end.month}月{end.day}日" if start.year == end.year else f"{end.year}年{end.month}月{end.day}日"
    return f"{start.year}年{start.month}月{start.day}日至{last}"


def _show_number(number: int) -> str:
    if get_language() == "en":
        return str(number)
    if number < len(DIGITS):
        return DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
