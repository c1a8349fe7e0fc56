"""Letters and tables as files, read back with other readers than they were written with."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from app.papers.content import Heading, Letter, Paragraph, Sheet, Table
from app.papers.excel import find_number, render_sheet_excel, render_tables_excel
from app.papers.pdf import render_letter_pdf, render_sheet_pdf
from app.papers.texts import FONTS, list_missing_characters, measure, place_signature
from app.papers.word import render_letter_word, render_sheet_word
from tests.paper_builders import POINTS, make_letter, make_sheet

RARE = "龘𬭎"


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def read_pdf(data: bytes, folder: Path, *options: str) -> list[str]:
    """The text of each page, or of a part of it by the tool's options."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    (folder / "paper.pdf").write_bytes(data)
    command = [tool, "-layout", *options, str(folder / "paper.pdf"), "-"]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own file
    return done.stdout.decode().rstrip("\f").split("\f")


@pytest.mark.parametrize("content", [make_letter(), make_sheet("chifeng-hr-park", "Q4"), POINTS], ids=["l", "s", "t"])
def test_contents_come_back_from_json_equal(content: Letter | Sheet | Table) -> None:
    data = json.loads(json.dumps(content.to_data()))
    assert type(content).from_data(data) == content


def test_a_table_is_a_rectangle() -> None:
    with pytest.raises(ValueError, match="rectangle"):
        Table(("a", "b"), (("1",),), ("left", "left"))


def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    letter, sheet = make_letter(), make_sheet("hongshan-talent-training", "Q1")

    def render() -> list[bytes]:
        letters = [render_letter_pdf(letter), render_letter_word(letter), render_tables_excel("表", (POINTS,))]
        return [*letters, render_sheet_pdf(sheet), render_sheet_word(sheet), render_sheet_excel(sheet)]

    first = render()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_seconds: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert render() == first


def test_a_letter_in_pdf_reads_as_its_content(tmp_path: Path) -> None:
    letter = make_letter()
    data = render_letter_pdf(letter)
    text = squeeze("".join(read_pdf(data, tmp_path)))
    wanted = [
        letter.organisation,
        letter.number,
        letter.title,
        f"{letter.addressee}：",
        "2026年4月20日",
        "附件：1.",
        "—1—",
    ]
    wanted += [letter.attachments[0], "=SUM(A1:A9)", "12,000,000.00", *(POINTS.head)]
    wanted += [one.text for one in letter.blocks if isinstance(one, Heading)]
    assert [one for one in wanted if squeeze(one) not in text] == []
    assert b"<pdfaid:part>2</pdfaid:part>" in data or b'pdfaid:part="2"' in data


def test_a_page_holds_22_lines_of_28_characters(tmp_path: Path) -> None:
    page = read_pdf(render_letter_pdf(make_letter(blocks=(Paragraph("考核" * 900),))), tmp_path)[1]
    lines = [line.strip() for line in page.splitlines() if "考核" in line]
    assert [len(line) for line in lines] == [28] * 22


def test_a_pdf_holds_the_bundled_fonts_alone(tmp_path: Path) -> None:
    tool = shutil.which("pdffonts")
    if tool is None:
        pytest.skip("pdffonts is not installed (poppler-utils)")
    (tmp_path / "paper.pdf").write_bytes(render_letter_pdf(make_letter()))
    done = subprocess.run([tool, str(tmp_path / "paper.pdf")], check=True, capture_output=True, text=True)  # noqa: S603  # our own file
    fonts = {line.split()[0].partition("+")[2].removesuffix("-Identity-H") for line in done.stdout.splitlines()[2:]}
    assert fonts == {"NotoSerifCJKsc-Regular", "NotoSerifCJKsc-Bold", "NotoSansCJKsc-Bold"}


def test_a_character_that_the_fonts_lack_is_named_and_stood_in_for(tmp_path: Path) -> None:
    letter = make_letter(addressee=f"{RARE}公司", blocks=(Paragraph(f"喆堃昇镕琤祎{RARE}\x00\u200b"),))
    assert list_missing_characters(letter) == list(RARE)
    text = squeeze("".join(read_pdf(render_letter_pdf(letter), tmp_path)))
    assert "〓〓公司：" in text
    assert "喆堃昇镕琤祎〓〓" in text
    assert f"{RARE}公司：" in [one.text for one in Document(io.BytesIO(render_letter_word(letter))).paragraphs]


def test_markup_in_a_text_stays_text(tmp_path: Path) -> None:
    hostile = '#panic("x") $x$ *a* \\ <b> [c] &amp; " #include "/etc/passwd"'
    text = squeeze("".join(read_pdf(render_letter_pdf(make_letter(blocks=(Paragraph(hostile),))), tmp_path)))
    assert squeeze(hostile).replace('"', "") in re.sub('[“”"]', "", text)


def test_the_fonts_stay_small_and_licensed() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 12_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")


def test_a_letter_in_word_reads_as_its_content() -> None:
    letter = make_letter()
    document = Document(io.BytesIO(render_letter_word(letter)))
    texts = [one.text for one in document.paragraphs]
    wanted = [letter.organisation, letter.number, letter.title, f"{letter.addressee}：", letter.sender, "2026年4月20日"]
    assert [one for one in wanted if one not in texts] == []
    assert f"附件：1. {letter.attachments[0]}" in texts
    rows = [tuple(cell.text for cell in row.cells) for row in document.tables[0].rows]
    assert rows == [POINTS.head, *POINTS.rows]


def test_a_letter_in_word_names_the_official_fonts() -> None:
    document = Document(io.BytesIO(render_letter_word(make_letter())))
    fonts = {one.get(qn("w:eastAsia")) for one in document.element.iter(qn("w:rFonts"))}
    assert fonts == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体"}
    section = document.sections[0]
    assert [round(one.mm) for one in (section.top_margin, section.left_margin) if one] == [37, 28]
    assert [round(one.mm) for one in (section.bottom_margin, section.right_margin) if one] == [35, 26]


def test_tables_in_excel_keep_texts_as_texts_and_numbers_as_numbers() -> None:
    book = load_workbook(io.BytesIO(render_tables_excel("=季报", (POINTS, POINTS))))
    assert book.sheetnames == ["表1 第一季度扣分明细", "2 表1 第一季度扣分明细"]
    page = book.worksheets[0]
    assert (page["A1"].value, page["A1"].data_type) == ("=季报", "s")
    assert [cell.value for cell in page[3]] == list(POINTS.head)
    assert [cell.value for cell in page[5]] == ["招生活动", 4, 3.6, "=SUM(A1:A9)"]
    assert [cell.data_type for cell in page[5]] == ["s", "n", "n", "s"]
    assert [(cell.value, cell.number_format) for cell in page[6][1:3]] == [(12e6, "#,##0.00"), (-150000, "#,##0.00")]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-", "@1", "007", "1e5", "1,23", "1.", "", "5分", "1234567890123456", "--1"]
)
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    assert find_number(text) is None


def test_a_sealed_letter_centres_the_sender_above_the_date() -> None:
    letter = make_letter(sender="红山区人社局")
    places = place_signature(letter)
    assert places.day == 4
    assert places.sender + measure(letter.sender) / 2 == places.day + measure("2026年4月20日") / 2


def test_without_a_seal_the_date_begins_two_characters_after_the_sender() -> None:
    for sender in ("红山区人社局", "赤峰市红山区人力资源和社会保障局"):
        letter = make_letter(sender=sender, sealed=False)
        places = place_signature(letter)
        assert min(places) == 2
        assert places.sender + measure(sender) == places.day + measure("2026年4月20日") + 2


@pytest.mark.parametrize("text", ["\x00\x0b", "\ud83d", "\ufffe", "😀❤️", "第一行\r\n第二行\t", "\u3000", ""], ids=ascii)
def test_no_text_is_too_odd_for_a_paper(text: str) -> None:
    table = Table((text,), ((text,),), ("right",), text)
    letter = make_letter(title=text, organisation=text, blocks=(Paragraph(text), Heading(text), table))
    sheet = make_sheet("chifeng-hr-park", "Q4", title=text, notes=(text,), totals=((text, text),))
    assert render_letter_pdf(letter)
    assert render_letter_word(letter)
    assert render_tables_excel(text, (table, table))
    assert all(render(sheet) for render in (render_sheet_pdf, render_sheet_word, render_sheet_excel))


def test_the_longest_and_the_emptiest_letters_are_rendered(tmp_path: Path) -> None:
    empty = make_letter(title="", number="", addressee="", sender="", organisation="", blocks=(), attachments=())
    assert render_letter_word(empty)
    assert len(read_pdf(render_letter_pdf(empty), tmp_path)) == 1
    long = make_letter(organisation="红山区" * 20, title="考核" * 60, sender="红山区" * 15, attachments=("附件" * 80,))
    assert render_letter_word(replace(long, title="考核" * 150))
    assert render_tables_excel(
        long.title, (replace(POINTS, caption="考核" * 150, head=("长" * 40000, *POINTS.head[1:])),)
    )
    text = squeeze("".join(read_pdf(render_letter_pdf(long), tmp_path)))
    assert [one for one in ("考核" * 60, "红山区" * 15) if one not in text] == []
