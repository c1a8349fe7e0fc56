"""Word files: the same papers for further editing, official fonts by their names."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from app.papers.content import Block, Heading, Letter, Line, Paragraph, Sheet, Table
from app.papers.docx_parts import (
    HEI,
    KAI,
    SONG,
    XIAO_BIAO_SONG,
    Look,
    add_page_number,
    add_rule,
    add_text,
    fill_cell,
    pack,
    repeat_head,
    set_grid,
    set_lines,
    set_widths,
    start_document,
)
from app.papers.texts import (
    SEAL_PLACE,
    SHEET_HEAD,
    SIGNATURE_DAY,
    clean,
    list_sheet_labels,
    measure,
    place_signature,
    weigh_columns,
    write_addressee,
    write_day,
)

POINTS_PER_MM = 72 / 25.4
TEXT_WIDTH = 156 * POINTS_PER_MM
PITCH = 225 * POINTS_PER_MM / 22
CELL = TEXT_WIDTH / 28
BODY = Look()
SMALL, SMALL_BOLD = Look(size=8), Look(HEI, 8)
SHEET_WIDTHS_MM = (19, 41, 47, 66, 11, 11, 34, 40)


def render_letter_word(letter: Letter) -> bytes:
    """Return a letter as .docx after GB/T 9704-2012, the same bytes for the same letter."""
    letter = clean(letter)
    document = start_document(letter.title, letter.sender, letter.day, BODY)
    _lay_out_letter(document)
    _write_letterhead(document, letter)
    for block in letter.blocks:
        _write_block(document, block)
    _write_attachments(document, letter.attachments)
    _write_signature(document, letter)
    _write_annex(document, letter.annex)
    return pack(document)


def _lay_out_letter(document: WordDocument) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.left_margin, page.bottom_margin, page.right_margin = Mm(37), Mm(28), Mm(35), Mm(26)
    page.footer_distance = Mm(35 - 7) - Pt(14)
    set_grid(document, PITCH, CELL, BODY.size)
    document.settings.odd_and_even_pages_header_footer = True
    number = Look(SONG, 14)
    for footer, side in ((page.footer, WD_ALIGN_PARAGRAPH.RIGHT), (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        add_text(paragraph, "— ", number)
        add_page_number(paragraph, number)
        add_text(paragraph, " —", number)


def _write_letterhead(document: WordDocument, letter: Letter) -> None:
    size = max(24.0, min(48.0, TEXT_WIDTH * 0.98 / max(4, len(letter.organisation))))
    head = _add_centred(document, letter.organisation, Look(XIAO_BIAO_SONG, size, red=True))
    set_lines(head, size * 1.2, before=35 * POINTS_PER_MM)
    number = _add_centred(document, letter.number, BODY)
    set_lines(number, PITCH, before=2 * PITCH)
    add_rule(number, round(4 * POINTS_PER_MM))
    title = _add_centred(document, letter.title, Look(XIAO_BIAO_SONG, 22))
    set_lines(title, 35, before=2 * PITCH, after=PITCH)
    set_lines(_add(document, write_addressee(letter), BODY), PITCH)


def _write_block(document: WordDocument, block: Block) -> None:
    if isinstance(block, Table):
        _write_table(document, block)
    elif isinstance(block, Heading):
        paragraph = _add(document, block.text, Look(HEI if block.level == 1 else KAI))
        paragraph.paragraph_format.keep_with_next = True
        _indent(paragraph)
    else:
        _write_paragraph(document, block)


def _write_paragraph(document: WordDocument, block: Paragraph) -> None:
    for line in filter(str.strip, block.text.split("\n")):
        paragraph = _add(document, line, BODY)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _indent(paragraph)


def _write_table(document: WordDocument, block: Table) -> None:
    if block.caption:
        caption = _add_centred(document, block.caption, Look(HEI, 12))
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(1 + len(block.rows), len(block.head), "Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    weights = weigh_columns(block)
    set_widths(table, tuple(TEXT_WIDTH * weight / sum(weights) for weight in weights))
    for cell, text in zip(table.rows[0].cells, block.head, strict=True):
        fill_cell(cell, text, Look(HEI, 12), "center")
    for row, texts in zip(table.rows[1:], block.rows, strict=True):
        for cell, text, side in zip(row.cells, texts, block.align, strict=True):
            fill_cell(cell, text, Look(size=12), side)
    repeat_head(table)


def _write_attachments(document: WordDocument, names: tuple[str, ...]) -> None:
    for place, name in enumerate(names):
        lead = "附件：" if place == 0 else "　　　"
        mark = f"{place + 1}. " if len(names) > 1 else ""
        paragraph = _add(document, f"{lead}{mark}{name}", BODY)
        set_lines(paragraph, PITCH, before=0 if place else PITCH)
        hanging = measure(lead + mark) * CELL
        paragraph.paragraph_format.left_indent = Pt(2 * CELL + hanging)
        paragraph.paragraph_format.first_line_indent = Pt(-hanging)


def _write_annex(document: WordDocument, blocks: tuple[Block, ...]) -> None:
    """Write what is attached on pages of its own."""
    if not blocks:
        return
    _add(document, "附件", BODY).paragraph_format.page_break_before = True
    for block in blocks:
        _write_block(document, block)


def _write_signature(document: WordDocument, letter: Letter) -> None:
    places = place_signature(letter)
    for text, distance, before in (
        (letter.sender, places.sender, (3 if letter.sealed else 1) * PITCH),
        (write_day(letter.day), places.day, 0.0),
    ):
        paragraph = _add(document, text, BODY)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(distance * CELL)
        paragraph.paragraph_format.keep_with_next = text == letter.sender
        set_lines(paragraph, PITCH, before=before)


def render_sheet_word(sheet: Sheet) -> bytes:
    """Return a score sheet as .docx, A4 landscape, the same bytes for the same sheet."""
    sheet = clean(sheet)
    document = start_document(f"{sheet.title}（{sheet.number}）", "", sheet.file_day, SMALL)
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(14)
    page.top_margin = page.bottom_margin = Mm(16)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_page_number(footer, SMALL)
    set_lines(_add_centred(document, sheet.title, Look(XIAO_BIAO_SONG, 16)), 22, after=6)
    for label, text in list_sheet_labels(sheet):
        _add_labelled(document, label, text)
    _write_lines(document, sheet)
    _write_totals(document, sheet)
    _write_notes(document, sheet)
    _write_sheet_signatures(document, sheet)
    return pack(document)


def _write_lines(document: WordDocument, sheet: Sheet) -> None:
    table = document.add_table(1 + len(sheet.lines), len(SHEET_HEAD), "Table Grid")
    set_widths(table, tuple(width * POINTS_PER_MM for width in SHEET_WIDTHS_MM))
    for cell, text in zip(table.rows[0].cells, SHEET_HEAD, strict=True):
        fill_cell(cell, text, SMALL_BOLD, "center")
    for place, (line, span) in enumerate(zip(sheet.lines, sheet.list_spans(), strict=True), start=1):
        _write_line(table, place, line)
        if span:
            merged = table.cell(place, 0).merge(table.cell(place + span - 1, 0))
            fill_cell(merged, line.section, SMALL, "center")
    repeat_head(table)


def _write_line(table: WordTable, place: int, line: Line) -> None:
    cells = table.rows[place].cells
    for cell, text in zip(cells[1:4], (line.indicator, line.evidence, line.criterion), strict=True):
        fill_cell(cell, text, SMALL)
    fill_cell(cells[4], line.max, SMALL, "center")
    fill_cell(cells[5], line.points, Look(size=8, bold=True), "center")
    fill_cell(cells[6], line.value, SMALL)
    reason = fill_cell(cells[7], line.reason, SMALL)
    if line.note is not None:
        add_text(reason, f"〔{line.note}〕", SMALL).font.superscript = True
    for cell in cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _write_totals(document: WordDocument, sheet: Sheet) -> None:
    if sheet.totals:
        _add(document, "", SMALL)
        table = document.add_table(1, len(sheet.totals), "Table Grid")
        for cell, (label, value) in zip(table.rows[0].cells, sheet.totals, strict=True):
            paragraph = fill_cell(cell, f"{label}：", SMALL_BOLD, "center")
            add_text(paragraph, value, Look(size=8, bold=True))


def _write_notes(document: WordDocument, sheet: Sheet) -> None:
    if sheet.notes:
        set_lines(_add(document, "扣分说明", SMALL_BOLD), 12, before=8)
    for place, note in enumerate(sheet.notes, start=1):
        set_lines(_add(document, f"〔{place}〕{note}", SMALL), 12)


def _write_sheet_signatures(document: WordDocument, sheet: Sheet) -> None:
    if sheet.signatures:
        _add(document, "", SMALL)
        for paragraph in document.paragraphs[-2:]:
            paragraph.paragraph_format.keep_with_next = True
        labels = (*(f"{name}（签字）：" for name in sheet.signatures), SEAL_PLACE)
        table = document.add_table(1, len(labels))
        for cell, label in zip(table.rows[0].cells, labels, strict=True):
            fill_cell(cell, f"{label}\n\n\n\n", Look(HEI, 9))
            add_text(cell.paragraphs[0], SIGNATURE_DAY, Look(size=9))
        repeat_head(table)


def _add(document: WordDocument, text: str, look: Look) -> WordParagraph:
    paragraph = document.add_paragraph()
    set_lines(paragraph, PITCH if look.size > 12 else look.size * 1.5)
    add_text(paragraph, text, look)
    return paragraph


def _add_centred(document: WordDocument, text: str, look: Look) -> WordParagraph:
    paragraph = _add(document, text, look)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _add_labelled(document: WordDocument, label: str, text: str) -> None:
    paragraph = _add(document, f"{label}：", Look(HEI, 9))
    add_text(paragraph, text, Look(size=9))


def _indent(paragraph: WordParagraph) -> None:
    """Indent by two characters."""
    paragraph.paragraph_format.first_line_indent = Pt(2 * CELL)
