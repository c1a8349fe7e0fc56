"""Evidence in the database: files with their rows, versions, withdrawals, reuse, and entered facts."""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from flask import Flask
from sqlalchemy import Column, Connection, MetaData, Table, func, select

from app.audit.values import Actor
from app.db import Id, bind_database, database, metadata, reading, transaction
from app.errors import KaoheError, UnknownName
from app.evidence.models import Evidence, evidence, facts, files
from app.evidence.operations import (
    add_file,
    add_received,
    receive_file,
)
from app.evidence.queries import (
    get_evidence,
    list_hashes,
)
from app.evidence.store import FileStore, StorageFull
from tests.integration.databases import make_database
from tests.unit.test_evidence_samples import PDF, PNG, XLSX

NOW = dt.datetime(2025, 4, 1, 8, 30, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
ACTOR = Actor(1, "张三")
CASE, OTHER_CASE, ORGANISATION = 1, 2, 1
OWNERS = ("cases", "people", "organisations")


def make_schema() -> MetaData:
    """Evidence's own tables with its owners' as mere numbers."""
    schema = MetaData(naming_convention=metadata.naming_convention)
    for name in OWNERS:
        Table(name, schema, Column("id", Id, primary_key=True))
    for table in (files, evidence, facts):
        table.to_metadata(schema)
    return schema


@contextmanager
def make_app(kind: str, folder: Path) -> Iterator[Flask]:
    """An application on a new database that holds these tables alone."""
    made, schema = Flask("kaohe"), make_schema()
    with make_database(kind, folder) as url:
        bind_database(made, url)
        with made.app_context():
            schema.create_all(database.engine)
            with transaction() as connection:
                for name in OWNERS:
                    connection.execute(schema.tables[name].insert(), [{"id": CASE}, {"id": OTHER_CASE}])
            yield made
            database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with make_app(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def upload(
    connection: Connection,
    store: FileStore,
    content: bytes = PDF,
    *,
    name: str = "总结.pdf",
    case_id: int = CASE,
    indicator: str = "2.3",
    requirement: int | None = 0,
    supersedes: int | None = None,
    now: dt.datetime = NOW,
) -> Evidence:
    stream = io.BytesIO(content)
    return add_file(
        connection,
        store,
        ACTOR,
        case_id,
        indicator,
        requirement,
        name,
        stream,
        ORGANISATION,
        now,
        supersedes=supersedes,
    )


def count_rows(table: Table) -> int:
    with reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def list_stored(store: FileStore) -> set[str]:
    return {path.name for path in store.folder.rglob("*") if path.is_file() and path.name != ".lock"}


def test_an_upload_becomes_evidence_with_its_file(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        added = upload(connection, store, name="C:\\材料\\总结.pdf")
    with reading() as connection:
        found = get_evidence(connection, added.id)
    assert found == added
    assert (found.name, found.number, found.size, found.media_type) == ("总结.pdf", 1, len(PDF), "application/pdf")
    assert (found.uploaded_by, found.uploaded_at, found.organisation_id) == (1, NOW, ORGANISATION)
    assert found.is_current
    with store.open(str(found.sha256)) as file:
        assert file.read() == PDF


def test_unknown_evidence_is_named(app: Flask) -> None:
    with reading() as connection, pytest.raises(UnknownName, match="unknown evidence 99"):
        get_evidence(connection, 99)


def test_the_same_content_at_the_same_place_is_the_same_evidence(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        again = upload(connection, store, name="总结（终稿）.pdf")
    assert again == first
    assert (count_rows(files), count_rows(evidence)) == (1, 1)


@pytest.mark.parametrize("requirement", [None, 0])
def test_the_same_content_may_prove_something_else_too(app: Flask, store: FileStore, requirement: int | None) -> None:
    with transaction() as connection:
        added = {upload(connection, store, requirement=requirement).id for _ in range(2)}
        added |= {upload(connection, store, requirement=1).id, upload(connection, store, indicator="2.4").id}
        added |= {upload(connection, store, case_id=OTHER_CASE).id}
    assert len(added) == 4
    assert (count_rows(files), count_rows(evidence)) == (1, 4)


def test_a_refused_file_leaves_no_row_and_no_file(app: Flask, store: FileStore) -> None:
    with pytest.raises(KaoheError, match="the content is a PNG picture"), transaction() as connection:
        upload(connection, store, PNG)
    assert (count_rows(files), count_rows(evidence), list_stored(store)) == (0, 0, set())


def test_a_transaction_that_fails_leaves_a_file_that_is_removed_later(app: Flask, store: FileStore) -> None:
    def upload_and_fail() -> None:
        with transaction() as connection:
            upload(connection, store)
            raise LookupError

    with pytest.raises(LookupError):
        upload_and_fail()
    assert (count_rows(files), len(list_stored(store))) == (0, 1)
    with transaction() as connection:
        kept = upload(connection, store, XLSX, name="台账.xlsx")
    with reading() as connection:
        known = list_hashes(connection)
    assert store.remove_orphans(known, dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) == 1
    assert list_stored(store) == known == {kept.sha256}


class SmallDisk:
    """Opens files on a disk with room for so many bytes in all."""

    def __init__(self, room: int) -> None:
        self.room = room

    def open(self, path: Path) -> BinaryIO:
        disk = self

        class OnSmallDisk(io.FileIO):
            def write(self, content: object, /) -> int:
                disk.room -= len(cast("bytes", content))
                if disk.room < 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return super().write(cast("bytes", content))

        return cast("BinaryIO", OnSmallDisk(path, "x+"))


def test_on_a_full_disk_no_row_is_without_its_file_and_uploads_work_again_when_there_is_room(
    app: Flask, store: FileStore
) -> None:
    disk = SmallDisk(room=50_000)
    small, full = FileStore(store.folder, disk.open), 0
    for n in range(60):
        content = PDF + f"%{n}".encode() * 500
        try:
            with transaction() as connection:
                upload(connection, small, content + b"%%EOF")
        except StorageFull:
            full += 1
    with reading() as connection:
        assert list_hashes(connection) == list_stored(store)
    assert 0 < full < 60
    assert count_rows(evidence) == 60 - full
    disk.room = 50_000
    with transaction() as connection:
        assert upload(connection, small, XLSX, name="台账.xlsx").sha256 in list_stored(store)


def test_eight_threads_that_upload_the_same_content_add_one_row(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        upload(connection, store, case_id=OTHER_CASE)
    together, indicators = threading.Barrier(8), [f"2.{n}" for n in range(10)]

    def upload_together(_n: int) -> list[int]:
        with app.app_context():
            received, added = receive_file(store, "总结.pdf", io.BytesIO(PDF)), []
            for indicator in indicators:
                together.wait(30)
                with transaction() as connection:
                    made = add_received(connection, ACTOR, CASE, indicator, 0, received, ORGANISATION, NOW)
                added.append(made.id)
            return added

    with ThreadPoolExecutor(8) as pool:
        assert len({tuple(added) for added in pool.map(upload_together, range(8))}) == 1
    assert (count_rows(files), count_rows(evidence)) == (1, 1 + len(indicators))
