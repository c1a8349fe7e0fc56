"""PDF/A-2b by typst: the data goes in as JSON, so that no text can become markup; only the bundled fonts are used."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from app.papers.content import Block, Heading, Letter, Sheet, Table
from app.papers.texts import (
    FONTS,
    SEAL_PLACE,
    SHEET_HEAD,
    SIGNATURE_DAY,
    list_sheet_labels,
    make_printable,
    place_signature,
    weigh_columns,
    write_addressee,
    write_day,
)

TEMPLATES = Path(__file__).parent / "templates"


def render_letter_pdf(letter: Letter) -> bytes:
    """Return a letter as PDF/A-2b, the same bytes for the same letter; its date is the letter's day.

    A character that the fonts lack is printed as `〓` (`list_missing_characters` names them beforehand).
    """
    printable = make_printable(letter)
    places = place_signature(printable)
    return _compile(
        "letter.typ",
        {
            **printable.to_data(),
            "blocks": [_prepare_block(block) for block in printable.blocks],
            "annex": [_prepare_block(block) for block in printable.annex],
            "addressee": write_addressee(printable),
            "signature": {
                "day": write_day(letter.day),
                "sender_from_right": places.sender,
                "day_from_right": places.day,
            },
            "date": _split_day(letter.day),
        },
    )


def render_sheet_pdf(sheet: Sheet) -> bytes:
    """Return a sheet as PDF/A-2b, the same bytes for the same sheet. `〓` as in letters."""
    printable = make_printable(sheet)
    data = printable.to_data()
    for line, span in zip(data["lines"], printable.list_spans(), strict=True):
        line["span"] = span
    data |= {
        "head": SHEET_HEAD,
        "labels": list_sheet_labels(printable),
        "signature_day": SIGNATURE_DAY,
        "seal_place": SEAL_PLACE,
        "date": _split_day(sheet.file_day),
    }
    return _compile("sheet.typ", data)


def _split_day(day: dt.date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _prepare_block(block: Block) -> dict[str, Any]:
    data = block.to_data()
    if isinstance(block, Table):
        data["weights"] = weigh_columns(block)
    if isinstance(block, Heading):
        data["level"] = block.level
    return data


def _compile(template: str, data: dict[str, Any]) -> bytes:
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_get_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"content": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )


@lru_cache(maxsize=1)
def _get_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
