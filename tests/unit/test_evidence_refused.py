"""Hostile and odd files: each is refused in words that name what is wrong."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.rules import NameRefused
from app.evidence.signatures import UploadRefused
from app.evidence.sniffing import sniff
from app.evidence.store import FileTooLarge
from tests.unit.test_evidence_samples import (
    ACCEPTED,
    DOCX,
    EXCEL,
    JPG,
    MP4,
    OLE,
    PDF,
    PNG,
    PROGRAM,
    SLIDES,
    TEXT,
    WORD,
    WORD_WITH_MACROS,
    XLSX,
    make_box,
    make_office,
    make_types,
    make_zip,
    sniff_bytes,
)

Refused = dict[str, tuple[str, bytes | Callable[[], bytes], str]]


def make_special(name: str, mode: int) -> bytes:
    """An archive whose member is no plain file."""
    file, info = BytesIO(), zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (mode | 0o777) << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def patch_directory(content: bytes, offset: int, packed: bytes, member: int = 0) -> bytes:
    """Write bytes over a member's entry in the archive's list of members."""
    place = -1
    for _ in range(member + 1):
        place = content.index(b"PK\x01\x02", place + 1)
    return content[: place + offset] + packed + content[place + offset + len(packed) :]


def make_doubles(*names: str) -> bytes:
    """An archive that holds names which `zipfile` would warn about."""
    plain = make_zip({f"{n}" * len(name): PDF for n, name in enumerate(names)})
    for n, name in enumerate(names):
        plain = plain.replace(f"{n}".encode() * len(name), name.encode())
    return plain


def make_overlap() -> bytes:
    """Two members that are the same bytes, as in a bomb of overlapping members."""
    content = make_zip({"aa.pdf": PDF, "bb.pdf": PDF})
    return patch_directory(content.replace(b"bb.pdf", b"aa.pdf"), 42, struct.pack("<L", 0), member=1)


def make_hidden_bytes() -> bytes:
    """A member with bytes behind the end of its packed stream."""
    content, hidden = make_zip({"a.pdf": PDF}), b"hidden"
    directory = content.index(b"PK\x01\x02")
    packed = struct.unpack_from("<L", content, directory + 20)[0] + len(hidden)
    content = patch_directory(content, 20, struct.pack("<L", packed))
    content = content[:directory] + hidden + content[directory:]
    end = content.rindex(b"PK\x05\x06") + 16
    return content[:end] + struct.pack("<L", directory + len(hidden)) + content[end + 4 :]


def make_noise(size: int) -> bytes:
    """Bytes that do not compress, the same each time."""
    return b"".join(sha256(f"{n}".encode()).digest() for n in range(size // 32))


def make_few(count: int) -> bytes:
    """An archive of so many files that says that it holds one."""
    content = make_zip({f"{n}.png": PNG for n in range(count)})
    end = content.rindex(b"PK\x05\x06")
    return content[: end + 8] + struct.pack("<HH", 1, 1) + content[end + 12 :]


def make_gbk_program() -> bytes:
    raw = "工具.exe".encode("gbk")
    return make_zip({"x" * len(raw): PROGRAM}).replace(b"x" * len(raw), raw)


def make_zip64() -> bytes:
    content = make_zip({"a.pdf": PDF})
    end = content.rindex(b"PK\x05\x06")
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 1, 1, 51, end - 51)
    return content[:end] + record + b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1) + content[end:]


def make_wrong_content() -> bytes:
    content = make_zip({"a.txt": "考核" * 20}, zipfile.ZIP_STORED)
    return content.replace("考核".encode(), "考评".encode(), 1)


def make_two_names() -> bytes:
    return make_zip({"a.pdf": PDF}).replace(b"a.pdf", b"a.exe", 1)


NAMES: Refused = {
    "no ending": ("总结", PDF, "the name has no ending; accepted are"),
    "a program": ("更新.exe", PROGRAM, "a .exe file is not accepted; accepted are"),
    "a second ending": ("总结.pdf.exe", PROGRAM, "a .exe file"),
    "a script": ("安装.js", b"alert(1)", "a .js file"),
    "a web page": ("公告.html", b"<html></html>", "a .html file"),
    "a drawing with script": ("图.svg", b"<svg onload='x'/>", "a .svg file"),
    "a shortcut": ("总结.lnk", b"L\x00\x00\x00", "a .lnk file"),
    "a disk image": ("资料.iso", bytes(600), "a .iso file"),
    "an old Word document": ("方案.doc", OLE, "a .doc file is not accepted; save it as .docx"),
    "an old workbook": ("台账.xls", OLE, "a .xls file is not accepted; save it as .xlsx"),
    "slides": ("汇报.pptx", make_office(SLIDES), "a .pptx file is not accepted; save it as .pdf"),
    "an archive of another kind": ("佐证.rar", b"Rar!\x1a\x07\x00", "a .rar file is not accepted; save it as .zip"),
    "a picture of another kind": (
        "现场.heic",
        make_box(b"ftyp", b"heic"),
        "a .heic file is not accepted; save it as .jpg",
    ),
    "a document that may hold macros": ("方案.docm", DOCX, "a .docm file may hold macros"),
    "a workbook that may hold macros": ("台账.xlsm", XLSX, "a .xlsm file may hold macros"),
    "a full-width ending": ("总结.ｐｄｆ", PDF, "a .ｐｄｆ file"),
    "an ending turned around by a hidden mark": ("总结\u202efdp.exe", PROGRAM, "a .exe file"),
    "an ending behind a stream's name": ("总结.pdf:x.exe", PROGRAM, "a .exe file"),
    "an ending behind a dot": ("总结.exe.", PROGRAM, "a .exe file"),
    "an ending behind a NUL": ("总结.exe\x00", PROGRAM, "a .exe file"),
}
DISGUISED: Refused = {
    "a program as a PDF": ("总结.pdf", PROGRAM, "the name ends in .pdf, but the content is a program or script"),
    "an ELF program as a picture": ("图.png", b"\x7fELF" + bytes(60), "ends in .png, but the content is a program"),
    "a shell script as text": ("说明.txt", b"#!/bin/sh\nrm -rf /\n", "ends in .txt, but the content is a program"),
    "PHP as text": ("说明.txt", b"<?php system($_GET[0]);", "ends in .txt, but the content is a program"),
    "a web page as text": (
        "说明.txt",
        b"\xef\xbb\xbf\n <!DOCTYPE HTML><p>",
        "ends in .txt, but the content is a web page",
    ),
    "a script as a table": ("台账.csv", b"<SCRIPT>alert(1)</SCRIPT>", "ends in .csv, but the content is a web page"),
    "a drawing as a picture": ("图.jpg", b"<svg onload='x'/>", "ends in .jpg, but the content is a web page"),
    "XML as text": ("说明.txt", b"<?xml version='1.0'?><a/>", "ends in .txt, but the content is an XML document"),
    "RTF as a Word document": ("方案.docx", b"{\\rtf1}", "ends in .docx, but the content is an RTF document"),
    "a picture as a PDF": ("扫描件.pdf", PNG, "ends in .pdf, but the content is a PNG picture"),
    "PNG as JPEG": ("现场.jpg", PNG, "ends in .jpg, but the content is a PNG picture"),
    "JPEG as PNG": ("现场.png", JPG, "ends in .png, but the content is a JPEG picture"),
    "GIF as PNG": ("现场.png", b"GIF89a" + bytes(40), "ends in .png, but the content is a picture of another kind"),
    "WebP as JPEG": ("现场.jpg", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "the content is a picture of another kind"),
    "HEIC as a video": ("现场.mp4", make_box(b"ftyp", b"heic0000"), "the content is a picture of another kind"),
    "QuickTime as MP4": ("培训.mp4", make_box(b"ftyp", b"qt  0000"), "the content is a video of another kind"),
    "a PDF as text": ("说明.txt", PDF, "ends in .txt, but the content is a PDF document"),
    "text as a PDF": ("总结.pdf", TEXT.encode(), "ends in .pdf, but the content is plain text"),
    "noise as a PDF": ("总结.pdf", b"\x01\x00\x02\x03" * 20, "the content is of an unknown kind"),
    "a workbook as a document": ("方案.docx", XLSX, "ends in .docx, but the content is an Excel workbook"),
    "a document as a workbook": ("台账.xlsx", DOCX, "ends in .xlsx, but the content is a Word document"),
    "a document as an archive": ("佐证.zip", DOCX, "ends in .zip, but the content is a Word document"),
    "an archive as a document": ("方案.docx", make_zip({"a.pdf": PDF}), "the content is a ZIP archive"),
    "slides as a document": ("方案.docx", make_office(SLIDES), "the content is another Office document"),
    "an old document with a new name": ("方案.docx", OLE, "the content is an old Office document"),
    "an old workbook as an archive": ("佐证.zip", OLE, "the content is an old Office document"),
    "RAR as ZIP": ("佐证.zip", b"Rar!\x1a\x07\x00" + bytes(40), "the content is an archive of another kind"),
    "gzip as ZIP": ("佐证.zip", b"\x1f\x8b\x08\x00" + bytes(40), "the content is an archive of another kind"),
}
DAMAGED: Refused = {
    "nothing": ("总结.pdf", b"", "the file is empty (0 bytes)"),
    "empty text": ("说明.txt", b"", "the file is empty (0 bytes)"),
    "a PDF behind a script": ("总结.pdf", b"<script>x</script>\n" + PDF, "something stands before it"),
    "a PDF behind noise": ("总结.pdf", b"\x00" * 500 + PDF, "something stands before it"),
    "a PDF of no version": ("总结.pdf", PDF.replace(b"1.7", b"x.y"), "something stands before it"),
    "a PDF cut short": ("总结.pdf", PDF.replace(b"%%EOF", b""), "its end is missing"),
    "a PDF that is an archive too": ("总结.pdf", PDF + make_zip({"a.pdf": PDF}), "a PDF document and a ZIP archive at"),
    "a picture that is an archive too": (
        "图.png",
        PNG + make_zip({"a.pdf": PDF}),
        "a PNG picture and a ZIP archive at",
    ),
    "a picture that is a PDF too": ("图.jpg", JPG[:40] + PDF + JPG[40:], "a JPEG picture and a PDF document at once"),
    "a video that is an archive too": (
        "片.mp4",
        MP4 + make_box(b"free", make_zip({"a.txt": "a"})),
        "an MP4 video and a",
    ),
    "PNG cut short": ("图.png", PNG[:-12], "its end is missing"),
    "PNG without its header": ("图.png", PNG[:8] + PNG[33:], "damaged or was cut short"),
    "JPEG cut short": ("图.jpg", JPG[:-2], "its end is missing"),
    "a video cut short": ("片.mp4", MP4[:-1], "its end is missing"),
    "a video with a box of no size": ("片.mp4", MP4[:24] + b"\x00\x00\x00\x04" + MP4[28:], "its end is missing"),
    "text in UTF-16": ("说明.txt", TEXT.encode("utf-16"), "the text is in UTF-16; save it as UTF-8"),
    "a table with NUL bytes": ("台账.csv", b"a,b\x00,c\n", "the text holds NUL bytes"),
    "NUL bytes far into a text": ("说明.txt", b"a" * 70_000 + b"\x00", "the text holds NUL bytes"),
    "text in another encoding": ("说明.txt", b"caf\xe9", "neither UTF-8 nor GB18030"),
    "a table with terminal codes": ("台账.csv", b"a,\x1b[2J\n", "or holds control characters"),
}
OFFICE: Refused = {
    "a macro project": ("方案.docx", make_office(WORD, word__vbaProject_bin=OLE), "holds macros; save it without"),
    "a macro project in capitals": ("台账.xlsx", make_office(EXCEL, xl__VBAPROJECT_BIN=OLE), "holds macros"),
    "a macro project by another name": (
        "方案.docx",
        make_office(WORD, "application/vnd.ms-office.vbaProject", word__x_bin=OLE),
        "holds macros",
    ),
    "a document with macros and a plain name": ("方案.docx", make_office(WORD_WITH_MACROS), "holds macros"),
    "macros of old workbooks": ("台账.xlsx", make_office(EXCEL, xl__macrosheets__s1_xml=b"<x/>"), "holds macros"),
    "a content type in riddles": ("方案.docx", make_office(WORD, "vba&#80;roject"), "its list of parts can't be read"),
    "an entity in the list of parts": (
        "方案.docx",
        make_zip({"[Content_Types].xml": '<!DOCTYPE a [<!ENTITY b "c">]>' + make_types(WORD)}),
        "its list of parts can't be read",
    ),
    "a list of parts in UTF-16": (
        "方案.docx",
        make_zip({"[Content_Types].xml": make_types(WORD).encode("utf-16")}),
        "its list of parts can't be read",
    ),
    "a huge list of parts": (
        "方案.docx",
        lambda: make_zip({"[Content_Types].xml": make_types(WORD) + " " * 2**20}, zipfile.ZIP_STORED),
        "its list of parts is too long",
    ),
    "a document with a password": (
        "方案.docx",
        OLE + "EncryptedPackage".encode("utf-16-le") + bytes(100),
        "the document is encrypted; remove its password",
    ),
    "a document that leads out": ("方案.docx", make_office(WORD, **{"..__x_xml": b"<x/>"}), "leads out of its folder"),
    "a document that unpacks to a bomb": (
        "方案.docx",
        lambda: make_office(WORD, word__document_xml=bytes(3 * 2**20)),
        "unpacks to more than 100 times its size",
    ),
    "a document with a part that changed": (
        "方案.docx",
        patch_directory(DOCX, 16, bytes(4), member=2),
        "the archive is damaged: word/document.xml",
    ),
    "a document cut short": ("方案.docx", DOCX[:-40], "the archive is damaged and can't be opened"),
}
ARCHIVES: Refused = {
    "nothing inside": ("佐证.zip", make_zip({}), "the archive is empty"),
    "a path upwards": ("佐证.zip", make_zip({"../a.pdf": PDF}), "leads out of its folder: ../a.pdf"),
    "a path down and upwards": ("佐证.zip", make_zip({"a/../../b.pdf": PDF}), "leads out of its folder"),
    "a path upwards with backslashes": ("佐证.zip", make_zip({"a\\..\\..\\b.pdf": PDF}), "leads out of its folder"),
    "an absolute path": ("佐证.zip", make_zip({"/etc/a.pdf": PDF}), "leads out of its folder: /etc/a.pdf"),
    "a drive's path": ("佐证.zip", make_zip({"C:\\a.pdf": PDF}), "leads out of its folder"),
    "a server's path": ("佐证.zip", make_zip({"\\\\host\\a.pdf": PDF}), "leads out of its folder"),
    "a name with a line break": ("佐证.zip", make_zip({"a\nb.pdf": PDF}), "a name with hidden characters: a�b.pdf"),
    "a name turned around": ("佐证.zip", make_zip({"a\u202efdp.pdf": PDF}), "a name with hidden characters"),
    "a symbolic link": ("佐证.zip", make_special("a.txt", stat.S_IFLNK), "a.txt, which is a link or device"),
    "a pipe": ("佐证.zip", make_special("a.txt", stat.S_IFIFO), "a.txt, which is a link or device"),
    "a device": ("佐证.zip", make_special("a.txt", stat.S_IFCHR), "a.txt, which is a link or device"),
    "an archive": ("佐证.zip", make_zip({"内.zip": make_zip({"a.pdf": PDF})}), "内.zip: an archive inside an archive"),
    "a program": ("佐证.zip", make_zip({"一/工具.exe": PROGRAM}), "in the archive, 一/工具.exe: a .exe file"),
    "a disguised program": (
        "佐证.zip",
        make_zip({"总结.pdf": PROGRAM}),
        "总结.pdf: the name ends in .pdf, but the content",
    ),
    "a file without ending": ("佐证.zip", make_zip({"README": "a"}), "README: the name has no ending"),
    "an empty file": ("佐证.zip", make_zip({"a.pdf": b""}), "a.pdf: the file is empty"),
    "a document with macros": (
        "佐证.zip",
        make_zip({"方案.docx": make_office(WORD, word__vbaProject_bin=OLE)}),
        "方案.docx: the document holds macros",
    ),
    "a document with a password": (
        "佐证.zip",
        make_zip({"方案.docx": OLE + "EncryptedPackage".encode("utf-16-le")}),
        "方案.docx: the document is encrypted",
    ),
    "a system's own file": ("佐证.zip", make_zip({".DS_Store": b"\x00\x00\x00\x01Bud1"}), ".DS_Store"),
    "501 files": ("佐证.zip", lambda: make_zip({f"{n}.png": PNG for n in range(501)}), "more than 500 files"),
    "501 files that say that they are one": ("佐证.zip", lambda: make_few(501), "more than 500 files"),
    "a program with a name in GBK": ("佐证.zip", make_gbk_program(), "in the archive, 工具.exe: a .exe file"),
    "bytes hidden behind a member": ("佐证.zip", make_hidden_bytes(), "the archive is damaged: a.pdf"),
    "a member that runs out of the archive": (
        "佐证.zip",
        patch_directory(make_zip({"a.pdf": PDF}), 20, struct.pack("<L", 9000)),
        "overlap or lie outside it: a.pdf",
    ),
    "a list of members that is dear to read": (
        "佐证.zip",
        lambda: make_zip({"a" * 60_000 + f"{n}.txt": "a" for n in range(20)}),
        "more than 500 files",
    ),
    "a list of members in 64 bits": ("佐证.zip", make_zip64(), "more than 500 files"),
    "a small bomb": ("佐证.zip", make_zip({"a.txt": "0" * 400_000}), "unpacks to more than 100 times its size"),
    "a bomb among other files": (
        "佐证.zip",
        lambda: make_zip({"a.txt": "0" * 2_000_000, "b.mp4": MP4 + make_box(b"free", make_noise(100_000))}),
        "a.txt unpacks to more than 100 times its size",
    ),
    "a bomb that declares 600 MB": (
        "佐证.zip",
        patch_directory(make_zip({"a.txt": "0" * 4000}), 24, struct.pack("<L", 600 * 2**20)),
        "unpacks to more than 500 MB",
    ),
    "a bomb that hides its size": (
        "佐证.zip",
        lambda: patch_directory(make_zip({"a.txt": "0" * 4_000_000}), 24, struct.pack("<L", 1000)),
        "a.txt unpacks to more than it says",
    ),
    "members that share their bytes": ("佐证.zip", make_overlap(), "overlap or lie outside it: aa.pdf"),
    "something before the first member": ("佐证.zip", b"PK\x03\x04junk" + make_zip({"a.pdf": PDF}), "overlap or lie"),
    "a name twice": ("佐证.zip", make_doubles("a.pdf", "a.pdf"), "the archive holds a.pdf twice"),
    "a name twice but for its case": ("佐证.zip", make_zip({"a.pdf": PDF, "A.pdf": PDF}), "holds A.pdf twice"),
    "two names for a member": ("佐证.zip", make_two_names(), "the archive names a.pdf in two ways"),
    "a password": (
        "佐证.zip",
        patch_directory(make_zip({"a.pdf": PDF}), 8, b"\x01\x00"),
        "the archive is encrypted (a.pdf)",
    ),
    "an unusual packing": ("佐证.zip", make_zip({"a.pdf": PDF}, zipfile.ZIP_LZMA), "a.pdf is packed in an unusual way"),
    "another unusual packing": ("佐证.zip", make_zip({"a.pdf": PDF}, zipfile.ZIP_BZIP2), "packed in an unusual way"),
    "bytes that changed": ("佐证.zip", make_wrong_content(), "the archive is damaged: a.txt"),
    "a stream that breaks off": (
        "佐证.zip",
        make_zip({"a.pdf": PDF}).replace(make_zip({"a.pdf": PDF})[40:55], bytes(15)),
        "the archive is damaged: a.pdf",
    ),
    "an archive cut short": ("佐证.zip", make_zip({"a.pdf": PDF})[:-30], "the archive is damaged and can't be opened"),
    "a folder with bytes": ("佐证.zip", make_zip({"a/": b"hidden"}), "the archive is damaged: a/"),
}
REFUSED: Refused = {
    f"{kind}: {case}": values
    for kind, cases in (
        ("name", NAMES),
        ("disguise", DISGUISED),
        ("damage", DAMAGED),
        ("Office", OFFICE),
        ("archive", ARCHIVES),
    )
    for case, values in cases.items()
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_or_odd_file_is_refused_and_told_why(case: str) -> None:
    name, content, why = REFUSED[case]
    with pytest.raises(UploadRefused, match=re.escape(why)):
        sniff_bytes(name, content if isinstance(content, bytes) else content())


def test_at_least_a_hundred_hostile_files_are_tried() -> None:
    assert len(REFUSED) >= 100


def test_a_file_over_the_limit_is_refused_with_its_size_and_the_limit() -> None:
    with pytest.raises(FileTooLarge, match=re.escape("larger than 1 MB (1.1 MB were read)")):
        sniff_bytes("总结.pdf", PDF + bytes(2**20), limit=2**20)


def test_a_file_of_just_the_limit_is_accepted() -> None:
    assert sniff_bytes("总结.pdf", PDF, limit=len(PDF)).extension == "pdf"


@pytest.mark.parametrize("case", ACCEPTED)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_file_with_changed_bytes_is_accepted_or_refused_but_never_breaks_the_check(
    case: str, data: st.DataObject
) -> None:
    name, content, _extension = ACCEPTED[case]
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([0, 0, 1, 10, 30]))
    try:
        sniff(name, BytesIO(changed[: len(changed) - cut]), 50 * 2**20)
    except (UploadRefused, NameRefused):
        return
