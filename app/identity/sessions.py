"""Signing in and sessions: lock-out, tokens of which only the hash is stored, idle and absolute time-out."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, insert, select, update

from app.audit.operations import record
from app.audit.values import Actor
from app.clock import CHINA, get_china_day
from app.db import Moment
from app.errors import Message
from app.identity.failures import Account, count_failure, find_account, forget_failures
from app.identity.models import (
    PERSON_COLUMNS,
    Organisation,
    Person,
    RoleHolding,
    Session,
    organisations,
    people,
    role_holdings,
    sign_ins,
)
from app.identity.passwords import Hasher, make_hasher
from app.identity.queries import in_effect
from app.identity.rules import DEFAULTS, SecurityParameters, is_password_due

TOKEN_BYTES = 32
LONGEST_ADDRESS, LONGEST_AGENT = 60, 300


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token, which is shown this once and for the cookie only, and who it is."""

    token: str
    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    """A sign-in that was refused; the message never tells whether there is such an account."""

    message: Message
    locked_until: dt.datetime | None = None


_moment = Moment()
_ADD = insert(sign_ins)
_REHASH = update(people).where(people.c.id == bindparam("person_id")).values(password_hash=bindparam("new_hash"))
_FIND = (
    select(
        sign_ins.c.id,
        sign_ins.c.created_at,
        sign_ins.c.last_seen_at,
        sign_ins.c.expires_at,
        *PERSON_COLUMNS,
        *organisations.columns,
        *role_holdings.columns,
    )
    .join(people, people.c.id == sign_ins.c.person_id)
    .join(organisations, organisations.c.id == people.c.organisation_id)
    .outerjoin(role_holdings, (role_holdings.c.person_id == people.c.id) & in_effect("on"))
    .where(
        sign_ins.c.token_hash == bindparam("token_hash"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.expires_at > bindparam("now", type_=_moment),
        sign_ins.c.last_seen_at > bindparam("idle_since", type_=_moment),
        people.c.state == "active",
    )
    .order_by(role_holdings.c.from_date, role_holdings.c.id)
)
_TOUCH = (
    update(sign_ins)
    .where(
        sign_ins.c.id == bindparam("session_id"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.last_seen_at <= bindparam("before", type_=_moment),
    )
    .values(last_seen_at=bindparam("seen_at"))
)
_END = (
    update(sign_ins)
    .where(sign_ins.c.token_hash == bindparam("hash_of_token"), sign_ins.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
    .returning(sign_ins.c.person_id)
)
_END_ALL = (
    update(sign_ins)
    .where(
        sign_ins.c.person_id == bindparam("whose"),
        sign_ins.c.ended_at.is_(None),
        sign_ins.c.id != bindparam("kept"),
    )
    .values(ended_at=bindparam("at"))
)


def sign_in(
    connection: Connection,
    username: str,
    password: str,
    address: str,
    agent: str,
    now: dt.datetime,
    *,
    hasher: Hasher | None = None,
    parameters: SecurityParameters = DEFAULTS,
) -> SignedIn | Refused:
    """Sign a person in, or say why not.

    A refusal is returned and not raised: an exception would roll back the very failure that has to be counted. The
    account (or the unknown name) is locked until the transaction ends, so that attempts at once can't outrun the count.
    """
    hasher = hasher or make_hasher()
    account = find_account(connection, username, now)
    if account.is_locked(now):
        return refuse(account.locked_until)
    is_right = hasher.verify(account.password_hash, password)
    if not is_right or account.person is None or not account.person.is_active:
        return _fail(connection, account, address, now, parameters)
    forget_failures(connection, account)
    if account.password_hash is not None and hasher.is_outdated(account.password_hash):
        connection.execute(_REHASH, {"person_id": account.person.id, "new_hash": hasher.hash(password)})
    return _open_session(connection, account.person, address, agent, now, parameters)


def _open_session(
    connection: Connection, person: Person, address: str, agent: str, now: dt.datetime, parameters: SecurityParameters
) -> SignedIn:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "token_hash": hash_token(token),
        "person_id": person.id,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + parameters.session_time,
        "ended_at": None,
        "address": _clean(address)[:LONGEST_ADDRESS],
        "agent": _clean(agent)[:LONGEST_AGENT],
    }
    connection.execute(_ADD, values)
    details = {"address": values["address"], "agent": values["agent"]}
    record(connection, f"person:{person.id}", person.actor, "signed_in", details, now)
    return SignedIn(token, _age_password(replace(person, locked_until=None), now, parameters))


def _fail(
    connection: Connection, account: Account, address: str, now: dt.datetime, parameters: SecurityParameters
) -> Refused:
    failed, locked_until = count_failure(connection, account, now, parameters)
    if account.person is not None:
        action = "sign_in_failed" if locked_until is None else "account_locked"
        details = {"address": _clean(address)[:LONGEST_ADDRESS], "failures": failed}
        record(connection, f"person:{account.person.id}", None, action, details, now)
    return refuse(locked_until)


def refuse(locked_until: dt.datetime | None) -> Refused:
    """Return the refusal to show: until when it is locked, else that name or password is wrong."""
    if locked_until is None:
        return Refused(Message("User name or password is wrong."))
    time = locked_until.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return Refused(Message("Too many failed attempts; try again after {time} (China time).", time=time), locked_until)


def find_session(
    connection: Connection, token: str, now: dt.datetime, *, parameters: SecurityParameters = DEFAULTS
) -> Session | None:
    """Return the session of a token with its person and the roles held today, by one statement.

    None when it was ended, ran out, was idle for too long, or its account is disabled.
    """
    values = {
        "token_hash": hash_token(token),
        "now": now,
        "idle_since": now - parameters.idle_time,
        "on": get_china_day(now),
    }
    rows = connection.execute(_FIND, values).all()
    if not rows:
        return None
    first = rows[0]
    of_person, of_organisation = 4 + len(PERSON_COLUMNS), 4 + len(PERSON_COLUMNS) + len(organisations.columns)
    person = _age_password(Person(*first[4:of_person]), now, parameters)
    holdings = tuple(RoleHolding(*row[of_organisation:]) for row in rows if row[of_organisation] is not None)
    session_id, created_at, last_seen_at, expires_at = first[:4]
    organisation = Organisation(*first[of_person:of_organisation])
    return Session(session_id, person, organisation, holdings, created_at, last_seen_at, expires_at)


def is_touch_due(session: Session, now: dt.datetime, parameters: SecurityParameters = DEFAULTS) -> bool:
    """Whether a session was last seen so long ago that it is worth writing down that it is in use."""
    return now - session.last_seen_at >= parameters.touch_time


def touch_session(
    connection: Connection, session: Session, now: dt.datetime, *, parameters: SecurityParameters = DEFAULTS
) -> bool:
    """Note that a session is in use, at most once a minute; False when it wasn't due (ask `is_touch_due` first)."""
    if not is_touch_due(session, now, parameters):
        return False
    values = {"session_id": session.id, "before": now - parameters.touch_time, "seen_at": now}
    return connection.execute(_TOUCH, values).rowcount == 1


def sign_out(connection: Connection, token: str, now: dt.datetime) -> None:
    """End the session of a token; a token that opens none changes nothing."""
    person_id = connection.execute(_END, {"hash_of_token": hash_token(token), "at": now}).scalar_one_or_none()
    if person_id is None:
        return
    name = connection.execute(select(people.c.name).where(people.c.id == person_id)).scalar_one()
    record(connection, f"person:{person_id}", Actor(person_id, name), "signed_out", {}, now)


def end_sessions(connection: Connection, person_id: int, now: dt.datetime, *, kept: int | None = None) -> int:
    """End all sessions of a person but the one with the number `kept`; return how many were open."""
    values = {"whose": person_id, "kept": kept or 0, "at": now}
    return connection.execute(_END_ALL, values).rowcount


def hash_token(token: str) -> str:
    """Return the hash by which a session is found: the token has 256 random bits, so it needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _age_password(person: Person, now: dt.datetime, parameters: SecurityParameters) -> Person:
    """Return the person as having to change the password once it is too old."""
    if person.must_change_password or not is_password_due(person.password_changed_at, now, parameters):
        return person
    return replace(person, must_change_password=True)


def _clean(text: str) -> str:
    """Return a text from a request without what databases don't store."""
    return "".join(character for character in text if character.isprintable())
