"""A look inside ZIP archives, Office documents among them, that trusts none of what they say about themselves."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import Message
from app.evidence.signatures import UploadRefused
from app.evidence.store import CHUNK, MEGABYTE

MOST_UNPACKED = 500 * MEGABYTE
MOST_RATIO = 100
RATIO_FROM = MEGABYTE
LARGEST_DIRECTORY = MEGABYTE
END, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
LOCAL, LOCAL_SIZE = b"PK\x03\x04", 30
ZIP64_LOCATOR, ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
IS_ENCRYPTED, IS_UTF8 = 0x1 | 0x40 | 0x2000, 0x800
SPECIAL = (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)
DAMAGED = (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OverflowError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive: its name as people read it, where its packed bytes are, what it should unpack to."""

    name: str
    header: int
    start: int
    packed: int
    size: int
    crc: int
    is_deflated: bool

    @property
    def is_folder(self) -> bool:
        """Whether it only names a folder."""
        return self.name.endswith("/")


class Budget:
    """How many bytes one upload may still unpack to, archives inside it included."""

    def __init__(self, left: int = MOST_UNPACKED) -> None:
        self.left = left

    def spend(self, count: int) -> None:
        """Take bytes off; raise `UploadRefused` when none are left."""
        self.left -= count
        if self.left < 0:
            raise UploadRefused(_name_too_much())


def list_members(file: BinaryIO, most: int) -> list[Member]:
    """Return an archive's members once names, sizes and places are found harmless; raise `UploadRefused`."""
    _check_directory(file, most)
    try:
        archive = zipfile.ZipFile(file)
        found = archive.infolist()
        directory = archive.start_dir
    except DAMAGED:
        raise UploadRefused(Message("the archive is damaged and can't be opened")) from None
    if not found:
        raise UploadRefused(Message("the archive is empty"))
    if len(found) > most:
        raise UploadRefused(_name_too_many(most))
    members = [_check_member(file, info) for info in found]
    _check_sizes(members)
    _check_places(members, directory)
    _check_doubles(members)
    return members


def unpack(file: BinaryIO, member: Member, budget: Budget) -> Iterator[bytes]:
    """Yield what a member unpacks to; raise `UploadRefused` where that isn't what the archive says."""
    damaged = UploadRefused(Message("the archive is damaged: {member}", member=member.name))
    file.seek(member.start)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.is_deflated else None
    left, size, crc = member.packed, 0, 0
    while left:
        packed = file.read(min(CHUNK, left))
        if not packed:
            raise damaged
        left -= len(packed)
        try:
            for piece in _inflate(unpacker, packed):
                size += len(piece)
                if size > member.size:
                    raise UploadRefused(Message("{member} unpacks to more than it says", member=member.name))
                budget.spend(len(piece))
                crc = zlib.crc32(piece, crc)
                yield piece
            if left:
                continue
        except zlib.error:
            raise damaged from None
    is_whole = unpacker is None or (unpacker.eof and not unpacker.unused_data)
    if not is_whole or (size, crc) != (member.size, member.crc):
        raise damaged


def _inflate(unpacker: zlib._Decompress | None, packed: bytes) -> Iterator[bytes]:
    if unpacker is None:
        yield packed
        return
    while packed:
        yield unpacker.decompress(packed, CHUNK)
        packed = unpacker.unconsumed_tail
    while piece := unpacker.decompress(b"", CHUNK):
        yield piece


def _check_directory(file: BinaryIO, most: int) -> None:
    """Refuse a list of members that would be dear to read, before it is read."""
    end = file.seek(0, 2)
    tail_size = min(end, END_SIZE + LONGEST_COMMENT + ZIP64_LOCATOR_SIZE)
    file.seek(end - tail_size)
    tail = file.read(tail_size)
    place = tail.rfind(END)
    if place < 0 or len(tail) < place + END_SIZE:
        raise UploadRefused(Message("the archive is damaged and can't be opened"))
    (size,) = struct.unpack_from("<L", tail, place + 12)
    has_zip64 = tail[max(place - ZIP64_LOCATOR_SIZE, 0) : place].startswith(ZIP64_LOCATOR)
    if size > LARGEST_DIRECTORY or has_zip64:
        raise UploadRefused(_name_too_many(most))


def _check_member(file: BinaryIO, info: zipfile.ZipInfo) -> Member:
    name = _check_name(info)
    if info.flag_bits & IS_ENCRYPTED:
        raise UploadRefused(Message("the archive is encrypted ({member}); remove its password", member=name))
    if stat.S_IFMT(info.external_attr >> 16) in SPECIAL:
        raise UploadRefused(Message("the archive holds {member}, which is a link or device and no file", member=name))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UploadRefused(Message("{member} is packed in an unusual way; pack it anew as plain ZIP", member=name))
    if name.endswith("/") and info.file_size:
        raise UploadRefused(Message("the archive is damaged: {member}", member=name))
    start = _find_start(file, info, name)
    is_deflated = info.compress_type == zipfile.ZIP_DEFLATED
    return Member(name, info.header_offset, start, info.compress_size, info.file_size, info.CRC, is_deflated)


def _check_name(info: zipfile.ZipInfo) -> str:
    raw = _get_raw_name(info)
    name = _decode_name(raw)
    shown = "".join(one if one.isprintable() else "�" for one in name)[:200]
    if any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in name):
        raise UploadRefused(Message("the archive holds a name with hidden characters: {member}", member=shown))
    parts = re.split(r"[/\\]", name)
    is_rooted = not parts[0] or re.match(r"[A-Za-z]:", name) is not None
    if is_rooted or ".." in parts or not name.strip("/\\ "):
        raise UploadRefused(Message("the archive holds a name that leads out of its folder: {member}", member=shown))
    return name.replace("\\", "/")


def _get_raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & IS_UTF8 else "cp437")


def _decode_name(raw: bytes) -> str:
    """Return a member's name; Chinese Windows writes GBK without saying so."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _find_start(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> int:
    """Return where a member's bytes start, once its own header names it as the list of members does."""
    # The stated length of the list can place members before the file's beginning.
    file.seek(max(info.header_offset, 0))
    header = file.read(LOCAL_SIZE)
    if info.header_offset < 0 or len(header) < LOCAL_SIZE or not header.startswith(LOCAL):
        raise UploadRefused(Message("the archive is damaged: {member}", member=name))
    name_size, extra_size = struct.unpack_from("<HH", header, 26)
    if file.read(name_size) != _get_raw_name(info):
        raise UploadRefused(Message("the archive names {member} in two ways", member=name))
    return info.header_offset + LOCAL_SIZE + int(name_size) + int(extra_size)


def _check_sizes(members: list[Member]) -> None:
    unpacked, packed = sum(one.size for one in members), sum(one.packed for one in members)
    if unpacked > MOST_UNPACKED:
        raise UploadRefused(_name_too_much())
    large = [(one.name, one.size, one.packed) for one in members if one.size > RATIO_FROM]
    for name, size, small in [*large, (members[0].name, unpacked, packed)]:
        if size > MOST_RATIO * small:
            text = Message("{member} unpacks to more than {most} times its size", member=name, most=MOST_RATIO)
            raise UploadRefused(text)


def _check_places(members: list[Member], directory: int) -> None:
    """Refuse members that share bytes, lie outside the archive or leave room for something else before them."""
    end = 0
    for one in sorted(members, key=lambda one: one.header):
        if one.header < end or (end == 0 and one.header > 0) or one.start + one.packed > directory:
            raise UploadRefused(Message("the archive's members overlap or lie outside it: {member}", member=one.name))
        end = one.start + one.packed


def _check_doubles(members: list[Member]) -> None:
    seen: set[str] = set()
    for one in members:
        folded = one.name.casefold()
        if folded in seen:
            raise UploadRefused(Message("the archive holds {member} twice", member=one.name))
        seen.add(folded)


def _name_too_many(most: int) -> Message:
    return Message("the archive holds more than {most} files", most=most)


def _name_too_much() -> Message:
    return Message("the archive unpacks to more than {most} MB", most=MOST_UNPACKED // MEGABYTE)
