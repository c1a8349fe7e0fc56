"""Passwords: set by an administrator, changed by their owner."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, update

from app.audit.operations import record
from app.audit.values import Actor
from app.errors import Message
from app.identity.checks import PasswordRefused, check_password
from app.identity.failures import count_failure, find_account, forget_failures
from app.identity.models import people
from app.identity.passwords import Hasher, make_hasher
from app.identity.queries import get_person, lock_person
from app.identity.rules import DEFAULTS, SecurityParameters
from app.identity.sessions import Refused, end_sessions, refuse


def set_password(
    connection: Connection,
    actor: Actor | None,
    person_id: int,
    new: str,
    now: dt.datetime,
    *,
    must_change_password: bool = True,
    hasher: Hasher | None = None,
    parameters: SecurityParameters = DEFAULTS,
) -> None:
    """Set a person's password, by an administrator: ends all sessions and a lock-out; to be changed when first used."""
    person = lock_person(connection, person_id)
    check_password(new, person.username, parameters)
    _store_password(connection, person_id, new, now, hasher or make_hasher(), must_change_password=must_change_password)
    forget_failures(connection, find_account(connection, person.username, now))
    ended = end_sessions(connection, person_id, now)
    record(connection, f"person:{person_id}", actor, "password_set", {"sessions_ended": ended}, now)


def change_password(
    connection: Connection,
    person_id: int,
    old: str,
    new: str,
    now: dt.datetime,
    *,
    kept_session: int | None = None,
    hasher: Hasher | None = None,
    parameters: SecurityParameters = DEFAULTS,
) -> Refused | None:
    """Change one's own password; ends all sessions but the one kept. None when done.

    Raise `PasswordRefused` for a new one against the rules. A wrong old one is counted like a failed sign-in and
    therefore returned, not raised: the count must outlive the refusal.
    """
    hasher = hasher or make_hasher()
    person = get_person(connection, person_id)
    account = find_account(connection, person.username, now)
    if account.is_locked(now):
        return refuse(account.locked_until)
    check_password(new, person.username, parameters)
    if not hasher.verify(account.password_hash, old):
        failed, locked_until = count_failure(connection, account, now, parameters)
        record(connection, f"person:{person_id}", person.actor, "password_change_failed", {"failures": failed}, now)
        return refuse(locked_until) if locked_until else Refused(Message("The old password is wrong."))
    if old == new:
        raise PasswordRefused((Message("The new password must differ from the old one."),))
    forget_failures(connection, account)
    _store_password(connection, person_id, new, now, hasher, must_change_password=False)
    ended = end_sessions(connection, person_id, now, kept=kept_session)
    record(connection, f"person:{person_id}", person.actor, "password_changed", {"sessions_ended": ended}, now)
    return None


def _store_password(
    connection: Connection,
    person_id: int,
    password: str,
    now: dt.datetime,
    hasher: Hasher,
    *,
    must_change_password: bool,
) -> None:
    values = {
        "password_hash": hasher.hash(password),
        "password_changed_at": now,
        "must_change_password": must_change_password,
    }
    connection.execute(update(people).where(people.c.id == person_id).values(**values))
