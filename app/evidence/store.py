"""Files on disk by the hash of their content.

A file comes into being whole or not at all: it is written beside its place, forced to disk and renamed. Rows are
written after it, so that none names a file that isn't there.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import BinaryIO, Protocol

from app.errors import KaoheError, Message, UnknownName

FILES = "files"
"""The store's folder in the data folder."""
CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}")
INCOMING, LOCK = ".incoming-", ".lock"
FULL = (errno.ENOSPC, errno.EDQUOT)
Opener = Callable[[Path], BinaryIO]


class Readable(Protocol):
    """A stream of bytes, such as an upload's; it needn't be seekable."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class StorageFull(KaoheError):
    """The disk has no room; nothing of the file was kept."""


class FileTooLarge(KaoheError):
    """More bytes than the limit; `size` counts those that were read until then."""

    def __init__(self, size: int, limit: int) -> None:
        shown = {"size": show_megabytes(size), "limit": show_megabytes(limit)}
        super().__init__(Message("the file is larger than {limit} MB ({size} MB were read)", **shown))
        self.size, self.limit = size, limit


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: the hash of its content in hexadecimal, its size in bytes."""

    sha256: str
    size: int


def show_megabytes(size: int) -> Decimal:
    """Return bytes as MB, rounded up to a tenth, so that what is over a limit looks it."""
    tenths = (Decimal(size) / MEGABYTE).quantize(Decimal("0.1"), ROUND_CEILING)
    return tenths.quantize(Decimal(1)) if tenths == int(tenths) else tenths


def open_new(path: Path) -> BinaryIO:
    """Open a file that must not be there yet, for writing and reading."""
    return path.open("x+b")


class Incoming:
    """A file that has arrived and can be looked at, but isn't kept yet."""

    def __init__(self, file: BinaryIO, stored: Stored) -> None:
        self.file, self.stored = file, stored
        self.is_kept = False

    def keep(self) -> Stored:
        """Let the file be kept when the block that received it ends well."""
        self.is_kept = True
        return self.stored


class FileStore:
    """Files in a folder as `aa/bb/<sha256>`, each content once; `opener` opens a new file for writing."""

    def __init__(self, folder: Path, opener: Opener = open_new) -> None:
        self.folder = folder
        self._opener = opener

    def put(self, stream: Readable, limit: int) -> Stored:
        """Keep a stream of at most `limit` bytes; raise `FileTooLarge` or `StorageFull` and keep nothing."""
        with self.receive(stream, limit) as incoming:
            return incoming.keep()

    @contextmanager
    def receive(self, stream: Readable, limit: int) -> Iterator[Incoming]:
        """Give an arrived stream to look at; it is kept when the block says so and ends without an error."""
        path = self.folder / f"{INCOMING}{secrets.token_hex(16)}"
        try:
            with _naming_full_disk():
                self.folder.mkdir(parents=True, exist_ok=True)
                with self._opener(path) as file:
                    incoming = Incoming(file, _copy(stream, file, limit))
                    yield incoming
                    if incoming.is_kept:
                        os.fsync(file.fileno())
                if incoming.is_kept:
                    self._move_in(path, incoming.stored.sha256)
        finally:
            with suppress(FileNotFoundError):
                path.unlink()

    def path(self, sha256: str) -> Path:
        """Return where a content is or would be; `UnknownName` for what is no hash."""
        if SHA256.fullmatch(sha256) is None:
            raise UnknownName(Message("no file has the hash {hash}", hash=sha256[:80]))
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a content for reading; `UnknownName` when it isn't here."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise UnknownName(Message("no file has the hash {hash}", hash=sha256)) from None

    def remove_orphans(self, known: Collection[str], older_than: dt.datetime) -> int:
        """Remove files that no row names and unfinished ones, both last stored before a moment; return how many.

        `older_than` must lie further back than any transaction that stores a file may last.
        """
        before, kept, removed = older_than.timestamp(), frozenset(known), 0
        for path in [*self.folder.glob(f"{INCOMING}*"), *self.folder.glob("??/??/*")]:
            if path.name not in kept and self._remove_old(path, before):
                removed += 1
        return removed

    def _remove_old(self, path: Path, before: float) -> bool:
        with self._locked(fcntl.LOCK_EX), suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                return True
        return False

    def _move_in(self, source: Path, sha256: str) -> None:
        """Move a file to its place, over an equal one: its age is then that of its last use."""
        target = self.path(sha256)
        with self._locked(fcntl.LOCK_SH):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            for folder in (target.parent, target.parent.parent, self.folder):
                _sync_folder(folder)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Keep a removal from taking a file that is being stored again."""
        with (self.folder / LOCK).open("ab") as lock:
            fcntl.flock(lock, how)
            yield


def _copy(stream: Readable, file: BinaryIO, limit: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(size, limit)
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    return Stored(digest.hexdigest(), size)


@contextmanager
def _naming_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise StorageFull(Message("the disk has no room for the file; nothing of it was kept")) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
