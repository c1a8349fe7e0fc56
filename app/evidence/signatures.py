"""What a file is, judged by its first bytes alone."""

from __future__ import annotations

from app.errors import KaoheError, Message

HEAD = 4096
PDF_HEADER, PDF_WITHIN = b"%PDF-", 1024
"""Readers take what holds this header within its first 1,024 bytes for a PDF."""


class UploadRefused(KaoheError):
    """A file that can't be taken as evidence, and why."""


OPENINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"Rar!\x1a\x07", "packed"),
    (0, b"7z\xbc\xaf\x27\x1c", "packed"),
    (0, b"\x1f\x8b", "packed"),
    (0, b"\xfd7zXZ\x00", "packed"),
    (0, b"BZh91AY&SY", "packed"),
    (0, b"\x7fELF", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"GIF8", "picture"),
    (0, b"II*\x00", "picture"),
    (0, b"MM\x00*", "picture"),
    (8, b"WEBP", "picture"),
    (8, b"AVI ", "video"),
    (0, b"{\\rtf", "rtf"),
    (0, b"#!", "program"),
)
"""Offset, bytes, kind of content. Two-letter openings that a text may begin with are looked at below."""

MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "web"),
    (b"<html", "web"),
    (b"<head", "web"),
    (b"<body", "web"),
    (b"<script", "web"),
    (b"<svg", "web"),
    (b"<?php", "program"),
    (b"<%", "program"),
    (b"<!doctype", "xml"),
    (b"<?xml", "xml"),
)
MP4_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"3gp4",
    b"3gp5",
)
PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif")

CONTENTS: dict[str, Message] = {
    "pdf": Message("a PDF document"),
    "jpg": Message("a JPEG picture"),
    "png": Message("a PNG picture"),
    "mp4": Message("an MP4 video"),
    "zip": Message("a ZIP archive"),
    "docx": Message("a Word document"),
    "xlsx": Message("an Excel workbook"),
    "office": Message("another Office document"),
    "ole": Message("an old Office document (.doc, .xls, .ppt)"),
    "packed": Message("an archive of another kind"),
    "program": Message("a program or script"),
    "picture": Message("a picture of another kind"),
    "video": Message("a video of another kind"),
    "rtf": Message("an RTF document"),
    "web": Message("a web page"),
    "xml": Message("an XML document"),
    "text": Message("plain text"),
    "unknown": Message("of an unknown kind"),
}
"""What a content is called when it differs from what the name promises."""


def find_content(head: bytes) -> str:
    """Return the kind of content (a key of `CONTENTS`) that the first 4,096 bytes of a file show."""
    for offset, opening, content in OPENINGS:
        if head.startswith(opening, offset):
            return content
    if head[4:8] == b"ftyp":
        return _find_media(head[8:12])
    if PDF_HEADER in head[:PDF_WITHIN]:
        return "pdf"
    if head.startswith(b"MZ") and b"\x00" in head:
        return "program"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    markup = next((content for opening, content in MARKUP if start.startswith(opening)), None)
    return markup or ("unknown" if b"\x00" in head else "text")


def _find_media(brand: bytes) -> str:
    if brand in MP4_BRANDS:
        return "mp4"
    return "picture" if brand in PICTURE_BRANDS else "video"
