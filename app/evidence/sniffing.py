"""Whether an upload may be evidence: an allowed ending, a content that keeps its promise, and nothing hidden inside."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from app.errors import Message
from app.evidence.archives import Budget, Member, list_members, unpack
from app.evidence.rules import clean_name, get_extension
from app.evidence.signatures import CONTENTS, HEAD, PDF_HEADER, PDF_WITHIN, UploadRefused, find_content
from app.evidence.store import CHUNK, MEGABYTE, FileTooLarge

LARGEST = 50 * MEGABYTE
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""What is accepted, by its ending."""
SAME = {"jpeg": "jpg"}
INSTEAD = {
    **dict.fromkeys(("doc", "wps", "rtf", "dot", "dotx", "odt"), "docx"),
    **dict.fromkeys(("xls", "et", "xlt", "xltx", "xlsb", "ods"), "xlsx"),
    **dict.fromkeys(("ppt", "pptx", "dps", "ofd", "odp", "tif", "tiff"), "pdf"),
    **dict.fromkeys(("heic", "heif", "bmp", "gif", "webp"), "jpg"),
    **dict.fromkeys(("mov", "avi", "wmv", "mkv", "flv"), "mp4"),
    **dict.fromkeys(("rar", "7z", "tar", "gz"), "zip"),
}
WITH_MACROS = ("docm", "dotm", "xlsm", "xltm", "xlam", "pptm")
OFFICE = {"docx": b"wordprocessingml.document.main+xml", "xlsx": b"spreadsheetml.sheet.main+xml"}
TYPES, LARGEST_TYPES = "[content_types].xml", MEGABYTE
MACRO_TYPES = (b"macroenabled", b"vbaproject", b"macrosheet")
MACRO_NAMES = ("vbaproject.bin", "vbadata.xml", "/macrosheets/")
MOST_MEMBERS, MOST_PARTS = 500, 2000
TAIL = 64 * 1024
NOT_TEXT = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What an accepted upload is: its media type and its ending without the dot (`jpeg` is `jpg`)."""

    media_type: str
    extension: str


def sniff(name: str, file: BinaryIO, limit: int = LARGEST) -> Sniffed:
    """Return what a seekable file of at most `limit` bytes is; raise `UploadRefused` or `FileTooLarge`."""
    size = file.seek(0, 2)
    extension = _check_extension(get_extension(clean_name(name)))
    if size > limit:
        raise FileTooLarge(size, limit)
    _check_file(file, extension, Budget(), is_inside=False)
    return Sniffed(MEDIA_TYPES[extension], extension)


def _check_extension(given: str) -> str:
    extension = SAME.get(given, given)
    if extension in MEDIA_TYPES:
        return extension
    if not extension:
        raise UploadRefused(Message("the name has no ending; accepted are {known}", known=tuple(MEDIA_TYPES)))
    shown = extension[:20]
    if extension in WITH_MACROS:
        raise UploadRefused(Message("a .{extension} file may hold macros; save it without them", extension=shown))
    if extension in INSTEAD:
        template = "a .{extension} file is not accepted; save it as .{instead}"
        raise UploadRefused(Message(template, extension=shown, instead=INSTEAD[extension]))
    template = "a .{extension} file is not accepted; accepted are {known}"
    raise UploadRefused(Message(template, extension=shown, known=tuple(MEDIA_TYPES)))


def _check_file(file: BinaryIO, extension: str, budget: Budget, *, is_inside: bool) -> None:
    if file.seek(0, 2) == 0:
        raise UploadRefused(Message("the file is empty (0 bytes)"))
    file.seek(0)
    content = find_content(file.read(HEAD))
    if extension in OFFICE or extension == "zip":
        _check_packed(file, extension, content, budget, is_inside=is_inside)
        return
    if content not in (("text", "unknown") if extension in ("txt", "csv") else (extension,)):
        _refuse_disguise(extension, content)
    CHECKS[extension](file)


def _refuse_disguise(extension: str, content: str) -> None:
    template = "the name ends in .{extension}, but the content is {content}"
    raise UploadRefused(Message(template, extension=extension, content=CONTENTS[content]))


def _check_packed(file: BinaryIO, extension: str, content: str, budget: Budget, *, is_inside: bool) -> None:
    if content == "ole" and _holds(file, "EncryptedPackage".encode("utf-16-le")):
        raise UploadRefused(Message("the document is encrypted; remove its password"))
    if content != "zip":
        _refuse_disguise(extension, content)
    if is_inside and extension == "zip":
        raise UploadRefused(Message("an archive inside an archive is not accepted"))
    members = list_members(file, MOST_MEMBERS if extension == "zip" else MOST_PARTS)
    found = _find_office(file, members, budget)
    if found != extension:
        _refuse_disguise(extension, found)
    for member in members:
        if extension == "zip" and not member.is_folder:
            _check_inside(file, member, budget)
        else:
            _drain(unpack(file, member, budget))


def _find_office(file: BinaryIO, members: Sequence[Member], budget: Budget) -> str:
    """Return which kind an archive is, `zip` for a plain one; refuse macros."""
    types = next((one for one in members if one.name.casefold() == TYPES), None)
    if types is None:
        return "zip"
    if types.size > LARGEST_TYPES:
        raise UploadRefused(Message("the document is damaged: its list of parts is too long"))
    listed = b"".join(unpack(file, types, budget)).lower()
    if b"\x00" in listed or b"<!" in listed.replace(b"<!--", b"") or b"&#" in listed:
        raise UploadRefused(Message("the document is damaged: its list of parts can't be read"))
    names = [f"/{one.name.casefold()}" for one in members]
    if any(one in listed for one in MACRO_TYPES) or any(one in name for name in names for one in MACRO_NAMES):
        raise UploadRefused(Message("the document holds macros; save it without them"))
    return next((kind for kind, main in OFFICE.items() if main in listed), "office")


def _check_inside(file: BinaryIO, member: Member, budget: Budget) -> None:
    """Check a member of an archive as if it had been uploaded by itself."""
    try:
        extension = _check_extension(get_extension(clean_name(member.name)))
        with SpooledTemporaryFile(max_size=8 * MEGABYTE) as unpacked:
            for piece in unpack(file, member, budget):
                unpacked.write(piece)
            _check_file(cast("BinaryIO", unpacked), extension, budget, is_inside=True)
    except UploadRefused as refused:
        text = Message("in the archive, {member}: {problem}", member=member.name[-200:], problem=refused.message)
        raise UploadRefused(text) from None


def _drain(pieces: Iterator[bytes]) -> None:
    for _piece in pieces:
        pass


def _check_pdf(file: BinaryIO) -> None:
    file.seek(0)
    if re.match(rb"%PDF-[12]\.\d", file.read(16)) is None:
        raise UploadRefused(Message("the PDF does not begin with its own header: something stands before it"))
    if b"%%EOF" not in _read_tail(file):
        raise UploadRefused(_name_cut_short())
    _refuse_two_kinds(file, "pdf")


def _check_png(file: BinaryIO) -> None:
    file.seek(8)
    if file.read(8) != b"\x00\x00\x00\x0dIHDR" or b"IEND\xaeB`\x82" not in _read_tail(file):
        raise UploadRefused(_name_cut_short())
    _refuse_two_kinds(file, "png")


def _check_jpg(file: BinaryIO) -> None:
    if not _holds(file, b"\xff\xd9"):
        raise UploadRefused(_name_cut_short())
    _refuse_two_kinds(file, "jpg")


def _check_mp4(file: BinaryIO) -> None:
    if b"moov" not in _list_boxes(file):
        raise UploadRefused(_name_cut_short())
    _refuse_two_kinds(file, "mp4")


def _list_boxes(file: BinaryIO, most: int = 10_000) -> list[bytes]:
    """Return the kinds of an MP4's outermost boxes that lie whole in the file."""
    found: list[bytes] = []
    end, place = file.seek(0, 2), 0
    while place + 8 <= end and len(found) < most:
        file.seek(place)
        header = file.read(16)
        size = int.from_bytes(header[:4], "big")
        size = int.from_bytes(header[8:16], "big") if size == 1 else size or end - place
        if size < 8 or place + size > end:
            break
        found.append(header[4:8])
        place += size
    return found


def _check_text(file: BinaryIO) -> None:
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise UploadRefused(Message("the text is in UTF-16; save it as UTF-8"))
    if _holds(file, b"\x00"):
        raise UploadRefused(Message("the text holds NUL bytes; it is no plain text"))
    if not any(_reads_as(file, encoding) for encoding in ("utf-8", "gb18030")):
        raise UploadRefused(Message("the text is neither UTF-8 nor GB18030, or holds control characters"))


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            if NOT_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_two_kinds(file: BinaryIO, content: str) -> None:
    file.seek(0)
    is_pdf = content != "pdf" and PDF_HEADER in file.read(PDF_WITHIN)
    if is_pdf or zipfile.is_zipfile(file):
        other = CONTENTS["pdf" if is_pdf else "zip"]
        raise UploadRefused(
            Message("the file is {content} and {other} at once", content=CONTENTS[content], other=other)
        )


def _read_tail(file: BinaryIO) -> bytes:
    file.seek(max(file.seek(0, 2) - TAIL, 0))
    return file.read(TAIL)


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    file.seek(0)
    before = b""
    while chunk := file.read(CHUNK):
        if wanted in before + chunk:
            return True
        before = chunk[-len(wanted) :]
    return False


def _name_cut_short() -> Message:
    return Message("the file is damaged or was cut short; its end is missing")


CHECKS: dict[str, Callable[[BinaryIO], None]] = {
    "pdf": _check_pdf,
    "png": _check_png,
    "jpg": _check_jpg,
    "mp4": _check_mp4,
    "txt": _check_text,
    "csv": _check_text,
}
