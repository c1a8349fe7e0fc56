"""How papers name a contract, a quarter, a day, points and money (Chinese, as an office writes)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.calendar.due_explained import StepDue
from app.casework.accounts import get_place
from app.casework.sheets import SPECIAL
from app.casework.work import Work
from app.clock import get_china_day
from app.scoring.consequences.quarters import QuarterAccount
from app.scoring.scorer import PartScorer

NUMERALS = "〇一二三四五六七八九"


def name_contract(work: Work) -> str:
    """Return a contract as papers name it."""
    return f"“{work.contract.name}”（合同编号 {work.contract.code}）"


def name_period(code: str) -> str:
    """Return a quarter as papers name it: 第一年第三季度."""
    year, quarter = get_place(code)
    return f"第{number(year)}年第{number(quarter)}季度"


def number(value: int) -> str:
    """Return a whole number up to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def name_indicators(scorer: PartScorer) -> dict[str, str]:
    """Return the names of a part's indicators by code, the special points under their own."""
    names: Iterable[tuple[str, str]] = ((one.code, one.name) for _section, one in scorer.part.list_indicators())
    return {**dict(names), SPECIAL: "特殊分"}


def show(value: Decimal) -> str:
    """Return points as papers show them: two decimals at least."""
    text = format(value.normalize(), "f")
    whole, _dot, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def show_money(value: Decimal) -> str:
    """Return CNY as papers show them."""
    return f"{value:,.2f}"


def show_due(due: StepDue) -> str:
    """Return the last day of a time limit as papers write it."""
    day = get_china_day(due.due)
    return f"{day.year}年{day.month}月{day.day}日"


def show_earned(account: QuarterAccount, code: str) -> str:
    """Return the points that an indicator earned, of the special points what they change."""
    return show(account.special.net if code == SPECIAL else account.earned[code])
