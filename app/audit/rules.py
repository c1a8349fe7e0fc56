"""How entries and seals are chained: pure functions over values.

An entry's hash covers its chain, place, moment, actor, action, details and the hash before it; the table's own row
number says nothing and is left out. There is no secret in it: whoever can rewrite the whole database can rewrite a
chain, and is found out through the seals and, when those are rewritten too, by their anchors outside the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from app.audit.values import Actor

NOBODY = Actor(None, "系统")
"""Whom an entry names when nobody did it: the clock, or the system itself."""


class Head(NamedTuple):
    """The last link of a chain: its place, counted from 1, and its hash (SHA-256, 64 hexadecimal digits)."""

    place: int
    hash: str


EMPTY = Head(0, "0" * 64)
"""The head of a chain without entries."""


def chain_entry(
    head: Head, chain: str, at: dt.datetime, actor: Actor | None, action: str, details: Mapping[str, object]
) -> tuple[dict[str, object], Head]:
    """Return the row that follows `head` on a chain, and the new head."""
    who = actor or NOBODY
    place, text = head.place + 1, write_details(details)
    digest = hash_entry(chain, place, at, who.id, who.name, action, text, head.hash)
    row: dict[str, object] = {
        "chain": chain,
        "place": place,
        "at": at,
        "actor_id": who.id,
        "actor_name": who.name,
        "action": action,
        "details": text,
        "previous_hash": head.hash,
        "hash": digest,
    }
    return row, Head(place, digest)


def hash_entry(
    chain: str,
    place: int,
    at: dt.datetime | None,
    actor_id: int | None,
    actor_name: str,
    action: str,
    details: str,
    previous_hash: str,
) -> str:
    """Return the hash of an entry's fields; `details` is the text as stored."""
    return _hash([chain, place, write_moment(at), actor_id, actor_name, action, details, previous_hash])


def hash_seal(organisation_id: int, at: dt.datetime | None, heads: str, previous_hash: str) -> str:
    """Return the hash of a seal's fields; `heads` is the text as stored."""
    return _hash([organisation_id, write_moment(at), heads, previous_hash])


def write_moment(at: dt.datetime | None) -> str | None:
    """Return a moment as it enters a hash: UTC to the microsecond."""
    return None if at is None else at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def write_details(details: Mapping[str, object]) -> str:
    """Return details as canonical JSON: sorted keys, no spaces, decimals and dates as text.

    Halves of surrogate pairs, which no database stores, become JSON escapes.
    """
    text = json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_write_value)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _write_value(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return write_moment(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not a value for the audit trail: {value!r}")


def _hash(fields: list[object]) -> str:
    # A JSON list keeps the fields apart; what tampering put there (bytes in SQLite) is hashed as Python shows it.
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
