"""Organisations and accounts: adding, disabling, unlocking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, insert, update

from app.audit.operations import record
from app.audit.values import Actor
from app.errors import Message
from app.i18n import Language
from app.identity.checks import AccountRefused, check_password, check_text
from app.identity.failures import find_account, forget_failures
from app.identity.models import KINDS, Organisation, Person, organisations, people
from app.identity.operations.roles import NewRole, grant_role
from app.identity.passwords import Hasher, make_hasher
from app.identity.queries import (
    find_organisation_by_code,
    find_person_by_username,
    get_organisation,
    get_person,
    lock_person,
)
from app.identity.rules import DEFAULTS, SecurityParameters, is_username, normalise_username
from app.identity.sessions import end_sessions


def add_organisation(
    connection: Connection, actor: Actor | None, code: str, name: str, kind: str, now: dt.datetime
) -> Organisation:
    """Add an organisation (`models.KINDS`); raise `AccountRefused` with the field that can't be right."""
    if kind not in KINDS:
        raise AccountRefused("kind", Message("unknown kind of organisation {name}", name=kind))
    values = {"code": check_text("code", code, 60), "name": check_text("name", name, 200), "kind": kind}
    if find_organisation_by_code(connection, values["code"]) is not None:
        raise AccountRefused("code", Message("there is already an organisation {code}", code=values["code"]))
    added = insert(organisations).values(**values, created_at=now).returning(organisations.c.id)
    organisation = get_organisation(connection, connection.execute(added).scalar_one())
    record(connection, f"organisation:{organisation.id}", actor, "organisation_added", values, now)
    return organisation


def add_person(
    connection: Connection,
    actor: Actor | None,
    username: str,
    name: str,
    email: str,
    organisation_id: int,
    password: str | None,
    roles: Iterable[NewRole],
    now: dt.datetime,
    *,
    language: Language = "zh",
    must_change_password: bool = True,
    hasher: Hasher | None = None,
    parameters: SecurityParameters = DEFAULTS,
) -> Person:
    """Add an account with its roles; without a password nobody can sign in until one is set.

    Raise `AccountRefused` with the field, `PasswordRefused` with the rules broken.
    """
    wanted = _check_username(connection, username)
    get_organisation(connection, organisation_id)
    if password is not None:
        check_password(password, wanted, parameters)
    values: dict[str, object] = {
        "username": wanted,
        "name": check_text("name", name, 100),
        "organisation_id": organisation_id,
        "language": language,
    }
    secret = {
        "email": check_text("email", email, 200) if email else "",
        "password_hash": None if password is None else (hasher or make_hasher()).hash(password),
        "password_changed_at": None if password is None else now,
        "must_change_password": must_change_password,
    }
    state = {"state": "active", "failed_sign_ins": 0, "locked_until": None, "created_at": now}
    added = insert(people).values(**values, **secret, **state).returning(people.c.id)
    person_id = connection.execute(added).scalar_one()
    record(connection, f"person:{person_id}", actor, "person_added", values, now)
    for role in roles:
        grant_role(connection, actor, person_id, role, now)
    return get_person(connection, person_id)


def disable_person(connection: Connection, actor: Actor | None, person_id: int, now: dt.datetime) -> None:
    """Disable an account: its sessions end at once, its roles stay on record and count no more."""
    lock_person(connection, person_id)
    connection.execute(update(people).where(people.c.id == person_id).values(state="disabled"))
    ended = end_sessions(connection, person_id, now)
    record(connection, f"person:{person_id}", actor, "person_disabled", {"sessions_ended": ended}, now)


def enable_person(connection: Connection, actor: Actor | None, person_id: int, now: dt.datetime) -> None:
    """Let a disabled account be used again."""
    lock_person(connection, person_id)
    connection.execute(update(people).where(people.c.id == person_id).values(state="active"))
    record(connection, f"person:{person_id}", actor, "person_enabled", {}, now)


def unlock_person(connection: Connection, actor: Actor | None, person_id: int, now: dt.datetime) -> None:
    """End the lock-out of an account before its time."""
    person = lock_person(connection, person_id)
    forget_failures(connection, find_account(connection, person.username, now))
    record(connection, f"person:{person_id}", actor, "person_unlocked", {}, now)


def set_language(connection: Connection, person_id: int, language: Language) -> None:
    """Choose the language in which a person reads pages and mails; nothing that would be audited."""
    connection.execute(update(people).where(people.c.id == person_id).values(language=language))


def _check_username(connection: Connection, username: str) -> str:
    name = normalise_username(username)
    if not is_username(name):
        text = Message("A user name has 2 to 60 letters or digits; . _ @ - may follow the first.")
        raise AccountRefused("username", text)
    if find_person_by_username(connection, name) is not None:
        raise AccountRefused("username", Message("there is already an account {name}", name=name))
    return name
