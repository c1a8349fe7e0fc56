"""The store of files: whole or not at all, each content once."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from app.errors import UnknownName
from app.evidence.store import CHUNK, FileStore, FileTooLarge, StorageFull

LIMIT = 2**20
CONTENT = b"abc" * 50_000
LATER = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)


class Endless:
    """A stream that never ends and counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int, /) -> bytes:
        self.read_bytes += size
        return bytes(size)


class Broken:
    """A stream that breaks off, as when somebody closes the browser."""

    def read(self, _size: int, /) -> bytes:
        raise ConnectionResetError


class FullDisk(io.FileIO):
    """A file on a disk with room for so many bytes."""

    def __init__(self, path: Path, room: int, error: int = errno.ENOSPC) -> None:
        super().__init__(path, "x+")
        self.room, self.error = room, error

    def write(self, content: object, /) -> int:
        self.room -= len(cast("bytes", content))
        if self.room < 0:
            raise OSError(self.error, os.strerror(self.error))
        return super().write(cast("bytes", content))


def make_full(room: int, error: int = errno.ENOSPC) -> Callable[[Path], BinaryIO]:
    return lambda path: cast("BinaryIO", FullDisk(path, room, error))


def make_buffered_full(room: int) -> Callable[[Path], BinaryIO]:
    """A disk that says only when the buffer is written out that it is full."""
    return lambda path: cast("BinaryIO", io.BufferedRandom(FullDisk(path, room), 2**20))


def list_files(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != ".lock"
    )


def list_kept(store: FileStore) -> list[str]:
    return [path for path in list_files(store.folder) if "/" in path]


def test_a_file_lies_under_the_hash_of_its_content(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    stored = store.put(io.BytesIO(CONTENT), LIMIT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert (stored.sha256, stored.size) == (sha256, len(CONTENT))
    assert list_files(store.folder) == [f"{sha256[:2]}/{sha256[2:4]}/{sha256}"]
    with store.open(sha256) as file:
        assert file.read() == CONTENT


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.put(io.BytesIO(CONTENT), LIMIT) == store.put(io.BytesIO(CONTENT), LIMIT)
    assert len(list_files(tmp_path)) == 1


def test_eight_threads_that_put_the_same_content_leave_one_whole_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: store.put(io.BytesIO(CONTENT), LIMIT), range(40)))
    assert len(set(stored)) == len(list_files(tmp_path)) == 1
    assert store.path(stored[0].sha256).read_bytes() == CONTENT


def test_an_endless_stream_is_left_as_soon_as_the_limit_is_passed(tmp_path: Path) -> None:
    stream = Endless()
    with pytest.raises(FileTooLarge, match="larger than 1 MB") as refused:
        FileStore(tmp_path).put(stream, LIMIT)
    assert stream.read_bytes <= LIMIT + CHUNK
    assert (refused.value.size, refused.value.limit) == (LIMIT + CHUNK, LIMIT)
    assert list_files(tmp_path) == []


def test_a_stream_of_just_the_limit_is_kept(tmp_path: Path) -> None:
    assert FileStore(tmp_path).put(io.BytesIO(bytes(LIMIT)), LIMIT).size == LIMIT


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        FileStore(tmp_path).put(Broken(), LIMIT)
    assert list_files(tmp_path) == []


@pytest.mark.parametrize(
    "opener",
    [make_full(0), make_full(CHUNK), make_full(CHUNK, errno.EDQUOT), make_buffered_full(CHUNK)],
    ids=["at once", "half-way", "by quota", "when written out"],
)
def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path, opener: Callable[[Path], BinaryIO]) -> None:
    with pytest.raises(StorageFull, match="no room"):
        FileStore(tmp_path, opener).put(io.BytesIO(CONTENT), LIMIT)
    assert list_files(tmp_path) == []


def test_another_fault_of_the_disk_is_not_called_full(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output"):
        FileStore(tmp_path, make_full(0, errno.EIO)).put(io.BytesIO(CONTENT), LIMIT)
    assert list_files(tmp_path) == []


def test_what_was_looked_at_and_not_kept_is_gone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with store.receive(io.BytesIO(CONTENT), LIMIT) as incoming:
        assert incoming.file.seek(0) == 0
        assert incoming.file.read() == CONTENT
    assert list_files(tmp_path) == []


def test_a_kept_file_whose_block_fails_is_gone(tmp_path: Path) -> None:
    def keep_and_fail() -> None:
        with FileStore(tmp_path).receive(io.BytesIO(CONTENT), LIMIT) as incoming:
            incoming.keep()
            raise LookupError

    with pytest.raises(LookupError):
        keep_and_fail()
    assert list_files(tmp_path) == []


def test_a_damaged_file_is_made_whole_when_its_content_comes_again(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = store.put(io.BytesIO(CONTENT), LIMIT)
    store.path(stored.sha256).write_bytes(b"rotten")
    store.put(io.BytesIO(CONTENT), LIMIT)
    assert store.path(stored.sha256).read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "/" * 64])
def test_what_is_no_hash_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownName, match="no file has the hash"):
        FileStore(tmp_path).path(name)


def test_a_content_that_is_not_here_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        FileStore(tmp_path).open("a" * 64)


def test_old_files_without_a_row_are_removed_and_no_others(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    known, orphan = (store.put(io.BytesIO(content), LIMIT) for content in (b"known", b"orphan"))
    (tmp_path / ".incoming-left").write_bytes(b"by a crash")
    assert store.remove_orphans({known.sha256}, LATER) == 2
    assert list_kept(store) == list_files(tmp_path)
    assert [Path(path).name for path in list_kept(store)] == [known.sha256]
    assert orphan.sha256 not in list_kept(store)


def test_a_file_that_was_just_stored_again_is_no_orphan_yet(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = store.put(io.BytesIO(CONTENT), LIMIT)
    os.utime(store.path(stored.sha256), (0, 0))
    store.put(io.BytesIO(CONTENT), LIMIT)
    assert store.remove_orphans((), dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)) == 0
    assert store.path(stored.sha256).is_file()


def test_an_empty_store_has_no_orphans(tmp_path: Path) -> None:
    assert FileStore(tmp_path / "none").remove_orphans((), LATER) == 0
