"""Hourly seals of the audit trail and their anchors; whom letters go to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.audit.verification import read_anchor
from app.clock import SimulatedClock, make_china_moment
from app.db import reading, transaction
from app.identity.operations import add_organisation, add_person, disable_person
from app.jobs.addresses import find_address
from app.jobs.leader import FileLeader
from app.jobs.scheduler import Worker
from app.jobs.seals import keep_anchors, restore_anchors, seal_when_due, verify_trail
from tests.integration.world import World

NOW = make_china_moment(dt.date(2025, 1, 6), 9)
MINUTE = dt.timedelta(minutes=1)


def add_place(code: str, now: dt.datetime) -> int:
    with transaction() as connection:
        return add_organisation(connection, None, code, code, "authority", now).id


def verify(lines: list[str]) -> list[str]:
    with reading() as connection:
        return [finding.chain for finding in verify_trail(connection, lines)]


def test_what_changed_is_sealed_for_its_organisation_once_an_hour(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    first = add_place("first", NOW)
    assert [seal.organisation_id for seal in seal_when_due(NOW, path)] == [first]
    second = add_place("second", NOW + 20 * MINUTE)
    made = seal_when_due(NOW + 30 * MINUTE, path)
    assert [seal.organisation_id for seal in made] == [second]
    seal_when_due(NOW + 100 * MINUTE, path)
    assert seal_when_due(NOW + 200 * MINUTE, path) == []
    anchors = [read_anchor(line) for line in path.read_text("ascii").splitlines()]
    assert [anchor.organisation_id for anchor in anchors][:2] == [first, second]


def test_chains_of_cases_contracts_and_people_are_sealed_with_their_organisation(app: Flask, tmp_path: Path) -> None:
    world = World()
    made = {seal.organisation_id: seal.heads for seal in seal_when_due(world.now, tmp_path / "anchors.txt")}
    authority, vendor = made[world.cast.authority_id], made[world.cast.vendor_id]
    assert f'"case:{world.case.id}"' in authority
    assert f'"contract:{world.contract.id}"' in authority
    assert f'"person:{world.cast.people["party_staff"].id}"' in vendor
    assert "person:" in authority
    assert "case:" not in vendor
    assert verify((tmp_path / "anchors.txt").read_text("ascii").splitlines()) == []


def test_a_case_whose_last_entries_are_gone_is_found_by_its_own_head(app: Flask) -> None:
    world = World()
    with transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'")
            ).scalars()
            for name in list(names):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM audit_entries WHERE chain = :chain"), {"chain": f"case:{world.case.id}"})
    assert verify([]) == [f"case:{world.case.id}"]


def test_an_anchor_whose_seal_is_missing_is_found(app: Flask, tmp_path: Path) -> None:
    organisation_id = add_place("first", NOW)
    path = tmp_path / "folder" / "anchors.txt"
    seal_when_due(NOW, path)
    keep_anchors(path, [])
    line = path.read_text("ascii").strip()
    assert verify([line, "", line[:-64] + "f" * 64]) == [f"seal:{organisation_id}"]


def forget_anchors(path: Path, kept: str) -> None:
    """What a process leaves that ends between the commit of its seals and the file."""
    path.write_text(kept, "ascii")


def test_anchors_that_a_crash_kept_from_the_file_are_added_before_the_next_sealing(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    add_place("first", NOW)
    seal_when_due(NOW, path)
    before = path.read_text("ascii")
    add_place("second", NOW + 100 * MINUTE)
    seal_when_due(NOW + 100 * MINUTE, path)
    whole = path.read_text("ascii")
    assert len(whole) > len(before)
    for left in (before, "", whole[:-1], whole[:-30], whole[: len(before) + 1]):
        forget_anchors(path, left)
        assert seal_when_due(NOW + 101 * MINUTE, path) == []
        assert path.read_text("ascii") == whole
    path.unlink()
    seal_when_due(NOW + 102 * MINUTE, path)
    assert path.read_text("ascii") == whole
    assert verify(whole.splitlines()) == []


def test_an_anchor_without_its_seal_stays_in_the_file(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    add_place("first", NOW)
    seal_when_due(NOW, path)
    gone = f"7 {NOW.isoformat()} {'f' * 64}"
    path.write_text(path.read_text("ascii") + gone, "ascii")
    assert restore_anchors(path) == 0
    assert verify(path.read_text("ascii").splitlines()) == ["seal:7"]


def test_a_worker_that_starts_adds_all_anchors_that_are_missing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anchors.txt"
    add_place("first", NOW)
    seal_when_due(NOW, path)
    add_place("second", NOW + 100 * MINUTE)
    seal_when_due(NOW + 100 * MINUTE, path)
    whole = path.read_text("ascii")
    monkeypatch.setattr("app.jobs.seals.AT_ONCE", 1)
    forget_anchors(path, whole.splitlines(keepends=True)[-1])
    worker = Worker(FileLeader(tmp_path / "lock"), SimulatedClock(NOW + 101 * MINUTE), app.app_context, path)
    worker.seal()
    worker.leader.resign()
    assert sorted(path.read_text("ascii").splitlines()) == sorted(whole.splitlines())


def test_letters_go_to_people_with_an_address_and_an_account_in_use(app: Flask) -> None:
    place = add_place("first", NOW)
    with transaction() as connection:
        wang = add_person(connection, None, "wang", "王", "wang@example.invalid", place, None, [], NOW).id
        li = add_person(connection, None, "li", "李", "", place, None, [], NOW).id
        gone = add_person(connection, None, "zhou", "周", "zhou@example.invalid", place, None, [], NOW).id
        disable_person(connection, None, gone, NOW)
    found = find_address(wang)
    assert found is not None
    assert (found.name, found.email, found.language) == ("王", "wang@example.invalid", "zh")
    assert [find_address(number) for number in (li, gone, 9999)] == [None, None, None]
