"""Texts of papers: cleaned of what no file can hold, measured, dated, and the characters that the fonts lack."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from app.papers.content import Letter, Line, Sheet, Storable, Table

FONTS = Path(__file__).parent / "fonts"
CHARACTERS_PER_LINE = 28.0
STAND_IN = "〓"
"""The printer's sign for a character that the type case lacks."""
WORD_JOINERS = "\n\u200b\u200d\ufe0f"
"""Characters that need no glyph of their own."""

SHEET_HEAD = ("考核内容", "具体指标", "佐证材料", "评分标准", "基准分", "评分", "完成值", "扣分依据")
SIGNATURE_DAY = "　　　年　　月　　日"
SEAL_PLACE = "考核单位（盖章）："

Kind = TypeVar("Kind", bound=Storable)


class Places(NamedTuple):
    """How far sender and day stand from the right margin, in characters."""

    sender: float
    day: float


def clean(content: Kind) -> Kind:
    """Return a content without control characters and halves of characters, which no file can hold."""
    return type(content).from_data(_map_texts(content.to_data(), clean_text))


def clean_text(text: str) -> str:
    """Return a text that any file can hold: lines end alike, tabs become spaces, control characters are gone."""
    lines = re.sub(r"\r\n?|[\u2028\u2029\v\f]", "\n", text).replace("\t", " ")
    return "".join(one for one in lines if one == "\n" or _is_text(one))


def list_missing_characters(content: Storable) -> list[str]:
    """Return the characters of a content that its PDF can't show, each once, in their order."""
    missing: dict[str, None] = {}

    def collect(text: str) -> str:
        missing.update((one, None) for one in clean_text(text) if one not in _get_characters())
        return text

    _map_texts(content.to_data(), collect)
    return list(missing)


def make_printable(content: Kind) -> Kind:
    """Return a content, cleaned, whose every character the fonts have; `〓` stands for another."""

    def replace(text: str) -> str:
        return "".join(one if one in _get_characters() else STAND_IN for one in clean_text(text))

    return type(content).from_data(_map_texts(content.to_data(), replace))


def write_day(day: dt.date) -> str:
    """Return a date as papers write it: `2026年3月5日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def write_addressee(letter: Letter) -> str:
    """Return the addressee with one full-width colon."""
    return letter.addressee.rstrip("：:") + "："


def list_sheet_labels(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Return what stands above a sheet's table: labels and texts."""
    labels = (
        ("编号", sheet.number),
        ("被考核单位", sheet.party),
        ("考核期", sheet.period),
        ("合同", sheet.contract),
        ("评分表", sheet.rubric),
    )
    return (*labels, ("制表日期", write_day(sheet.day))) if sheet.day else labels


def write_reason(line: Line) -> str:
    """Return the deduction's reason with the number of its note."""
    return f"{line.reason}〔{line.note}〕" if line.note is not None else line.reason


def measure(text: str) -> float:
    """Return a text's width in Chinese characters: one for each, half for Latin ones."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else 0.5 for one in text)


def place_signature(letter: Letter) -> Places:
    """Return where sender and date stand (GB/T 9704-2012, 7.3.5).

    With a seal the date keeps four characters' distance and the sender stands centred above it; without one the sender
    keeps two and the date begins two characters after the sender's first.
    """
    sender, day = min(measure(letter.sender), CHARACTERS_PER_LINE), measure(write_day(letter.day))
    if letter.sealed:
        overhang = (sender - day) / 2
        return Places(max(0.0, 4 - overhang), max(4.0, overhang))
    right = sender - 2 - day
    return Places(2 - min(0.0, right), 2 + max(0.0, right))


def weigh_columns(table: Table) -> tuple[float, ...]:
    """Return how wide a table's columns are in relation to each other, by the texts in them, in characters."""
    columns = zip(table.head, *table.rows, strict=True)
    longest = [max(measure(line) for text in column for line in text.split("\n")) for column in columns]
    return tuple(min(max(width, 3.0), 24.0) + 1 for width in longest)


@lru_cache(maxsize=1)
def _get_characters() -> frozenset[str]:
    return frozenset((FONTS / "characters.txt").read_text("utf-8") + WORD_JOINERS)


def _is_text(one: str) -> bool:
    return unicodedata.category(one) not in ("Cc", "Cs") and one not in "\ufffe\uffff"


def _map_texts(value: Any, change: Any) -> Any:  # noqa: ANN401  # JSON values are of any type
    if isinstance(value, dict):
        return {key: _map_texts(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_map_texts(one, change) for one in value]
    return change(value) if isinstance(value, str) else value
