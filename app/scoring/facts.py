"""Facts (指标完成值): what the numbers and yes/no values that rules read look like, and how a given one is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from app.errors import KaoheError, Message
from app.scoring.model import Model, NonNegative, Text

Value = int | Decimal | bool
"""A checked fact: counts are `int`, other numbers `int` or `Decimal`, yes/no `bool`."""
Values = Mapping[str, Value]
Check = Callable[[object], Value]

LARGEST = 10**15
MOST_DECIMALS = 6
NO_PLAIN, YES_NO_ONLY = -1, -2


class FactType(StrEnum):
    """What kind of value a fact is."""

    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    YES_NO = "yes_no"


class Stretch(StrEnum):
    """Which stretch of time a fact covers (rules.md, "Which stretch of time a fact covers")."""

    PERIOD = "period"
    YEAR_TO_DATE = "year_to_date"
    YEAR = "year"
    STOCK = "stock"
    LOWEST_MONTH = "lowest_month"
    BATCH = "batch"


class Origin(StrEnum):
    """Where a fact comes from."""

    REGISTER = "register"
    FILING_RECORD = "filing_record"
    JUDGED = "judged"
    ENTERED = "entered"


class FactRefused(KaoheError):
    """A fact that can't be right; `fact` is its name, or None where no fact could be read."""

    def __init__(self, fact: str | None, message: Message) -> None:
        super().__init__(message)
        self.fact = fact


class Fact(Model):
    """A fact as a rubric declares it."""

    label: Text = Field(title="名称")
    unit: str = Field("", title="单位", max_length=10)
    type: FactType = Field(title="类型")
    covers: Stretch = Field(Stretch.PERIOD, title="时间范围")
    origin: Origin = Field(title="来源")
    counts_when: tuple[Text, ...] = Field((), title="计入条件")
    most: NonNegative | None = Field(None, title="上限")
    default: bool | int | None = Field(None, title="缺省值")

    @property
    def plain_up_to(self) -> int:
        """The largest whole number that is right as it is; `YES_NO_ONLY` where yes and no are."""
        return YES_NO_ONLY if self.type is FactType.YES_NO else int(self._most)

    @property
    def _most(self) -> Decimal | int:
        if self.type is FactType.SHARE:
            return 100
        return LARGEST if self.most is None or self.type is FactType.COUNT else self.most

    def bind_check(self, name: str) -> Check:
        """Return the function that checks a given value: it returns the value to score, or raises `FactRefused`."""
        if self.type is FactType.YES_NO:
            return _bind_yes_no(name)
        if self.type is FactType.COUNT:
            return _bind_count(name)
        return bind_number(name, self._most)


def _bind_yes_no(name: str) -> Check:
    def check(value: object) -> Value:
        if value is True or value is False:
            return value
        raise FactRefused(name, _name_wrong_type(name, value, Message("yes or no (true or false)")))

    return check


def _bind_count(name: str) -> Check:
    def check(value: object) -> Value:
        if type(value) is int and 0 <= value <= LARGEST:
            return value
        number = _require_number(name, value, Message("a whole number"))
        if number < 0:
            raise FactRefused(name, Message("{fact}: a count can't be negative ({value})", fact=name, value=number))
        if number > LARGEST:
            raise FactRefused(name, Message("{fact}: the number is too large", fact=name))
        if number != int(number):
            text = Message("{fact}: a count must be a whole number, not {value}", fact=name, value=number)
            raise FactRefused(name, text)
        return int(number)

    return check


def bind_number(name: str, most: Decimal | int) -> Check:
    """Return the check of a number between 0 and `most` with at most six decimals."""

    def check(value: object) -> Value:
        if type(value) is int and 0 <= value <= most:
            return value
        if type(value) is Decimal and value.is_finite() and 0 <= value <= most and has_few_decimals(value):
            return value
        number = _require_number(name, value, Message("a number"))
        if number < 0:
            raise FactRefused(name, Message("{fact}: can't be negative ({value})", fact=name, value=number))
        if number > most:
            raise FactRefused(name, Message("{fact}: at most {most}, not {value}", fact=name, most=most, value=number))
        if not has_few_decimals(number):
            text = Message("{fact}: at most {places} decimals", fact=name, places=MOST_DECIMALS)
            raise FactRefused(name, text)
        return number

    return check


def _require_number(name: str, value: object, wanted: Message) -> Decimal:
    if type(value) is int:
        return Decimal(value)
    if not isinstance(value, Decimal):
        raise FactRefused(name, _name_wrong_type(name, value, wanted))
    if not value.is_finite():
        raise FactRefused(name, Message("{fact}: must be a finite number", fact=name))
    if value > LARGEST:
        raise FactRefused(name, Message("{fact}: the number is too large", fact=name))
    return value


def has_few_decimals(number: Decimal) -> bool:
    """Whether a finite number has at most six decimals, however many zeros it is written with: such sums stay exact."""
    _sign, digits, exponent = number.as_tuple()
    beyond = -int(exponent) - MOST_DECIMALS
    return beyond <= 0 or not any(digits[-beyond:])


def _name_wrong_type(name: str, value: object, wanted: Message) -> Message:
    if value is None:
        return Message("{fact}: null is no value; leave the fact out while it isn't known", fact=name)
    return Message("{fact}: must be {wanted}, not {value}", fact=name, wanted=wanted, value=describe_value(value))


def describe_value(value: object) -> Message:
    """Return what a wrong value is, in words and short."""
    if isinstance(value, bool):
        return Message("a yes/no value")
    if isinstance(value, str):
        shown = value if len(value) <= 20 else value[:20] + "…"
        return Message("the text “{text}”", text=shown)
    if isinstance(value, list | tuple):
        return Message("a list")
    if isinstance(value, Mapping):
        return Message("a group of values")
    return Message("{value}", value=str(value)[:30])
