"""Signing in, lock-out, sessions and passwords in a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.audit.queries import list_entries
from app.audit.values import Actor
from app.audit.verification import verify_chains
from app.db import database, reading, transaction
from app.errors import Message
from app.identity.models import Person, Session, people, sign_ins, unknown_sign_ins
from app.identity.operations import (
    NewRole,
    add_organisation,
    add_person,
    disable_person,
    unlock_person,
)
from app.identity.passwords import Hasher, make_hasher
from app.identity.queries import get_person
from app.identity.rules import SecurityParameters
from app.identity.sessions import (
    Refused,
    SignedIn,
    find_session,
    hash_token,
    sign_in,
)

NOW = dt.datetime(2025, 6, 1, 1, 0, tzinfo=dt.UTC)
SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
ADMIN = Actor(1, "李强")
CHEAP = make_hasher(cheap=True)
RIGHT, WRONG = "Abcdefg1", "Abcdefg2"
GENERIC = Message("User name or password is wrong.")


class CountingHasher(Hasher):
    """A cheap hasher that counts how often it compared."""

    def __init__(self) -> None:
        super().__init__(8, 1, 1)
        self.count = 0

    def verify(self, stored: str | None, password: str) -> bool:
        self.count += 1
        return super().verify(stored, password)


def add_wang(*roles: str, must_change_password: bool = False) -> Person:
    with transaction() as connection:
        authority = add_organisation(connection, ADMIN, "hongshan", "红山区人社局", "authority", NOW)
        return add_person(
            connection,
            ADMIN,
            "wang.fang",
            "王芳",
            "wf@example.cn",
            authority.id,
            RIGHT,
            [NewRole(role) for role in roles],
            NOW,
            must_change_password=must_change_password,
            hasher=CHEAP,
        )


def attempt(
    password: str,
    now: dt.datetime = NOW,
    username: str = "wang.fang",
    hasher: Hasher = CHEAP,
    parameters: SecurityParameters | None = None,
) -> SignedIn | Refused:
    with transaction() as connection:
        return sign_in(
            connection,
            username,
            password,
            "10.0.0.8",
            "Firefox",
            now,
            hasher=hasher,
            parameters=parameters or SecurityParameters(),
        )


def enter(now: dt.datetime = NOW) -> str:
    done = attempt(RIGHT, now)
    assert isinstance(done, SignedIn)
    return done.token


def look(token: str, now: dt.datetime) -> Session | None:
    with reading() as connection:
        return find_session(connection, token, now)


@contextmanager
def count_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*seen: object) -> None:
        if not str(seen[2]).startswith("BEGIN"):
            statements.append(str(seen[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def test_signing_in_opens_a_session_with_person_and_roles(app: Flask) -> None:
    wang = add_wang("scorer", "reviewer")
    session = look(enter(), NOW)
    assert session is not None
    assert session.person == wang
    assert session.organisation.name == "红山区人社局"
    assert [one.role for one in session.holdings] == ["scorer", "reviewer"]
    assert {one.holder_id for one in session.holdings} == {wang.id}


def test_a_person_without_a_role_has_a_session_without_roles(app: Flask) -> None:
    add_wang()
    session = look(enter(), NOW)
    assert session is not None
    assert session.holdings == ()


@pytest.mark.parametrize("username", ["WANG.FANG", " wang.fang ", "ｗａｎｇ．fang"])
def test_the_case_of_the_user_name_does_not_matter(app: Flask, username: str) -> None:
    add_wang()
    assert isinstance(attempt(RIGHT, username=username), SignedIn)


def test_the_token_is_stored_only_as_its_hash(app: Flask) -> None:
    add_wang()
    token, other = enter(), enter()
    assert token != other
    assert len(token) >= 43
    with reading() as connection:
        rows = connection.execute(select(sign_ins).order_by(sign_ins.c.id)).all()
        entries = list_entries(connection, "person:1")
    assert [row.token_hash for row in rows] == [hash_token(token), hash_token(other)]
    assert not any(token in str(value) for row in rows for value in row)
    assert not any(token in entry.details for entry in entries)
    assert (rows[0].address, rows[0].agent) == ("10.0.0.8", "Firefox")


def test_finding_a_session_is_one_statement(app: Flask) -> None:
    add_wang("scorer", "reviewer")
    token = enter()
    with reading() as connection, count_statements() as statements:
        assert find_session(connection, token, NOW) is not None
    assert [one.split()[0] for one in statements] == ["SELECT"]


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 43])
def test_a_made_up_token_opens_nothing(app: Flask, token: str) -> None:
    add_wang()
    enter()
    assert look(token, NOW) is None


def test_an_unknown_name_is_refused_just_like_a_wrong_password(app: Flask) -> None:
    add_wang()
    known, unknown = CountingHasher(), CountingHasher()
    for number in range(7):
        now = NOW + number * SECOND
        one, other = attempt(WRONG, now, hasher=known), attempt(WRONG, now, "nobody.here", hasher=unknown)
        assert one == other
        assert known.count == unknown.count == min(number + 1, 5)
    after = NOW + 6 * MINUTE
    assert attempt(WRONG, after) == attempt(WRONG, after, "nobody.here") == Refused(GENERIC)


@pytest.mark.parametrize("username", ["", "a\x00b", "\ud800", "x" * 5000, "a b", "' or 1=1 --"])
def test_a_name_that_no_account_could_bear_is_refused_like_any_other(app: Flask, username: str) -> None:
    hasher = CountingHasher()
    assert attempt(RIGHT, username=username, hasher=hasher) == Refused(GENERIC)
    assert hasher.count == 1


def test_unknown_names_are_kept_as_hashes_and_for_a_day_only(app: Flask) -> None:
    attempt(WRONG, username="typed-my-password")
    attempt(WRONG, NOW + 2 * DAY, username="another")
    with reading() as connection:
        rows = connection.execute(select(unknown_sign_ins)).all()
    assert len(rows) == 1
    assert "another" not in str(rows)


def test_a_disabled_account_and_one_without_password_are_refused_like_unknown_ones(app: Flask) -> None:
    wang = add_wang()
    with transaction() as connection:
        add_person(connection, ADMIN, "li.qiang", "李强", "", wang.organisation_id, None, (), NOW, hasher=CHEAP)
        disable_person(connection, ADMIN, wang.id, NOW)
    hasher = CountingHasher()
    assert attempt(RIGHT, hasher=hasher) == attempt(RIGHT, username="li.qiang", hasher=hasher) == Refused(GENERIC)
    assert hasher.count == 2


def test_five_failures_lock_the_account_for_five_minutes(app: Flask) -> None:
    add_wang()
    for number in range(4):
        assert attempt(WRONG, NOW + number * SECOND) == Refused(GENERIC)
    locked = attempt(WRONG, NOW + 4 * SECOND)
    assert isinstance(locked, Refused)
    assert locked.locked_until == NOW + 4 * SECOND + 5 * MINUTE
    assert "2025-06-01 09:05:04" in str(locked.message)
    hasher = CountingHasher()
    assert attempt(RIGHT, locked.locked_until - SECOND, hasher=hasher) == locked
    assert hasher.count == 0
    assert isinstance(attempt(RIGHT, locked.locked_until), SignedIn)


def test_after_a_lock_the_count_starts_anew(app: Flask) -> None:
    add_wang()
    for _ in range(5):
        attempt(WRONG)
    for number in range(4):
        assert attempt(WRONG, NOW + 5 * MINUTE + number * SECOND) == Refused(GENERIC)
    again = attempt(WRONG, NOW + 6 * MINUTE)
    assert isinstance(again, Refused)
    assert again.locked_until == NOW + 11 * MINUTE


def test_signing_in_forgets_earlier_failures(app: Flask) -> None:
    add_wang()
    for _ in range(3):
        for _ in range(4):
            assert attempt(WRONG) == Refused(GENERIC)
        assert isinstance(attempt(RIGHT), SignedIn)


def test_an_administrator_ends_a_lock(app: Flask) -> None:
    wang = add_wang()
    for _ in range(5):
        attempt(WRONG)
    with transaction() as connection:
        assert get_person(connection, wang.id).locked_until is not None
        unlock_person(connection, ADMIN, wang.id, NOW)
    assert isinstance(attempt(RIGHT), SignedIn)


def test_failures_and_locks_are_on_the_persons_chain(app: Flask) -> None:
    wang = add_wang()
    for _ in range(6):
        attempt(WRONG)
    with reading() as connection:
        entries = list_entries(connection, f"person:{wang.id}")
        assert verify_chains(connection) == []
    assert [one.action for one in entries] == ["person_added", *["sign_in_failed"] * 4, "account_locked"]
    assert not any(WRONG in one.details for one in entries)


@pytest.mark.parametrize("username", ["wang.fang", "nobody.here"])
def test_eight_failures_at_once_are_counted_exactly(app: Flask, username: str) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    add_wang()
    parameters = SecurityParameters(failures_allowed=100)

    def fail(_number: int) -> None:
        with app.app_context():
            assert attempt(WRONG, username=username, parameters=parameters) == Refused(GENERIC)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(8)))
    table = people if username == "wang.fang" else unknown_sign_ins
    with reading() as connection:
        assert connection.execute(select(table.c.failed_sign_ins)).scalar_one() == 8


def test_attempts_at_once_cannot_outrun_the_lock(app: Flask) -> None:
    add_wang()
    hasher = CountingHasher()

    def fail(_number: int) -> SignedIn | Refused:
        with app.app_context():
            return attempt(WRONG, hasher=hasher)

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(fail, range(8)))
    assert hasher.count == 5
    assert sum(one == Refused(GENERIC) for one in refused) == 4
