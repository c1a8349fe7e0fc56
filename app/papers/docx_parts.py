"""Parts of Word files: fonts named for Chinese and Latin, exact lines, borders, merged cells, page numbers, packing."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from typing import Literal, cast

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FANG_SONG, KAI, HEI, XIAO_BIAO_SONG, SONG = "仿宋_GB2312", "楷体", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
RED = RGBColor(0xD7, 0x00, 0x0F)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
MOST_PROPERTY_CHARACTERS = 255
ALIGNMENTS = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks: its Chinese font, its size in points, bold or red."""

    font: str = FANG_SONG
    size: float = 16
    bold: bool = False
    red: bool = False


def start_document(title: str, author: str, day: dt.date, look: Look) -> WordDocument:
    """Return an empty document in a look, its properties bound to a day instead of to now."""
    document = Document()
    moment = dt.datetime.combine(day, dt.time())
    properties = document.core_properties
    properties.title, properties.author = title[:MOST_PROPERTY_CHARACTERS], author[:MOST_PROPERTY_CHARACTERS]
    properties.last_modified_by, properties.comments = properties.author, ""
    properties.created = properties.modified = moment
    properties.language = "zh-CN"
    defaults = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_make("w:lang", val="en-US", eastAsia="zh-CN"))
    style = document.styles["Normal"]
    set_fonts(style.element.get_or_add_rPr(), look.font)
    style.font.size = Pt(look.size)
    return document


def set_fonts(properties: BaseOxmlElement, chinese: str) -> None:
    """Name the fonts of a run or style: Chinese by `eastAsia`, Latin letters and figures in Times New Roman."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = _make("w:rFonts")
        properties.insert(0, fonts)
    fonts.attrib.clear()
    for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{name}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def add_text(paragraph: Paragraph, text: str, look: Look) -> Run:
    """Add a text in a look to a paragraph; its line breaks stay."""
    run = paragraph.add_run(text)
    set_fonts(run._r.get_or_add_rPr(), look.font)
    run.font.size = Pt(look.size)
    run.font.bold = look.bold
    if look.red:
        run.font.color.rgb = RED
    return run


def set_lines(paragraph: Paragraph, pitch: float, before: float = 0, after: float = 0) -> None:
    """Set a paragraph's exact line pitch and the space around it, in points."""
    lines = paragraph.paragraph_format
    lines.line_spacing_rule, lines.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch)
    lines.space_before, lines.space_after = Pt(before), Pt(after)


def fill_cell(cell: _Cell, text: str, look: Look, side: Literal["left", "right", "center"] = "left") -> Paragraph:
    """Write a text into a new cell's only paragraph."""
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.alignment = ALIGNMENTS[side]
    set_lines(paragraph, look.size * 1.5)
    add_text(paragraph, text, look)
    return paragraph


def add_rule(paragraph: Paragraph, distance: int) -> None:
    """Draw the red line of an official letter below a paragraph, `distance` points from its text."""
    borders = _make("w:pBdr")
    borders.append(_make("w:bottom", val="single", sz="12", space=str(distance), color="D7000F"))
    properties = paragraph._p.get_or_add_pPr()
    successors = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")
    properties.insert_element_before(borders, *successors)


def add_page_number(paragraph: Paragraph, look: Look) -> None:
    """Add the field that shows the page's number."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("result", "1"), ("end", "")):
        run = add_text(paragraph, text if kind == "result" else "", look)
        if kind in ("begin", "separate", "end"):
            run._r.append(_make("w:fldChar", fldCharType=kind))
        elif text == "PAGE":
            instruction = _make("w:instrText")
            instruction.text = text
            run._r.append(instruction)


def repeat_head(table: Table) -> None:
    """Repeat a table's first row on each page; no row breaks within."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(_make("w:cantSplit"))
        if place == 0:
            properties.append(_make("w:tblHeader"))


def set_widths(table: Table, widths: tuple[float, ...]) -> None:
    """Fix a table's column widths, in points."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row._tr.tc_lst, widths, strict=True):
            cell.width = Pt(width)


def set_grid(document: WordDocument, pitch: float, cell: float, size: float) -> None:
    """Set the document's grid: lines of `pitch` and characters of `cell` points, where the text has `size` points."""
    properties = document.sections[0]._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    spacing = str(round((cell - size) * 4096))
    properties.append(_make("w:docGrid", type="linesAndChars", linePitch=str(round(pitch * 20)), charSpace=spacing))


def pack(document: WordDocument) -> bytes:
    """Return a document as the bytes of its file, which bear no time of their own."""
    stream, packed = io.BytesIO(), io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _make(tag: str, **attributes: str) -> BaseOxmlElement:
    element = cast("BaseOxmlElement", OxmlElement(tag))
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
