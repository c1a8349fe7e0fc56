"""Table and values of the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, literal_column

from app.db import Id, Json, Moment, metadata

Kind = Literal["notice", "reminder", "mail"]
KINDS = ("notice", "reminder", "mail")
STATES = ("waiting", "sent", "merged", "stopped", "dead")
MOST_KEY_CHARACTERS = 200

# People, organisations and cases are plain numbers: their tables lie above this package.
outbox_messages = Table(
    "outbox_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(MOST_KEY_CHARACTERS), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("person_id", Id, nullable=False),
    Column("organisation_id", Id),
    Column("case_id", Id),
    Column("template", String(60), nullable=False),
    Column("payload", Json, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("leased_by", String(100)),
    Column("last_error", Text),
    Column("sent_at", Moment),
    Column("message_id", String(120), nullable=False),
    Column("address", String(200)),
    Column("merged_into", ForeignKey("outbox_messages.id")),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    CheckConstraint(f"state IN {STATES}", name="state"),
    Index("ix_outbox_messages_case_id", "case_id", "id"),
    Index("ix_outbox_messages_person_id", "person_id", "id"),
)
# Literals: a database uses an index of some rows only where the statement shows the same words, not a parameter.
IS_WAITING = outbox_messages.c.state == literal_column("'waiting'")
IS_DEAD = outbox_messages.c.state == literal_column("'dead'")
Index(
    "ix_outbox_messages_waiting",
    outbox_messages.c.next_try_at,
    outbox_messages.c.id,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)
Index("ix_outbox_messages_dead", outbox_messages.c.id, sqlite_where=IS_DEAD, postgresql_where=IS_DEAD)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent: `key` names its occasion, `payload` holds the template's values as plain JSON.

    `kind`: a notice is a letter of its own; a reminder waits for the person's digest of the day. Neither leaves before
    `not_before`.
    """

    key: str
    kind: Kind
    person_id: int
    template: str
    payload: Mapping[str, object]
    case_id: int | None = None
    not_before: dt.datetime | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the outbox. `attempts` counts tries begun; `message_id` stays the same over all of them.

    States: waiting; sent; merged (into the digest `merged_into`); stopped (no longer needed); dead (given up).
    """

    id: int
    key: str
    kind: str
    state: str
    person_id: int
    organisation_id: int | None
    case_id: int | None
    template: str
    payload: dict[str, object]
    not_before: dt.datetime
    created_at: dt.datetime
    attempts: int
    next_try_at: dt.datetime
    lease_until: dt.datetime | None
    leased_by: str | None
    last_error: str | None
    sent_at: dt.datetime | None
    message_id: str
    address: str | None
    merged_into: int | None
