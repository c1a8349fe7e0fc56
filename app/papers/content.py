"""What stands on a paper: values that are stored as JSON when it is issued and rendered again later, the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter

Align = Literal["left", "right", "center"]
UNDATED = dt.date(2000, 1, 1)
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


class Storable:
    """A content that becomes JSON values and comes back equal."""

    __slots__ = ()

    def to_data(self) -> dict[str, Any]:
        """Return the content as JSON values: objects, lists, texts, numbers; dates as ISO text."""
        data: dict[str, Any] = _get_adapter(type(self)).dump_python(self, mode="json")
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the content that `to_data` gave; `pydantic.ValidationError` when something is missing or amiss."""
        content: Self = _get_adapter(cls).validate_python(data)
        return content


def _get_adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


@dataclass(frozen=True, slots=True)
class Paragraph(Storable):
    """A paragraph; each line of its text is indented by two characters."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading(Storable):
    """A heading with its own number: `一、…` is of the first level, `（一）…` of the second."""

    text: str
    kind: Literal["heading"] = "heading"

    @property
    def level(self) -> Literal[1, 2]:
        """Which level the number says."""
        return 2 if self.text.startswith(("（", "(")) else 1


@dataclass(frozen=True, slots=True)
class Table(Storable):
    """A table of texts: every row and `align` as long as `head`; `ValueError` otherwise.

    In right-aligned columns plain numbers (`1,234.50`) become numbers where the file knows them.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...]
    caption: str = ""
    kind: Literal["table"] = "table"

    def __post_init__(self) -> None:
        """Refuse a table that isn't a rectangle."""
        if any(len(row) != len(self.head) for row in (self.align, *self.rows)):
            raise ValueError(f"not a rectangle: {self.caption or self.head}")


Block = Annotated[Paragraph | Heading | Table, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Letter(Storable):
    """An official letter (公文) by GB/T 9704-2012.

    `organisation`: 发文机关; `number`: 文号; `addressee`: 主送, with or without its colon; `attachments`: names of the
    attachments (附件说明); `sender` signs on `day`; `sealed` leaves the place that a seal needs. `annex`: what is
    attached, on pages of its own after the signature.
    """

    organisation: str
    number: str
    title: str
    addressee: str
    blocks: tuple[Block, ...]
    attachments: tuple[str, ...]
    sender: str
    day: dt.date
    sealed: bool = True
    annex: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Line(Storable):
    """A line of a score sheet: one indicator. Neighbours of the same `section` share its cell.

    `max`, `points`: points as text; `value`: 完成值 with its unit; `reason`: 扣分依据; `note`: which of the sheet's
    notes, from 1, explains the deduction.
    """

    section: str
    indicator: str
    evidence: str
    criterion: str
    max: str
    points: str
    value: str
    reason: str
    note: int | None


@dataclass(frozen=True, slots=True)
class Sheet(Storable):
    """A score sheet (评分表) of one party and period, in the source's table layout.

    `rubric`: name and version; `notes`: the working of each deduction, note 1 first; `totals`: labels with points or
    money as text; `signatures`: who signs, each with a place for name and date. `day`: when it was made (制表日期).
    """

    title: str
    number: str
    party: str
    contract: str
    period: str
    rubric: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    signatures: tuple[str, ...]
    day: dt.date | None = None

    @property
    def file_day(self) -> dt.date:
        """The day that the files' own properties bear, so that the same sheet gives the same bytes."""
        return self.day or UNDATED

    def list_spans(self) -> tuple[int, ...]:
        """Return for each line how many share its section's cell, itself included; 0 where the cell began above."""
        groups = [len(list(group)) for _section, group in groupby(line.section for line in self.lines)]
        return tuple(span for count in groups for span in (count, *(0,) * (count - 1)))
