"""Sessions and their ends, changing passwords, in a database."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.audit.queries import list_entries
from app.db import reading, transaction
from app.identity.models import people, sign_ins
from app.identity.operations import PasswordRefused, change_password, disable_person, end_role, set_password
from app.identity.passwords import Hasher
from app.identity.queries import list_holdings_of, list_open_sign_ins
from app.identity.sessions import Refused, SignedIn, end_sessions, is_touch_due, sign_in, sign_out, touch_session
from tests.integration.test_identity_sign_in import (
    ADMIN,
    CHEAP,
    DAY,
    GENERIC,
    MINUTE,
    NOW,
    RIGHT,
    SECOND,
    WRONG,
    add_wang,
    attempt,
    count_statements,
    enter,
    look,
)


def test_a_session_ends_after_half_an_hour_without_use(app: Flask) -> None:
    add_wang()
    token = enter()
    assert look(token, NOW + 30 * MINUTE - SECOND) is not None
    assert look(token, NOW + 30 * MINUTE) is None


def test_use_keeps_a_session_open_until_twelve_hours_are_over(app: Flask) -> None:
    add_wang()
    token, now = enter(), NOW
    for _ in range(29):
        now += 24 * MINUTE
        session = look(token, now)
        assert session is not None
        with transaction() as connection:
            assert touch_session(connection, session, now)
    last = NOW + 12 * 60 * MINUTE
    assert look(token, last - SECOND) is not None
    assert look(token, last) is None


def test_use_is_written_down_once_a_minute(app: Flask) -> None:
    add_wang()
    session = look(enter(), NOW)
    assert session is not None
    assert not is_touch_due(session, NOW + 59 * SECOND)
    with transaction() as connection, count_statements() as statements:
        assert not touch_session(connection, session, NOW + 59 * SECOND)
        assert statements == []
        assert touch_session(connection, session, NOW + MINUTE)
        assert not touch_session(connection, session, NOW + MINUTE)
    assert len(statements) == 2


def test_signing_out_ends_one_session(app: Flask) -> None:
    wang = add_wang()
    token, other = enter(), enter()
    with transaction() as connection:
        sign_out(connection, token, NOW)
        sign_out(connection, token, NOW)
        sign_out(connection, "never seen", NOW)
        assert len(list_open_sign_ins(connection, wang.id, NOW)) == 1
        actions = [one.action for one in list_entries(connection, f"person:{wang.id}")]
    assert actions == ["person_added", "signed_in", "signed_in", "signed_out"]
    assert look(token, NOW) is None
    assert look(other, NOW) is not None


def test_an_ended_session_is_not_touched(app: Flask) -> None:
    wang = add_wang()
    session = look(enter(), NOW)
    assert session is not None
    with transaction() as connection:
        assert end_sessions(connection, wang.id, NOW) == 1
        assert not touch_session(connection, session, NOW + 2 * MINUTE)


def test_a_disabled_person_loses_sessions_at_once(app: Flask) -> None:
    wang = add_wang()
    token = enter()
    with transaction() as connection:
        disable_person(connection, ADMIN, wang.id, NOW)
    assert look(token, NOW) is None
    with transaction() as connection:
        connection.execute(update(sign_ins).values(ended_at=None))
    assert look(token, NOW) is None


def test_a_role_that_ended_is_gone_from_the_open_session_the_next_day_in_china(app: Flask) -> None:
    wang = add_wang("scorer")
    token = enter(NOW + 14 * 60 * MINUTE + 45 * MINUTE)
    with transaction() as connection:
        (held,) = list_holdings_of(connection, wang.id)
        end_role(connection, ADMIN, held.id, dt.date(2025, 6, 1), NOW)
    before, after = (look(token, NOW + 15 * 60 * MINUTE - step * SECOND) for step in (1, 0))
    assert before is not None
    assert [one.role for one in before.holdings] == ["scorer"]
    assert after is not None
    assert after.holdings == ()


def test_a_password_set_by_an_administrator_ends_all_sessions_and_must_be_changed(app: Flask) -> None:
    wang = add_wang()
    token = enter()
    with transaction() as connection:
        set_password(connection, ADMIN, wang.id, "Neues-Wort7", NOW, hasher=CHEAP)
    assert look(token, NOW) is None
    assert attempt(RIGHT) == Refused(GENERIC)
    done = attempt("Neues-Wort7")
    assert isinstance(done, SignedIn)
    assert done.person.must_change_password


def test_changing_ones_password_keeps_only_the_session_at_hand(app: Flask) -> None:
    wang = add_wang(must_change_password=True)
    token, other = enter(), enter()
    session = look(token, NOW)
    assert session is not None
    assert session.person.must_change_password
    with transaction() as connection:
        changed = change_password(connection, wang.id, RIGHT, "Neues-Wort7", NOW, kept_session=session.id, hasher=CHEAP)
    assert changed is None
    assert look(other, NOW) is None
    kept = look(token, NOW)
    assert kept is not None
    assert not kept.person.must_change_password
    assert isinstance(attempt("Neues-Wort7"), SignedIn)


def test_wrong_old_passwords_are_counted_and_lock(app: Flask) -> None:
    wang = add_wang()
    for _ in range(5):
        with transaction() as connection:
            refused = change_password(connection, wang.id, WRONG, "Neues-Wort7", NOW, hasher=CHEAP)
    assert isinstance(refused, Refused)
    assert refused.locked_until == NOW + 5 * MINUTE
    assert isinstance(attempt(RIGHT), Refused)


@pytest.mark.parametrize("new", [RIGHT, "short1A", "Wang.Fang1"])
def test_a_new_password_against_the_rules_is_refused(app: Flask, new: str) -> None:
    wang = add_wang()
    with pytest.raises(PasswordRefused), transaction() as connection:
        change_password(connection, wang.id, RIGHT, new, NOW, hasher=CHEAP)
    assert isinstance(attempt(RIGHT), SignedIn)


def test_a_password_must_be_changed_once_it_is_ninety_days_old(app: Flask) -> None:
    add_wang()
    found = []
    for now in (NOW + 90 * DAY - SECOND, NOW + 90 * DAY):
        done = attempt(RIGHT, now)
        assert isinstance(done, SignedIn)
        session = look(done.token, now)
        assert session is not None
        found.append((done.person.must_change_password, session.person.must_change_password))
    assert found == [(False, False), (True, True)]


def test_a_hash_with_other_parameters_is_renewed_at_sign_in(app: Flask) -> None:
    add_wang()
    stronger = Hasher(16, 1, 1)
    assert isinstance(attempt(RIGHT, hasher=stronger), SignedIn)
    with reading() as connection:
        stored = connection.execute(select(people.c.password_hash)).scalar_one()
    assert not stronger.is_outdated(stored)
    assert isinstance(attempt(RIGHT, hasher=stronger), SignedIn)


def test_changes_of_passwords_are_recorded_without_them(app: Flask) -> None:
    wang = add_wang()
    with transaction() as connection:
        change_password(connection, wang.id, WRONG, "Neues-Wort7", NOW, hasher=CHEAP)
        change_password(connection, wang.id, RIGHT, "Neues-Wort7", NOW, hasher=CHEAP)
        set_password(connection, ADMIN, wang.id, "Anderes-Wort8", NOW, hasher=CHEAP)
        entries = list_entries(connection, f"person:{wang.id}")
    assert [one.action for one in entries[1:]] == ["password_change_failed", "password_changed", "password_set"]
    assert not any("Wort" in one.details or RIGHT in one.details or "argon2" in one.details for one in entries)


def test_what_a_browser_sends_is_shortened_and_cleaned(app: Flask) -> None:
    add_wang()
    with transaction() as connection:
        sign_in(connection, "wang.fang", RIGHT, "1" * 500, "a\x00b\n" + "c" * 5000, NOW, hasher=CHEAP)
        (row,) = list_open_sign_ins(connection, 1, NOW)
    assert (len(row.address), len(row.agent), row.agent[:3]) == (60, 300, "abc")
