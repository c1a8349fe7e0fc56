"""Organisations, accounts and roles in a database."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from app.audit.queries import list_entries
from app.audit.values import Actor
from app.audit.verification import verify_chains
from app.db import reading, transaction
from app.errors import UnknownName
from app.identity.models import Organisation, Person, RoleHolding, organisations, people, role_holdings
from app.identity.operations import (
    AccountRefused,
    NewRole,
    PasswordRefused,
    add_organisation,
    add_person,
    disable_person,
    enable_person,
    end_role,
    grant_role,
    set_language,
)
from app.identity.passwords import make_hasher
from app.identity.queries import (
    find_organisation_by_code,
    find_person_by_username,
    get_organisation,
    get_person,
    list_holders,
    list_holdings_of,
    list_organisations,
    list_people,
    list_roles_of,
)

NOW = dt.datetime(2025, 6, 1, 1, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 6, 1)
DAY = dt.timedelta(days=1)
ADMIN = Actor(1, "李强")
CHEAP = make_hasher(cheap=True)


def add_authority(connection: Connection, code: str = "hongshan", kind: str = "authority") -> Organisation:
    return add_organisation(connection, ADMIN, code, "红山区人社局", kind, NOW)


def add_wang(
    connection: Connection, organisation: Organisation, *roles: NewRole, username: str = "Wang.Fang"
) -> Person:
    return add_person(
        connection, ADMIN, username, "王芳", "wf@example.cn", organisation.id, "Abcdefg1", roles, NOW, hasher=CHEAP
    )


def test_an_organisation_is_found_by_number_code_and_kind(app: Flask) -> None:
    with transaction() as connection:
        authority = add_authority(connection)
        vendor = add_organisation(connection, ADMIN, "acme", "某公司", "vendor", NOW)
    with reading() as connection:
        assert get_organisation(connection, authority.id) == authority
        assert find_organisation_by_code(connection, "acme") == vendor
        assert find_organisation_by_code(connection, "Acme") is None
        assert list_organisations(connection) == [vendor, authority]
        assert list_organisations(connection, "authority") == [authority]
        assert [one.action for one in list_entries(connection, f"organisation:{vendor.id}")] == ["organisation_added"]
        with pytest.raises(UnknownName):
            get_organisation(connection, 99)


@pytest.mark.parametrize(
    ("code", "name", "kind", "field"),
    [
        ("hongshan", "另一个局", "authority", "code"),
        (" ", "另一个局", "authority", "code"),
        ("other", "", "authority", "name"),
        ("other", "a\x00b", "authority", "name"),
        ("other", "另一个局", "friend", "kind"),
    ],
)
def test_an_organisation_that_cannot_be_right_is_refused(
    app: Flask, code: str, name: str, kind: str, field: str
) -> None:
    with transaction() as connection:
        add_authority(connection)
        with pytest.raises(AccountRefused) as refused:
            add_organisation(connection, ADMIN, code, name, kind, NOW)
    assert refused.value.field == field


def test_the_database_knows_the_kinds_too(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction() as connection:
        connection.execute(insert(organisations).values(code="a", name="a", kind="friend", created_at=NOW))


def test_a_person_is_found_whatever_the_case_of_the_user_name(app: Flask) -> None:
    with transaction() as connection:
        authority = add_authority(connection)
        wang = add_wang(connection, authority)
        with pytest.raises(AccountRefused) as refused:
            add_wang(connection, authority, username="WANG.fang")
    assert (wang.username, refused.value.field) == ("wang.fang", "username")
    with reading() as connection:
        assert find_person_by_username(connection, " WANG.FANG") == wang == get_person(connection, wang.id)
        assert find_person_by_username(connection, "wang") is None
        assert list_people(connection, authority.id) == [wang]
        with pytest.raises(UnknownName):
            get_person(connection, 99)


def test_a_new_account_must_change_its_password_and_keeps_only_a_hash(app: Flask) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection))
        stored = connection.execute(select(people.c.password_hash)).scalar_one()
    assert wang.must_change_password
    assert wang.actor == Actor(wang.id, "王芳")
    assert CHEAP.verify(stored, "Abcdefg1")
    assert "Abcdefg1" not in stored


def test_a_weak_password_adds_nobody(app: Flask) -> None:
    with transaction() as connection:
        authority = add_authority(connection)
        with pytest.raises(PasswordRefused) as refused:
            add_person(connection, ADMIN, "li", "李强", "", authority.id, "abc", (), NOW, hasher=CHEAP)
        assert list_people(connection, authority.id) == []
    assert len(refused.value.problems) == 2


def test_roles_are_held_on_their_first_and_last_day(app: Flask) -> None:
    with transaction() as connection:
        authority = add_authority(connection)
        role = NewRole("scorer", from_date=TODAY + DAY, to_date=TODAY + 3 * DAY)
        wang = add_wang(connection, authority, role)
    with reading() as connection:
        found = [
            (
                len(list_roles_of(connection, wang.id, TODAY + number * DAY)),
                len(list_holders(connection, "scorer", authority.id, None, TODAY + number * DAY)),
            )
            for number in range(5)
        ]
    assert found == [(0, 0), (1, 1), (1, 1), (1, 1), (0, 0)]


def test_holders_are_those_of_the_role_organisation_and_programme(app: Flask) -> None:
    with transaction() as connection:
        authority, other = add_authority(connection), add_authority(connection, "chifeng")
        every = add_wang(connection, authority, NewRole("scorer"), username="every")
        one = add_wang(connection, authority, NewRole("scorer", programme="chifeng-hr-park"), username="one")
        both = add_wang(
            connection, other, NewRole("scorer", authority.id, "chifeng-hr-park"), NewRole("scorer", authority.id)
        )
        add_wang(connection, authority, NewRole("reviewer"), username="reviewer")
        add_wang(connection, authority, NewRole("scorer", other.id), username="elsewhere")
    with reading() as connection:
        listed = list_holders(connection, "scorer", authority.id, "chifeng-hr-park", TODAY)
        assert listed == [every, one, both]
        assert list_holders(connection, "scorer", authority.id, "sme-empowerment", TODAY) == [every, both]
        assert list_holders(connection, "scorer", authority.id, None, TODAY) == [every, both]


def test_disabled_people_hold_nothing_until_enabled(app: Flask) -> None:
    with transaction() as connection:
        authority = add_authority(connection)
        wang = add_wang(connection, authority, NewRole("scorer"))
        disable_person(connection, ADMIN, wang.id, NOW)
        assert not get_person(connection, wang.id).is_active
        assert list_holders(connection, "scorer", authority.id, None, TODAY) == []
        enable_person(connection, ADMIN, wang.id, NOW)
        assert list_holders(connection, "scorer", authority.id, None, TODAY) == [wang]


def test_the_three_administrators_are_three_accounts(app: Flask) -> None:
    with transaction() as connection:
        authority, operator = add_authority(connection), add_authority(connection, "operator", "operator")
        system = add_wang(connection, operator, NewRole("system_admin"), username="system")
        for role in (NewRole("audit_admin"), NewRole("security_admin"), NewRole("scorer", authority.id)):
            with pytest.raises(AccountRefused) as refused:
                grant_role(connection, ADMIN, system.id, role, NOW)
            assert refused.value.field == "role"
        scorer = add_wang(connection, authority, NewRole("scorer", to_date=TODAY), username="scorer")
        with pytest.raises(AccountRefused):
            grant_role(connection, ADMIN, scorer.id, NewRole("audit_admin", operator.id), NOW)
        late = NewRole("audit_admin", operator.id, from_date=TODAY + DAY)
        assert grant_role(connection, ADMIN, scorer.id, late, NOW).from_date == TODAY + DAY


@pytest.mark.parametrize(
    ("role", "kind"),
    [("scorer", "vendor"), ("scorer", "operator"), ("party_staff", "operator"), ("system_admin", "authority")],
)
def test_a_role_is_held_only_on_its_own_side(app: Flask, role: str, kind: str) -> None:
    with transaction() as connection:
        person = add_wang(connection, add_authority(connection, "one", kind))
        with pytest.raises(AccountRefused):
            grant_role(connection, ADMIN, person.id, NewRole(role), NOW)


def test_a_role_is_not_held_twice_at_a_time_but_again_later(app: Flask) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection), NewRole("scorer"))
        with pytest.raises(AccountRefused):
            grant_role(connection, ADMIN, wang.id, NewRole("scorer", from_date=TODAY + 10 * DAY), NOW)
        (held,) = list_holdings_of(connection, wang.id)
        end_role(connection, ADMIN, held.id, TODAY, NOW)
        with pytest.raises(AccountRefused):
            grant_role(connection, ADMIN, wang.id, NewRole("scorer"), NOW)
        again = grant_role(connection, ADMIN, wang.id, NewRole("scorer", from_date=TODAY + DAY), NOW)
        assert list_roles_of(connection, wang.id, TODAY + DAY) == [again]
        with pytest.raises(AccountRefused):
            end_role(connection, ADMIN, held.id, TODAY + 9 * DAY, NOW)


@pytest.mark.parametrize("programme", [None, "chifeng-hr-park"])
def test_the_database_too_knows_that_a_role_is_held_once(app: Flask, programme: str | None) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection), NewRole("scorer", programme=programme))
        (held,) = list_holdings_of(connection, wang.id)
    again = {"role": "scorer", "programme": programme, "from_date": TODAY + DAY, "to_date": None}
    values = {"person_id": wang.id, "organisation_id": held.organisation_id, **again}
    with pytest.raises(IntegrityError), transaction() as connection:
        connection.execute(insert(role_holdings), values)


def test_a_role_granted_by_mistake_is_taken_back_and_granted_anew_the_same_day(app: Flask) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection), NewRole("scorer"))
        (held,) = list_holdings_of(connection, wang.id)
        end_role(connection, ADMIN, held.id, TODAY - DAY, NOW)
        assert list_roles_of(connection, wang.id, TODAY) == []
        again = grant_role(connection, ADMIN, wang.id, NewRole("scorer"), NOW)
        assert list_roles_of(connection, wang.id, TODAY) == [again]


def test_a_role_cannot_end_before_it_begins_or_be_unknown(app: Flask) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection))
        with pytest.raises(AccountRefused) as refused:
            grant_role(connection, ADMIN, wang.id, NewRole("scorer", from_date=TODAY, to_date=TODAY - DAY), NOW)
        assert refused.value.field == "to_date"
        with pytest.raises(UnknownName):
            grant_role(connection, ADMIN, wang.id, NewRole("scorers"), NOW)
        with pytest.raises(UnknownName):
            end_role(connection, ADMIN, 99, TODAY, NOW)


def test_today_is_the_day_in_china(app: Flask) -> None:
    late = dt.datetime(2025, 5, 31, 16, 0, tzinfo=dt.UTC)
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection))
        granted: RoleHolding = grant_role(connection, ADMIN, wang.id, NewRole("scorer"), late)
    assert granted.from_date == TODAY


def test_every_change_of_an_account_is_on_its_chain_and_no_password(app: Flask) -> None:
    with transaction() as connection:
        wang = add_wang(connection, add_authority(connection), NewRole("scorer"))
        (held,) = list_holdings_of(connection, wang.id)
        end_role(connection, ADMIN, held.id, TODAY, NOW)
        disable_person(connection, ADMIN, wang.id, NOW)
        enable_person(connection, ADMIN, wang.id, NOW)
        set_language(connection, wang.id, "en")
        entries = list_entries(connection, f"person:{wang.id}")
        assert verify_chains(connection) == []
        assert get_person(connection, wang.id).language == "en"
    actions = ["person_added", "role_granted", "role_ended", "person_disabled", "person_enabled"]
    assert [one.action for one in entries] == actions
    assert {one.actor_name for one in entries} == {"李强"}
    assert json.loads(entries[1].details)["from_date"] == "2025-06-01"
    assert not any("Abcdefg1" in one.details or "argon2" in one.details for one in entries)
