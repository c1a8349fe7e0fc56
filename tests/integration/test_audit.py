"""The audit trail in a database: chains under concurrency, guards, seals, tampering past the guards."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Connection, Table, delete, event, select, text, update
from sqlalchemy.exc import DatabaseError

from app.audit.guards import make_guard_removals
from app.audit.models import GUARDED, GUARDS, Finding, audit_entries, audit_seals
from app.audit.operations import append, record, seal_chains
from app.audit.queries import (
    find_head,
    find_last_seal,
    list_changed_chains,
    list_entries,
    list_heads,
    list_recent_entries,
)
from app.audit.rules import EMPTY, Head
from app.audit.values import Actor
from app.audit.verification import make_anchor, read_anchor, verify_chains
from app.db import database, reading, transaction

NOW = dt.datetime(2025, 3, 1, 8, 30, 15, 123456, tzinfo=dt.UTC)
WANG = Actor(7, "王芳")
HOUR = dt.timedelta(hours=1)


def fill(chains: int = 6, entries: int = 5) -> dict[str, Head]:
    heads = {}
    with transaction() as connection:
        for number in range(1, chains + 1):
            chain = f"case:{number}"
            new = [(WANG, "step_completed", {"step": "review", "number": place}) for place in range(entries)]
            heads[chain] = append(connection, EMPTY, chain, new, NOW)
    return heads


def remove_guards(connection: Connection) -> None:
    for table in GUARDED:
        for statement in make_guard_removals(table.name)[connection.dialect.name]:
            connection.execute(text(statement))


def test_entries_of_a_chain_come_back_as_they_were(app: Flask) -> None:
    with transaction() as connection:
        record(connection, "person:5", WANG, "role_granted", {"role": "scorer"}, NOW)
        record(connection, "person:5", None, "account_locked", {}, NOW + HOUR)
    with reading() as connection:
        first, second = list_entries(connection, "person:5")
        head = find_head(connection, "person:5")
        assert verify_chains(connection) == []
    assert (first.place, first.at, first.actor_id, first.actor_name) == (1, NOW, 7, "王芳")
    assert (first.action, first.details, first.previous_hash) == ("role_granted", '{"role":"scorer"}', EMPTY.hash)
    assert (second.place, second.previous_hash, second.actor_name) == (2, first.hash, "系统")
    assert head == second.head


def test_several_entries_of_a_kept_head_are_one_statement(app: Flask) -> None:
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    with transaction() as connection:
        head = append(connection, EMPTY, "case:1", [(WANG, "filed", {}), (None, "opened", {}), (WANG, "x", {})], NOW)
        assert append(connection, head, "case:1", [], NOW) == head
    assert [one.split()[0] for one in statements if not one.startswith("BEGIN")] == ["INSERT"]
    assert head.place == 3


def test_a_chain_does_not_fork_under_eight_writers(app: Flask) -> None:
    def write(writer: int) -> None:
        with app.app_context():
            for number in range(10):
                with transaction() as connection:
                    record(connection, "process:contract-quarter", WANG, "tried", {"by": writer, "n": number}, NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with reading() as connection:
        assert [one.place for one in list_entries(connection, "process:contract-quarter")] == list(range(1, 81))
        assert verify_chains(connection) == []


def test_two_writers_with_the_same_kept_head_cannot_both_be_right(app: Flask) -> None:
    fill(1, 1)
    with pytest.raises(DatabaseError), transaction() as connection:
        append(connection, EMPTY, "case:1", [(WANG, "again", {})], NOW)


@pytest.mark.parametrize("table", GUARDED, ids=lambda table: table.name)
@pytest.mark.parametrize("change", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_changes(app: Flask, table: Table, change: str) -> None:
    fill(2, 2)
    with transaction() as connection:
        seal_chains(connection, {3: ["case:1"]}, NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction() as connection:
        connection.execute(text(change.format(table.name)))
    with reading() as connection:
        assert verify_chains(connection) == []


def test_postgresql_refuses_to_empty_the_table(app: Flask) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction() as connection:
        connection.execute(text("TRUNCATE audit_entries"))


def test_a_migration_can_create_the_guards_by_itself(app: Flask) -> None:
    fill(1, 1)
    with transaction() as connection:
        remove_guards(connection)
        for dialect, statement in GUARDS:
            if dialect == connection.dialect.name:
                connection.execute(text(statement))
    with pytest.raises(DatabaseError, match="append-only"), transaction() as connection:
        connection.execute(delete(audit_entries))


def test_seals_follow_each_other_and_pass_over_empty_chains(app: Flask) -> None:
    heads = fill(3)
    with transaction() as connection:
        first = seal_chains(connection, {3: ["case:1", "case:2"], 4: ["case:9"]}, NOW)
        (second,) = seal_chains(connection, {3: ["case:3"]}, NOW + HOUR)
    assert [seal.organisation_id for seal in first] == [3]
    assert second.previous_hash == first[0].hash
    with reading() as connection:
        assert find_last_seal(connection, 3) == second
        assert find_last_seal(connection, 4) is None
        assert list_heads(connection, ["case:3", "case:1", "case:9"]) == {n: heads[n] for n in ("case:1", "case:3")}
        assert verify_chains(connection, [read_anchor(make_anchor(one)) for one in (first[0], second)], heads) == []


def test_changed_chains_are_those_with_an_entry_since(app: Flask) -> None:
    fill(2, 1)
    with transaction() as connection:
        record(connection, "person:1", WANG, "signed_in", {}, NOW + HOUR)
    with reading() as connection:
        assert list_changed_chains(connection, NOW) == ["case:1", "case:2", "person:1"]
        assert list_changed_chains(connection, NOW + HOUR) == ["person:1"]


def test_more_heads_are_read_than_one_statement_holds(app: Flask) -> None:
    heads = fill(1100, 1)
    with reading() as connection:
        assert list_heads(connection, heads.keys()) == heads


def test_recent_entries_come_newest_first_and_page_on(app: Flask) -> None:
    fill(2, 3)
    with transaction() as connection:
        record(connection, "person:1", Actor(9, "李强"), "signed_in", {}, NOW + HOUR)
    with reading() as connection:
        page = list_recent_entries(connection, most=2)
        assert [(one.chain, one.place) for one in page] == [("person:1", 1), ("case:2", 3)]
        rest = list_recent_entries(connection, before_id=page[-1].id)
        assert [one.id for one in rest] == [5, 4, 3, 2, 1]
        assert len(list_recent_entries(connection, chain="case:1")) == 3
        assert len(list_recent_entries(connection, actor_id=9)) == 1
        assert len(list_recent_entries(connection, from_=NOW + HOUR)) == 1
        assert len(list_recent_entries(connection, to=NOW + HOUR)) == 6


def edit_entry(connection: Connection, chance: random.Random, entry: int) -> None:
    changes: list[dict[str, object]] = [
        {"at": NOW + HOUR},
        {"actor_id": 8},
        {"actor_name": "李强"},
        {"action": "step_lapsed"},
        {"details": "{}"},
        {"previous_hash": "f" * 64},
        {"hash": "f" * 64},
        {"place": 99},
        {"chain": "case:99"},
    ]
    connection.execute(update(audit_entries).where(audit_entries.c.id == entry).values(chance.choice(changes)))


def delete_entry(connection: Connection, _chance: random.Random, entry: int) -> None:
    connection.execute(delete(audit_entries).where(audit_entries.c.id == entry))


def swap_with_next(connection: Connection, _chance: random.Random, entry: int) -> None:
    place, chain = connection.execute(
        select(audit_entries.c.place, audit_entries.c.chain).where(audit_entries.c.id == entry)
    ).one()
    other = place + 1 if place < 5 else place - 1
    of_chain = audit_entries.c.chain == chain
    for old, new in ((place, 0), (other, place), (0, other)):
        where = (of_chain, audit_entries.c.place == old)
        connection.execute(update(audit_entries).where(*where).values(place=new))


def cut_tail(connection: Connection, _chance: random.Random, entry: int) -> None:
    place, chain = connection.execute(
        select(audit_entries.c.place, audit_entries.c.chain).where(audit_entries.c.id == entry)
    ).one()
    connection.execute(delete(audit_entries).where(audit_entries.c.chain == chain, audit_entries.c.place >= place))


@pytest.mark.parametrize(
    "tamper", [edit_entry, delete_entry, swap_with_next, cut_tail], ids=lambda one: str(one.__name__)
)
def test_tampering_past_the_guards_is_found(
    app: Flask, tamper: Callable[[Connection, random.Random, int], None]
) -> None:
    fill()
    with transaction() as connection:
        (seal,) = seal_chains(connection, {3: [f"case:{number}" for number in range(1, 7)]}, NOW)
        remove_guards(connection)
    chance = random.Random(20250301)  # noqa: S311  # a fixed seed, nothing secret
    anchors = [read_anchor(make_anchor(seal))]
    for _ in range(25):
        with database.engine.connect() as connection:
            tamper(connection, chance, chance.randint(1, 30))
            assert verify_chains(connection, anchors) != []
    with reading() as connection:
        assert verify_chains(connection, anchors) == []


def test_a_cut_tail_that_was_not_sealed_yet_is_found_by_the_head_that_its_case_keeps(app: Flask) -> None:
    heads = fill(2, 3)
    with transaction() as connection:
        remove_guards(connection)
        connection.execute(delete(audit_entries).where(audit_entries.c.place == 3, audit_entries.c.chain == "case:2"))
    with reading() as connection:
        assert verify_chains(connection) == []
        found = verify_chains(connection, expected_heads=heads)
    assert [(one.chain, one.place) for one in found] == [("case:2", 2)]


def test_what_only_sqlite_lets_a_tamperer_write_is_found_too(app: Flask) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL checks types")
    fill(1, 3)
    with transaction() as connection:
        remove_guards(connection)
    for change in ("at = 'soon'", "at = 5", "place = 'first'", "details = x'ff00'", "actor_id = 'me'", "chain = 7"):
        with database.engine.connect() as connection:
            connection.execute(text(f"UPDATE audit_entries SET {change} WHERE id = 2"))  # noqa: S608  # no outside text
            assert verify_chains(connection) != [], change


def test_removed_and_changed_seals_are_found(app: Flask) -> None:
    fill(2, 2)
    with transaction() as connection:
        seals = [*seal_chains(connection, {3: ["case:1"]}, NOW), *seal_chains(connection, {3: ["case:2"]}, NOW + HOUR)]
        remove_guards(connection)
    anchors = [read_anchor(make_anchor(seals[1]))]
    for change in (
        delete(audit_seals).where(audit_seals.c.id == 2),
        delete(audit_seals).where(audit_seals.c.id == 1),
        delete(audit_seals),
        update(audit_seals).where(audit_seals.c.id == 1).values(heads="{}"),
        update(audit_seals).where(audit_seals.c.id == 2).values(at=NOW),
    ):
        with database.engine.connect() as connection:
            connection.execute(change)
            found: list[Finding] = verify_chains(connection, anchors)
        assert {one.chain for one in found} == {"seal:3"}
