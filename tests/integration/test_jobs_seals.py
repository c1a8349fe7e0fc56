"""Hourly seals of the audit trail and their anchors; whom letters go to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.audit.verification import read_anchor
from app.clock import make_china_moment
from app.db import reading, transaction
from app.identity.operations import add_organisation, add_person, disable_person
from app.jobs.addresses import find_address
from app.jobs.seals import keep_anchors, seal_when_due, verify_trail
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
