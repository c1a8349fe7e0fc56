"""Excel files by xlsxwriter: every text as a text, so that none becomes a formula; points and money as numbers."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.papers.content import UNDATED, Align, Line, Sheet, Table
from app.papers.texts import (
    SEAL_PLACE,
    SHEET_HEAD,
    SIGNATURE_DAY,
    clean,
    clean_text,
    list_sheet_labels,
    measure,
    weigh_columns,
    write_reason,
)

MOST_CELL_CHARACTERS = 32767
MOST_PROPERTY_CHARACTERS = 255
MOST_EXACT_DIGITS = 15
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?")
SHEET_WIDTHS = (14, 26, 30, 44, 8, 8, 22, 26)
LINE_HEIGHT = 13.5


class Number(NamedTuple):
    """A number with the format that shows it as its text did."""

    value: float
    format: str


def find_number(text: str) -> Number | None:
    """Return a text as a number if Excel can hold it exactly: plain digits, thousands by commas, decimals kept."""
    found = PLAIN_NUMBER.fullmatch(text)
    digits = re.sub(r"\D", "", text)
    if found is None or len(digits) > MOST_EXACT_DIGITS:
        return None
    whole = "#,##0" if "," in text else "0"
    decimals = found.group(1)
    return Number(float(text.replace(",", "")), f"{whole}.{'0' * len(decimals)}" if decimals else whole)


class Book:
    """A workbook being written: the formats used so far, and texts and numbers put into cells."""

    def __init__(self, title: str, day: dt.date) -> None:
        self._stream = io.BytesIO()
        self.workbook = Workbook(self._stream, {"in_memory": True})
        self.workbook.set_properties(
            {"title": title[:MOST_PROPERTY_CHARACTERS], "created": dt.datetime.combine(day, dt.time())}
        )
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def get_format(self, **properties: object) -> Format:
        """Return a format of the house's font and borders with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            house = {"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "vcenter", "border": 1}
            self._formats[key] = self.workbook.add_format({**house, **properties})
        return self._formats[key]

    def put(self, sheet: Worksheet, row: int, column: int, text: str, side: Align = "left") -> None:
        """Put a text into a cell; no text leaves it empty."""
        if text:
            sheet.write_string(row, column, cut(text), self.get_format(align=side))
        else:
            sheet.write_blank(row, column, None, self.get_format(align=side))

    def put_number(self, sheet: Worksheet, row: int, column: int, text: str, side: Align = "right") -> None:
        """Put a text into a cell, as a number if it is one."""
        number = find_number(text)
        if number is None:
            self.put(sheet, row, column, text, side)
        else:
            sheet.write_number(row, column, number.value, self.get_format(align=side, num_format=number.format))

    def put_over(self, sheet: Worksheet, row: int, columns: tuple[int, int], text: str, **properties: object) -> None:
        """Put a text into a row's cells from the first to the last of `columns`, merged."""
        sheet.merge_range(row, columns[0], row, columns[1], "", self.get_format(**properties))
        sheet.write_string(row, columns[0], cut(text), self.get_format(**properties))

    def close(self) -> bytes:
        """Return the file."""
        self.workbook.close()
        return self._stream.getvalue()


def render_sheet_excel(sheet: Sheet) -> bytes:
    """Return a score sheet as .xlsx in the source's layout, the same bytes for the same sheet."""
    sheet = clean(sheet)
    book = Book(f"{sheet.title}（{sheet.number}）", sheet.file_day)
    page = book.workbook.add_worksheet("评分表")
    for column, width in enumerate(SHEET_WIDTHS):
        page.set_column(column, column, width)
    row = _write_top(book, page, sheet)
    _set_page(page, row)
    _write_lines(book, page, row, sheet)
    _write_below(book, page, row + 1 + len(sheet.lines), sheet)
    return book.close()


def render_tables_excel(title: str, tables: tuple[Table, ...]) -> bytes:
    """Return tables as .xlsx, each on a page named after its caption: title, caption, head, rows."""
    title = clean_text(title)
    book = Book(title, UNDATED)
    names: list[str] = []
    for place, table in enumerate(map(clean, tables), start=1):
        names.append(_name_page(table.caption, place, names))
        _write_table(book, book.workbook.add_worksheet(names[-1]), title, table)
    if not tables:
        book.put(book.workbook.add_worksheet("空表"), 0, 0, title)
    return book.close()


def cut(text: str) -> str:
    """Return what a cell can hold of a text; a longer one would be left out without a word."""
    return text if len(text) <= MOST_CELL_CHARACTERS else text[: MOST_CELL_CHARACTERS - 1] + "…"


def _write_top(book: Book, page: Worksheet, sheet: Sheet) -> int:
    """Write title and labels; return the row of the table's head."""
    last = len(SHEET_HEAD) - 1
    book.put_over(page, 0, (0, last), sheet.title, align="center", bold=True, font_size=16, border=0)
    page.set_row(0, 30)
    labels = list_sheet_labels(sheet)
    for row, (label, text) in enumerate(labels, start=1):
        book.put_over(page, row, (0, last), f"{label}：{text}", align="left", border=0)
    return 1 + len(labels)


def _set_page(page: Worksheet, head: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.5, 0.5, 0.6, 0.6)
    page.repeat_rows(head)
    page.freeze_panes(head + 1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")


def _write_lines(book: Book, page: Worksheet, head: int, sheet: Sheet) -> None:
    for column, text in enumerate(SHEET_HEAD):
        page.write_string(head, column, text, book.get_format(align="center", bold=True, bg_color="#F1F3F5"))
    for row, (line, span) in enumerate(zip(sheet.lines, sheet.list_spans(), strict=True), start=head + 1):
        if span > 1:
            page.merge_range(row, 0, row + span - 1, 0, "", book.get_format(align="center"))
        if span:
            book.put(page, row, 0, line.section, "center")
        _write_line(book, page, row, line)


def _write_line(book: Book, page: Worksheet, row: int, line: Line) -> None:
    texts = {1: line.indicator, 2: line.evidence, 3: line.criterion, 6: line.value, 7: write_reason(line)}
    for column, text in texts.items():
        book.put(page, row, column, text)
    book.put_number(page, row, 4, line.max, "center")
    book.put_number(page, row, 5, line.points, "center")
    _set_height(page, row, {SHEET_WIDTHS[column]: text for column, text in texts.items()})


def _write_below(book: Book, page: Worksheet, row: int, sheet: Sheet) -> None:
    """Write totals, notes and the places to sign."""
    last = len(SHEET_HEAD) - 1
    for place, (label, value) in enumerate(sheet.totals, start=row):
        book.put_over(page, place, (0, 4), label, align="right", bold=True)
        book.put_number(page, place, 5, value, "center")
    row += len(sheet.totals) + 1
    for place, note in enumerate(sheet.notes, start=1):
        text = f"〔{place}〕{note}"
        book.put_over(page, row, (0, last), text, align="left", border=0)
        _set_height(page, row, {sum(SHEET_WIDTHS): text})
        row += 1
    for name in (*sheet.signatures, SEAL_PLACE) if sheet.signatures else ():
        label = name if name == SEAL_PLACE else f"{name}（签字）："
        book.put_over(page, row + 1, (0, 3), label, align="left", border=0)
        book.put_over(page, row + 1, (4, last), SIGNATURE_DAY, align="right", border=0)
        page.set_row(row + 1, 30)
        row += 1


def _write_table(book: Book, page: Worksheet, title: str, table: Table) -> None:
    plain = book.get_format(border=0, bold=True, text_wrap=False)
    page.write_string(0, 0, cut(title), plain)
    page.write_string(1, 0, cut(table.caption), plain)
    for column, width in enumerate(weigh_columns(table)):
        page.set_column(column, column, 2 * width)
    for column, text in enumerate(table.head):
        page.write_string(2, column, cut(text), book.get_format(align="center", bold=True, bg_color="#F1F3F5"))
    for row, texts in enumerate(table.rows, start=3):
        for column, (text, side) in enumerate(zip(texts, table.align, strict=True)):
            put = book.put_number if side == "right" else book.put
            put(page, row, column, text, side)
    page.freeze_panes(3, 0)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)


def _name_page(caption: str, place: int, taken: list[str]) -> str:
    """Return a page's name as Excel takes it: up to 31 characters, no brackets or signs of paths, no two alike."""
    name = re.sub(r"[\[\]:*?/\\\n]", " ", caption).strip(" '")[:31].strip(" '") or f"表{place}"
    if name.lower() in (one.lower() for one in [*taken, "history"]):
        name = f"{place} {name}"[:31].strip(" '")
    return name


def _set_height(page: Worksheet, row: int, texts: dict[int, str]) -> None:
    """Make a row high enough for its texts, given by their columns' width; Excel doesn't beside merged cells."""
    lines = max(_count_lines(text, width) for width, text in texts.items())
    page.set_row(row, min(400, lines * LINE_HEIGHT + 4))


def _count_lines(text: str, width: int) -> int:
    per_line = (width - 1) / 2
    return sum(max(1, -int(-measure(line) // per_line)) for line in text.split("\n"))
