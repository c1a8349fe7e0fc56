"""Tables and values of organisations, people, roles and sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from app.audit.values import Actor
from app.db import Id, Moment, metadata
from app.i18n import Language

KINDS = ("authority", "vendor", "operator")
STATES = ("active", "disabled")
LANGUAGES = ("zh", "en")

organisations = Table(
    "organisations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("email", String(200), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False, index=True),
    Column("password_hash", String(200)),
    Column("language", String(2), nullable=False),
    Column("state", String(20), nullable=False),
    Column("failed_sign_ins", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("password_changed_at", Moment),
    Column("must_change_password", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint(f"language IN {LANGUAGES}", name="language"),
    CheckConstraint(f"state IN {STATES}", name="state"),
)

role_holdings = Table(
    "role_holdings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("role", String(40), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("programme", String(60)),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date),
    Index("ix_role_holdings_role_organisation_id", "role", "organisation_id"),
)
_goes_on = role_holdings.c.to_date.is_(None)
_for_every_programme = _goes_on & role_holdings.c.programme.is_(None)
_held = (role_holdings.c.person_id, role_holdings.c.role, role_holdings.c.organisation_id)
# No two NULLs are alike to a database: roles for every programme need an index of their own.
Index(
    "uq_role_holdings_open",
    *_held,
    role_holdings.c.programme,
    unique=True,
    sqlite_where=_goes_on,
    postgresql_where=_goes_on,
)
Index(
    "uq_role_holdings_open_every_programme",
    *_held,
    unique=True,
    sqlite_where=_for_every_programme,
    postgresql_where=_for_every_programme,
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("address", String(60), nullable=False),
    Column("agent", Text, nullable=False),
)

# Names that are no account are counted and locked just as accounts are, so that a refusal doesn't tell them apart. Only
# their hash is kept: people type passwords into the wrong field.
unknown_sign_ins = Table(
    "unknown_sign_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_hash", String(64), nullable=False, unique=True),
    Column("failed_sign_ins", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("last_at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: an authority, a vendor (or platform, institution), or the platform's operator."""

    id: int
    code: str
    name: str
    kind: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Person:
    """An account, without its password; `must_change_password` where one was set by somebody else or is too old."""

    id: int
    username: str
    name: str
    email: str
    organisation_id: int
    language: Language
    state: str
    locked_until: dt.datetime | None
    password_changed_at: dt.datetime | None
    must_change_password: bool
    created_at: dt.datetime

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return Actor(self.id, self.name)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.state == "active"


PERSON_COLUMNS = (
    people.c.id,
    people.c.username,
    people.c.name,
    people.c.email,
    people.c.organisation_id,
    people.c.language,
    people.c.state,
    people.c.locked_until,
    people.c.password_changed_at,
    people.c.must_change_password,
    people.c.created_at,
)
"""The columns of a `Person`, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class RoleHolding:
    """A role held at an organisation from a day to a day, both included; `programme` None: for every programme."""

    id: int
    person_id: int
    role: str
    organisation_id: int
    programme: str | None
    from_date: dt.date
    to_date: dt.date | None

    @property
    def holder_id(self) -> int:
        """The person whose role it is."""
        return self.person_id


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, from where since when, with the roles held today (China time)."""

    id: int
    person: Person
    organisation: Organisation
    holdings: tuple[RoleHolding, ...]
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session as its owner and administrators see it, without its token."""

    id: int
    person_id: int
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    address: str
    agent: str
