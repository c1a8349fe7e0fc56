"""Score sheets of the contract programmes' rubrics as files, read back cell by cell with other readers."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from app.papers.content import Line, Sheet
from app.papers.excel import render_sheet_excel
from app.papers.pdf import render_sheet_pdf
from app.papers.texts import SHEET_HEAD
from app.papers.word import render_sheet_word
from tests.paper_builders import make_sheet
from tests.unit.test_papers import read_pdf, squeeze

SHEETS = [(rubric, f"Q{place}") for rubric in ("hongshan-talent-training", "chifeng-hr-park") for place in range(1, 5)]
INDICATORS = ("-r", "72", "-x", "94", "-W", "114", "-y", "0", "-H", "560")
"""The column 具体指标: from 33 mm on, 40 mm wide."""


@pytest.fixture(params=SHEETS, ids="-".join)
def sheet(request: pytest.FixtureRequest) -> Sheet:
    return make_sheet(*request.param)


def list_texts(line: Line) -> list[str]:
    reason = line.reason if line.note is None else f"{line.reason}〔{line.note}〕"
    return [line.section, line.indicator, line.evidence, line.criterion, line.max, line.points, line.value, reason]


def test_a_sheet_in_pdf_reads_as_its_content(sheet: Sheet, tmp_path: Path) -> None:
    data = render_sheet_pdf(sheet)
    pages = [squeeze(page) for page in read_pdf(data, tmp_path)]
    wanted = [sheet.title, sheet.number, sheet.party, sheet.rubric[:12], "扣款（元）：150,000.00", *sheet.notes]
    wanted += [f"{name}（签字）：" for name in sheet.signatures]
    assert [one for one in wanted if squeeze(one) not in "".join(pages)] == []
    in_column = squeeze("".join(read_pdf(data, tmp_path, *INDICATORS)))
    assert [line.indicator for line in sheet.lines if squeeze(line.indicator) not in in_column] == []


def test_the_head_stands_on_each_page_of_the_table(tmp_path: Path) -> None:
    sheet = make_sheet("hongshan-talent-training", "Q1")
    pages = [squeeze(page) for page in read_pdf(render_sheet_pdf(sheet), tmp_path)]
    assert len(pages) > 1
    assert all("".join(SHEET_HEAD) in page for page in pages[:-1])


def test_nobody_signs_a_page_with_nothing_else_on_it(tmp_path: Path) -> None:
    sheet = make_sheet("hongshan-talent-training", "Q1")
    for count in range(4, 12):
        pages = read_pdf(render_sheet_pdf(replace(sheet, notes=(sheet.notes * 3)[:count])), tmp_path)
        assert f"〔{count}〕" in squeeze(pages[-1])
        assert "考核单位（盖章）：" in squeeze(pages[-1])


def test_a_sheet_in_word_is_the_sheet_cell_by_cell(sheet: Sheet) -> None:
    document = Document(io.BytesIO(render_sheet_word(sheet)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [list(SHEET_HEAD), *(list_texts(line) for line in sheet.lines)]
    texts = [one.text for one in document.paragraphs]
    wanted = [
        sheet.title,
        f"编号：{sheet.number}",
        *(f"〔{place}〕{note}" for place, note in enumerate(sheet.notes, 1)),
    ]
    assert [one for one in wanted if one not in texts] == []
    assert [cell.text for cell in document.tables[1].rows[0].cells] == [
        f"{name}：{value}" for name, value in sheet.totals
    ]


def test_a_sheet_in_word_merges_a_section_over_its_lines(sheet: Sheet) -> None:
    table = Document(io.BytesIO(render_sheet_word(sheet))).tables[0]
    first = [row.cells[0]._tc for row in table.rows[1:]]
    spans = [sum(one is other for other in first) for one in dict.fromkeys(first)]
    assert spans == [span for span in sheet.list_spans() if span]


def test_a_sheet_in_excel_is_the_sheet_cell_by_cell(sheet: Sheet) -> None:
    page = load_workbook(io.BytesIO(render_sheet_excel(sheet))).worksheets[0]
    values = [[cell.value for cell in row] for row in page.iter_rows(max_col=8)]
    head = values.index(list(SHEET_HEAD))
    for line, span, row in zip(sheet.lines, sheet.list_spans(), values[head + 1 :], strict=False):
        section, *texts = list_texts(line)
        assert row[0] == (section if span else None)
        assert [Decimal(str(row[4])), Decimal(str(row[5]))] == [Decimal(line.max), Decimal(line.points)]
        assert [*row[1:4], *row[6:]] == [texts[0], texts[1], texts[2], texts[5], texts[6] or None]
    assert {cell.data_type for row in page.iter_rows() for cell in row} == {"s", "n"}
    below = [cell for row in values[head + 1 + len(sheet.lines) :] for cell in row]
    assert [
        one for one in ("扣款（元）", 150000, "评分人员（签字）：", f"〔1〕{sheet.notes[0]}") if one not in below
    ] == []


def test_a_sheet_in_excel_merges_a_section_over_its_lines(sheet: Sheet) -> None:
    page = load_workbook(io.BytesIO(render_sheet_excel(sheet))).worksheets[0]
    head = next(row[0].row for row in page.iter_rows(max_col=1) if row[0].value == SHEET_HEAD[0])
    merged = {str(one) for one in page.merged_cells.ranges if one.max_col == 1}
    spans = enumerate(sheet.list_spans(), start=head + 1)
    assert merged == {f"A{row}:A{row + span - 1}" for row, span in spans if span > 1}


def test_a_sheet_with_nothing_on_it_and_one_with_a_page_long_cell_are_rendered(tmp_path: Path) -> None:
    sheet = make_sheet("chifeng-hr-park", "Q1")
    empty = replace(sheet, lines=(), notes=(), totals=(), signatures=(), day=None)
    for render in (render_sheet_pdf, render_sheet_word, render_sheet_excel):
        assert render(empty)
    long = replace(sheet.lines[0], evidence="佐证材料" * 700, criterion="很长的一行" + "abcdefghij" * 30)
    text = squeeze("".join(read_pdf(render_sheet_pdf(replace(sheet, lines=(long, *sheet.lines[1:]))), tmp_path)))
    assert text.count("佐证材料") > 650
    assert len(text) > 4000
