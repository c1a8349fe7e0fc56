"""What a paper says, as values that are frozen when it is issued and can be rendered again later, the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above paragraphs (一、二、三)."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its head; every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...]
    caption: str = ""


Block = Paragraph | Heading | Table


@dataclass(frozen=True, slots=True)
class Letter:
    """An official letter (公文, GB/T 9704-2012): who writes under which number to whom, the text, the date."""

    organisation: str
    number: str
    title: str
    addressee: str
    blocks: tuple[Block, ...]
    attachments: tuple[str, ...]
    sender: str
    day: dt.date
    sealed: bool = True

    def to_data(self) -> dict[str, object]:
        """Return the letter as plain JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            **values,
            "blocks": [_pack(one) for one in self.blocks],
            "attachments": list(self.attachments),
            "day": str(self.day),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Letter:
        """Return a letter from its plain values; `KeyError` where one is missing."""
        return cls(
            **{
                **data,
                "blocks": tuple(_unpack(one) for one in data["blocks"]),
                "attachments": tuple(data["attachments"]),
                "day": dt.date.fromisoformat(data["day"]),
            }
        )


def _pack(block: Block) -> dict[str, object]:
    if isinstance(block, Table):
        rows = [list(row) for row in block.rows]
        table = {"head": list(block.head), "rows": rows, "align": list(block.align), "caption": block.caption}
        return {"kind": "table", **table}
    return {"kind": "heading" if isinstance(block, Heading) else "paragraph", "text": block.text}


def _unpack(data: Mapping[str, Any]) -> Block:
    if data["kind"] == "table":
        rows = tuple(tuple(row) for row in data["rows"])
        return Table(tuple(data["head"]), rows, tuple(data["align"]), data["caption"])
    return Heading(data["text"]) if data["kind"] == "heading" else Paragraph(data["text"])
