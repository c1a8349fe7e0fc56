"""Files as people upload them, built here byte by byte, and what they are taken for."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pytest

from app.evidence.sniffing import MEDIA_TYPES, Sniffed, sniff
from app.evidence.store import CHUNK

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
WORD_WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PROGRAM = b"MZ\x90\x00" + bytes(200)
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(60) + b"\xff\xd9"
TEXT = "姓名,证件号码,培训日期\n张三,110***001,2025-03-01\n"


def make_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + make_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + make_chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + make_chunk(b"IEND", b"")
)


def make_box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


MP4 = make_box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2") + make_box(b"mdat", bytes(40)) + make_box(b"moov", bytes(40))


def make_zip(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def make_types(main: str, *more: str) -> str:
    listed = "".join(f'<Override PartName="/part{n}.xml" ContentType="{one}"/>' for n, one in enumerate((main, *more)))
    return f'<?xml version="1.0" encoding="UTF-8"?><Types>{listed}</Types>'


def make_office(main: str, *more: str, **parts: bytes) -> bytes:
    """An Office document by its main content type; further parts by name, `__` for `/`, `_` for `.`."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in parts.items()}
    return make_zip({"[Content_Types].xml": make_types(main, *more), "_rels/.rels": "<Relationships/>", **named})


DOCX = make_office(WORD, word__document_xml=b"<w:document/>", word__media__image1_png=PNG)
XLSX = make_office(EXCEL, xl__workbook_xml=b"<workbook/>")


def make_gbk_zip() -> bytes:
    """An archive as Chinese Windows writes it: names in GBK without a flag that says so."""
    raw = "证明材料乗.pdf".encode("gbk")
    content = make_zip({"x" * len(raw): PDF})
    return content.replace(b"x" * len(raw), raw)


class Pipe:
    """A stream that can't go back, as a server writes an archive while it sends it."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, content: bytes) -> int:
        self.written += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits."""


def make_streamed_zip() -> bytes:
    """An archive whose members' sizes stand behind them."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it only writes
        archive.writestr("总结.pdf", PDF)
    return pipe.written


def sniff_bytes(name: str, content: bytes, limit: int = 50 * 2**20) -> Sniffed:
    return sniff(name, io.BytesIO(content), limit)


ACCEPTED: dict[str, tuple[str, bytes, str]] = {
    "a PDF": ("总结.pdf", PDF, "pdf"),
    "a PDF with its ending in capitals": ("总结.PDF", PDF, "pdf"),
    "a PDF that a scanner padded": ("扫描件.pdf", PDF + bytes(900), "pdf"),
    "a Word document": ("工作方案.docx", DOCX, "docx"),
    "an Excel workbook": ("台账.xlsx", XLSX, "xlsx"),
    "a picture from a camera": ("现场.jpeg", JPG, "jpg"),
    "a motion picture of a telephone": ("现场.jpg", JPG + MP4, "jpg"),
    "a picture whose end mark lies across two chunks": (
        "现场.jpg",
        JPG[:-2] + bytes(CHUNK - len(JPG) + 1) + b"\xff\xd9",
        "jpg",
    ),
    "a screenshot": ("截图.png", PNG, "png"),
    "a video": ("培训.mp4", MP4, "mp4"),
    "a video with a 64-bit box": (
        "培训.mp4",
        make_box(b"ftyp", b"mp42\x00\x00\x00\x00") + struct.pack(">I4sQ", 1, b"moov", 24) + bytes(8),
        "mp4",
    ),
    "text in UTF-8": ("说明.txt", TEXT.encode(), "txt"),
    "text of one letter": ("说明.txt", b"a", "txt"),
    "text in UTF-8 with a mark": ("说明.txt", TEXT.encode("utf-8-sig"), "txt"),
    "a table in GB18030": ("台账.csv", TEXT.encode("gb18030"), "csv"),
    "a table with rare characters": ("台账.csv", "𠮷,喆\r\n".encode("gb18030"), "csv"),
    "text longer than a chunk, cut inside a character": ("长.txt", ("a" + "考核" * 30_000).encode(), "txt"),
    "an archive": ("佐证.zip", make_zip({"一/总结.pdf": PDF, "二/台账.xlsx": XLSX, "三.docx": DOCX}), "zip"),
    "an archive with a folder": ("佐证.zip", make_zip({"一/": b"", "一/总结.pdf": PDF}), "zip"),
    "an archive that isn't compressed": ("佐证.zip", make_zip({"总结.pdf": PDF}, zipfile.ZIP_STORED), "zip"),
    "an archive with names in GBK": ("佐证.zip", make_gbk_zip(), "zip"),
    "an archive made while it was sent": ("佐证.zip", make_streamed_zip(), "zip"),
    "an archive of 500 files": ("佐证.zip", make_zip({f"{n}.png": PNG for n in range(500)}), "zip"),
    "a name with folders": ("C:\\材料\\总结.pdf", PDF, "pdf"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_file_as_people_upload_it_is_accepted(case: str) -> None:
    name, content, extension = ACCEPTED[case]
    assert sniff_bytes(name, content) == Sniffed(MEDIA_TYPES[extension], extension)
