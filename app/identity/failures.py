"""Counting failed sign-ins, for accounts and for names that are none, so that a refusal doesn't tell them apart."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, case, delete, null, select, text, update

from app.db import Moment
from app.identity.models import PERSON_COLUMNS, Person, people, unknown_sign_ins
from app.identity.rules import SecurityParameters, is_username, normalise_username

KEPT = dt.timedelta(days=1)
"""How long a name that is no account is remembered after its last failure."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a name at the sign-in page stands for: a person, or nobody; `id` is the row that counts its failures."""

    id: int
    person: Person | None
    password_hash: str | None
    locked_until: dt.datetime | None

    @property
    def table(self) -> Table:
        """The table that counts its failures."""
        return unknown_sign_ins if self.person is None else people

    def is_locked(self, now: dt.datetime) -> bool:
        """Whether nobody may sign in by this name at a moment."""
        return self.locked_until is not None and now < self.locked_until


_moment = Moment()
_LOCK_PERSON = (
    select(*PERSON_COLUMNS, people.c.password_hash).where(people.c.username == bindparam("username")).with_for_update()
)
_LOCK_UNKNOWN = (
    select(unknown_sign_ins.c.id, unknown_sign_ins.c.locked_until)
    .where(unknown_sign_ins.c.name_hash == bindparam("name_hash"))
    .with_for_update()
)
# Both databases read this the same way; SQLAlchemy has a construct of its own for each.
_ADD_UNKNOWN = text(
    "INSERT INTO unknown_sign_ins (name_hash, failed_sign_ins, last_at) VALUES (:name_hash, 0, :now) "
    "ON CONFLICT (name_hash) DO UPDATE SET last_at = excluded.last_at"
).bindparams(bindparam("now", type_=_moment))
_FORGET_UNKNOWN = delete(unknown_sign_ins).where(unknown_sign_ins.c.last_at < bindparam("before", type_=_moment))


def find_account(connection: Connection, username: str, now: dt.datetime) -> Account:
    """Return what a typed name stands for, locked until the transaction ends."""
    name = normalise_username(username)
    row = connection.execute(_LOCK_PERSON, {"username": name}).one_or_none() if is_username(name) else None
    if row is not None:
        *fields, password_hash = row
        person = Person(*fields)
        return Account(person.id, person, password_hash, person.locked_until)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    connection.execute(_FORGET_UNKNOWN, {"before": now - KEPT})
    connection.execute(_ADD_UNKNOWN, {"name_hash": digest, "now": now})
    found = connection.execute(_LOCK_UNKNOWN, {"name_hash": digest}).one()
    return Account(found.id, None, None, found.locked_until)


def count_failure(
    connection: Connection, account: Account, now: dt.datetime, parameters: SecurityParameters
) -> tuple[int, dt.datetime | None]:
    """Count a failed sign-in; return how many there are now and, once they are too many, until when it is locked.

    After a lock has ended the count starts anew.
    """
    table = account.table
    is_over = table.c.locked_until <= bindparam("now", now, type_=_moment)
    counted = case((is_over, 1), else_=table.c.failed_sign_ins + 1)
    until = bindparam("until", now + parameters.lock_time, type_=_moment)
    locked = case((counted >= parameters.failures_allowed, until), else_=null())
    done = connection.execute(
        update(table)
        .where(table.c.id == account.id)
        .values(failed_sign_ins=counted, locked_until=locked)
        .returning(table.c.failed_sign_ins, table.c.locked_until)
    ).one()
    return done.failed_sign_ins, done.locked_until


def forget_failures(connection: Connection, account: Account) -> None:
    """Start the count anew, after signing in or by an administrator's word."""
    table = account.table
    has_any = (table.c.failed_sign_ins > 0) | table.c.locked_until.is_not(None)
    values = {"failed_sign_ins": 0, "locked_until": None}
    connection.execute(update(table).where(table.c.id == account.id, has_any).values(values))
