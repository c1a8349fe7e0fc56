"""How the outbox keeps time and names: back-off between tries, message ids, the items of a digest (pure)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from app.outbox.models import Message

DOMAIN = "kaohe"
LEASE = dt.timedelta(minutes=10)
MOST_TRIES = 48
QUICK_TRIES = 12
QUICK_WAIT = dt.timedelta(minutes=5)
SLOW_WAIT = dt.timedelta(minutes=40)
"""Twelve tries in the first hour, then one every 40 minutes: 48 tries reach over more than 24 hours."""


def make_message_id(key: str, domain: str = DOMAIN) -> str:
    """Return the Message-ID of a key: the same for every try, so that a mail sent twice is recognised as one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def find_next_try(attempts: int, now: dt.datetime) -> dt.datetime | None:
    """Return when to try again after so many tries, or None when enough were made."""
    if attempts >= MOST_TRIES:
        return None
    return now + (QUICK_WAIT if attempts <= QUICK_TRIES else SLOW_WAIT)


def list_digest_items(reminders: Iterable[Message]) -> list[dict[str, object]]:
    """Return the items of a person's digest by due date; of several stages of one task only the latest."""
    latest: dict[object, Message] = {}
    for one in reminders:
        task = one.payload.get("task_id")
        latest[one.key if task is None else (one.template, task)] = one
    return sorted(({"template": one.template, **one.payload} for one in latest.values()), key=_get_due)


def _get_due(item: dict[str, object]) -> str:
    due = item.get("due")
    return str(due.get("due", "")) if isinstance(due, dict) else ""
