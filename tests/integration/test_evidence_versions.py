"""Versions of evidence, withdrawals, links, and the same file seen elsewhere."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.db import transaction
from app.errors import KaoheError, UnknownName
from app.evidence.models import evidence
from app.evidence.operations import EvidenceRefused, add_link, add_received, receive_file, withdraw
from app.evidence.queries import list_evidence, list_reused
from app.evidence.store import FileStore
from tests.integration.test_evidence import (
    ACTOR,
    CASE,
    LATER,
    NOW,
    ORGANISATION,
    OTHER_CASE,
    count_rows,
    list_stored,
    make_app,
    upload,
)
from tests.unit.test_evidence_samples import PDF, PNG, XLSX


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with make_app(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_a_new_version_supersedes_the_old_one_and_both_stay(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        second = upload(connection, store, XLSX, name="台账.xlsx", supersedes=first.id)
        third = upload(connection, store, supersedes=second.id)
        listed = list_evidence(connection, CASE)
    assert [(one.number, one.supersedes, one.superseded_by) for one in listed] == [
        (1, None, second.id),
        (2, first.id, third.id),
        (3, second.id, None),
    ]
    assert [one.is_current for one in listed] == [False, False, True]
    assert third.sha256 == first.sha256


def test_the_same_new_version_twice_is_one(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        new = [upload(connection, store, XLSX, name="台账.xlsx", supersedes=first.id).id for _ in range(2)]
    assert new[0] == new[1]
    assert count_rows(evidence) == 2


def test_only_the_newest_version_of_the_same_place_can_be_superseded(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        upload(connection, store, XLSX, name="台账.xlsx", supersedes=first.id)
        with pytest.raises(EvidenceRefused, match="is withdrawn or has a newer version already"):
            upload(connection, store, PNG, name="截图.png", supersedes=first.id)
        with pytest.raises(EvidenceRefused, match="is evidence of something else"):
            upload(connection, store, PNG, name="截图.png", supersedes=first.id, requirement=1)
        with pytest.raises(EvidenceRefused, match="is evidence of something else"):
            upload(connection, store, PNG, name="截图.png", supersedes=first.id, case_id=OTHER_CASE)
        with pytest.raises(UnknownName):
            upload(connection, store, PNG, name="截图.png", supersedes=99)


def test_of_eight_new_versions_at_once_one_is_taken(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
    together = threading.Barrier(8)

    def supersede(n: int) -> bool:
        with app.app_context():
            received = receive_file(store, "总结.pdf", io.BytesIO(PDF + b"%" * n + b"\n"))
            together.wait(30)
            try:
                with transaction() as connection:
                    place = (CASE, "2.3", 0)
                    add_received(connection, ACTOR, *place, received, ORGANISATION, NOW, supersedes=first.id)
            except EvidenceRefused:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(supersede, range(1, 9))) == 1


def test_evidence_is_listed_by_indicator_place_and_version(app: Flask, store: FileStore) -> None:
    places = [("2.4", 0), ("2.3", 1), ("2.3", None), ("2.3", 0)]
    with transaction() as connection:
        for indicator, requirement in places:
            upload(connection, store, indicator=indicator, requirement=requirement)
        listed = list_evidence(connection, CASE)
        assert list_evidence(connection, OTHER_CASE) == []
    assert [(one.indicator, one.requirement) for one in listed] == [("2.3", None), ("2.3", 0), ("2.3", 1), ("2.4", 0)]


def test_withdrawn_evidence_stays_on_record_with_its_reason(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        added = upload(connection, store)
        gone = withdraw(connection, ACTOR, added.id, " 传错了文件 ", LATER)
        assert list_evidence(connection, CASE) == []
        assert list_evidence(connection, CASE, with_withdrawn=True) == [gone]
    assert (gone.withdrawn_at, gone.withdrawn_by, gone.reason, gone.is_current) == (LATER, 1, "传错了文件", False)
    assert list_stored(store) == {gone.sha256}


def test_what_was_withdrawn_can_be_uploaded_anew(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        added = upload(connection, store)
        withdraw(connection, ACTOR, added.id, "传错了文件", LATER)
        again = upload(connection, store)
    assert (again.id != added.id, again.number) == (True, 1)


def test_withdrawing_needs_a_reason_and_something_that_stands(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        second = upload(connection, store, XLSX, name="台账.xlsx", supersedes=first.id)
        for reason in ("", "  ", "长" * 1001):
            with pytest.raises(EvidenceRefused, match="give a reason of at most 1000"):
                withdraw(connection, ACTOR, second.id, reason, LATER)
        with pytest.raises(EvidenceRefused, match="has a newer version; withdraw that one"):
            withdraw(connection, ACTOR, first.id, "传错了文件", LATER)
        withdraw(connection, ACTOR, second.id, "传错了文件", LATER)
        with pytest.raises(EvidenceRefused, match="is withdrawn already"):
            withdraw(connection, ACTOR, second.id, "传错了文件", LATER)
        with pytest.raises(UnknownName):
            withdraw(connection, ACTOR, 99, "传错了文件", LATER)


def test_an_older_version_does_not_come_back_when_the_new_one_is_withdrawn(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        first = upload(connection, store)
        second = upload(connection, store, XLSX, name="台账.xlsx", supersedes=first.id)
        withdraw(connection, ACTOR, second.id, "传错了文件", LATER)
        assert [one.is_current for one in list_evidence(connection, CASE)] == [False]


def test_a_link_is_evidence_without_a_file(app: Flask) -> None:
    link = "https://example.gov.cn/公告/1"
    with transaction() as connection:
        added = [add_link(connection, ACTOR, CASE, "2.3", 0, link, ORGANISATION, NOW) for _ in range(2)]
        named = add_link(connection, ACTOR, CASE, "2.3", 1, link, ORGANISATION, NOW, name="公示网页")
        with pytest.raises(KaoheError, match="begins with http"):
            add_link(connection, ACTOR, CASE, "2.3", 0, "javascript:alert(1)", ORGANISATION, NOW)
    assert added[0] == added[1]
    assert (added[0].link, added[0].name, added[0].file_id, added[0].sha256) == (
        link,
        "example.gov.cn/公告/1",
        None,
        None,
    )
    assert named.name == "公示网页"


def test_a_file_may_supersede_a_link(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        link = add_link(connection, ACTOR, CASE, "2.3", 0, "https://example.gov.cn/", ORGANISATION, NOW)
        assert upload(connection, store, supersedes=link.id).number == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_id": None, "link": None},
        {"file_id": 1, "link": "https://a/"},
        {"file_id": 99},
        {"case_id": 99},
        {"number": 2},
        {"number": 0},
        {"withdrawn_at": NOW},
    ],
    ids=str,
)
def test_the_database_itself_refuses_evidence_that_cannot_be(
    app: Flask, store: FileStore, wrong: dict[str, object]
) -> None:
    with transaction() as connection:
        added = upload(connection, store)
        row = {column.name: getattr(added, column.name) for column in evidence.columns if column.name != "id"}
    with pytest.raises(IntegrityError), transaction() as connection:
        connection.execute(evidence.insert(), {**row, **wrong})


def test_a_file_used_elsewhere_is_found(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        here = upload(connection, store)
        beside = upload(connection, store, indicator="2.4")
        upload(connection, store, requirement=1)
        there = upload(connection, store, case_id=OTHER_CASE, now=LATER)
        gone = upload(connection, store, case_id=OTHER_CASE, indicator="9")
        withdraw(connection, ACTOR, gone.id, "传错了文件", LATER)
        upload(connection, store, XLSX, name="台账.xlsx")
        of_case = list_reused(connection, CASE)
    reused = of_case[here.id]
    assert [one.id for one in reused] == [beside.id, there.id]
    assert (reused[1].case_id, reused[1].indicator, reused[1].uploaded_at) == (OTHER_CASE, "2.3", LATER)
    assert {one.id for one in of_case[beside.id]} >= {here.id, there.id}
    assert len(of_case) == 3
