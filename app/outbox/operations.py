"""Writing the outbox: adding, stopping and merging messages; leases, results of tries, another chance for dead ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import Connection, Insert, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.errors import KaoheError
from app.errors import Message as Text
from app.outbox.models import IS_WAITING, MOST_KEY_CHARACTERS, Message, Outgoing, outbox_messages
from app.outbox.rules import DOMAIN, LEASE, find_next_try, list_digest_items, make_message_id

__all__ = [
    "Outgoing",
    "add",
    "lease",
    "mark_dead",
    "mark_failed",
    "mark_sent",
    "merge_digests",
    "release",
    "requeue",
    "stop",
]

MOST_ERROR_CHARACTERS = 2000
_M = outbox_messages.c
_INSERTS: dict[str, Insert] = {
    "sqlite": sqlite.insert(outbox_messages).on_conflict_do_nothing(index_elements=["key"]).inline(),
    "postgresql": postgresql.insert(outbox_messages).on_conflict_do_nothing(index_elements=["key"]).inline(),
}
_INSERTS_WITH_IDS = {name: insert.returning(_M.id, _M.person_id) for name, insert in _INSERTS.items()}
_LEASABLE = (
    select(outbox_messages)
    .where(
        IS_WAITING,
        _M.kind != "reminder",
        _M.next_try_at <= bindparam("now"),
        or_(_M.lease_until.is_(None), _M.lease_until <= bindparam("now")),
    )
    .order_by(_M.next_try_at, _M.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_REMINDERS = (
    select(outbox_messages)
    .where(IS_WAITING, _M.kind == "reminder", _M.next_try_at <= bindparam("now"))
    .order_by(_M.person_id, _M.id)
    .with_for_update()
)
_THIS = update(outbox_messages).where(_M.id == bindparam("row_id"))
_TAKE = _THIS.values(lease_until=bindparam("until"), leased_by=bindparam("worker"), attempts=_M.attempts + 1)
_STOP = _THIS.values(state="stopped", next_try_at=bindparam("at"))
_MERGE = _THIS.values(state="merged", merged_into=bindparam("digest_id"))
_SENT = _THIS.where(_M.state.in_(("waiting", "dead"))).values(
    state="sent", sent_at=bindparam("now"), address=bindparam("to"), lease_until=None, leased_by=None, last_error=None
)
_MINE = _THIS.where(_M.state == "waiting", _M.leased_by == bindparam("worker"))
_FAILED = _MINE.values(
    state=bindparam("new_state"),
    next_try_at=bindparam("next"),
    last_error=bindparam("error"),
    lease_until=None,
    leased_by=None,
)
_RELEASE = _MINE.values(attempts=_M.attempts - 1, lease_until=None, leased_by=None)
_REQUEUE = _THIS.where(_M.state == "dead").values(state="waiting", attempts=0, next_try_at=bindparam("now"))


def add(connection: Connection, messages: Sequence[Outgoing], now: dt.datetime, domain: str = DOMAIN) -> None:
    """Add messages in the caller's transaction; one whose key is already there is left as it is.

    `KaoheError` for a key of more than 200 characters. `domain` stands in the Message-ID.
    """
    if messages:
        rows = [_make_row(one, now, domain) for one in messages]
        connection.execute(_INSERTS[connection.dialect.name], rows)


def list_due_reminders(connection: Connection, now: dt.datetime) -> list[Message]:
    """Return the reminders that the next digests would gather, by person."""
    return [Message(*row) for row in connection.execute(_DUE_REMINDERS, {"now": now})]


def stop(connection: Connection, reminder_ids: Sequence[int], now: dt.datetime) -> None:
    """Stop reminders whose step was finished before a digest gathered them."""
    if reminder_ids:
        connection.execute(_STOP, [{"row_id": number, "at": now} for number in reminder_ids])


def merge_digests(connection: Connection, today: dt.date, now: dt.datetime, domain: str = DOMAIN) -> int:
    """Merge each person's due reminders into one mail of the day; return how many mails that gave.

    Who already has today's mail gets what came later with the next day's.
    """
    found = list_due_reminders(connection, now)
    by_person = {person: list(rows) for person, rows in groupby(found, key=lambda one: one.person_id)}
    if not by_person:
        return 0
    rows = [_make_row(_make_digest(person, of, today), now, domain) for person, of in by_person.items()]
    new = connection.execute(_INSERTS_WITH_IDS[connection.dialect.name], rows).all()
    merged = [{"row_id": one.id, "digest_id": number} for number, person in new for one in by_person[person]]
    if merged:
        connection.execute(_MERGE, merged)
    return len(new)


def lease(connection: Connection, worker: str, now: dt.datetime, limit: int = 100) -> list[Message]:
    """Take letters that are due for one worker, longest due first; nobody else gets them until the lease ends.

    A worker that dies lets its lease run out, and the letters are sent again with the same Message-ID.
    """
    found = [Message(*row) for row in connection.execute(_LEASABLE, {"now": now, "most": limit})]
    if found:
        until = now + LEASE
        connection.execute(_TAKE, [{"row_id": one.id, "until": until, "worker": worker} for one in found])
    return [_with_lease(one, worker, now + LEASE) for one in found]


def mark_sent(connection: Connection, message: Message, address: str, now: dt.datetime) -> None:
    """Mark a letter as sent, whoever holds its lease by now: it has left."""
    connection.execute(_SENT, {"row_id": message.id, "now": now, "to": address})


def mark_failed(connection: Connection, message: Message, error: str, now: dt.datetime) -> bool:
    """Note a try that failed and when the next one is; return False when it was the last and the letter is dead."""
    next_try = find_next_try(message.attempts, now)
    _fail(connection, message, error, next_try or now, dead=next_try is None)
    return next_try is not None


def mark_dead(connection: Connection, message: Message, error: str, now: dt.datetime) -> None:
    """Give a letter up at once: no further try can help."""
    _fail(connection, message, error, now, dead=True)


def release(connection: Connection, messages: Collection[Message]) -> None:
    """Give leased letters back untried."""
    if messages:
        connection.execute(_RELEASE, [{"row_id": one.id, "worker": one.leased_by} for one in messages])


def requeue(connection: Connection, message_id: int, now: dt.datetime) -> bool:
    """Let a dead letter be tried again from the start; False when it isn't dead."""
    return connection.execute(_REQUEUE, {"row_id": message_id, "now": now}).rowcount == 1


def _fail(connection: Connection, message: Message, error: str, next_try: dt.datetime, *, dead: bool) -> None:
    values = {
        "row_id": message.id,
        "worker": message.leased_by,
        "new_state": "dead" if dead else "waiting",
        "next": next_try,
        "error": error[:MOST_ERROR_CHARACTERS],
    }
    connection.execute(_FAILED, values)


def _make_row(one: Outgoing, now: dt.datetime, domain: str) -> dict[str, object]:
    if len(one.key) > MOST_KEY_CHARACTERS:
        text = Text("the key of a message has at most {most} characters", most=MOST_KEY_CHARACTERS)
        raise KaoheError(text)
    not_before = one.not_before or now
    return {
        "key": one.key,
        "kind": one.kind,
        "state": "waiting",
        "person_id": one.person_id,
        "organisation_id": one.organisation_id,
        "case_id": one.case_id,
        "template": one.template,
        "payload": one.payload,
        "not_before": not_before,
        "created_at": now,
        "attempts": 0,
        "next_try_at": not_before,
        "message_id": make_message_id(one.key, domain),
    }


def _make_digest(person_id: int, reminders: Sequence[Message], today: dt.date) -> Outgoing:
    payload = {"day": str(today), "items": list_digest_items(reminders)}
    return Outgoing(f"digest:{person_id}:{today}", "mail", person_id, "digest", payload)


def _with_lease(message: Message, worker: str, until: dt.datetime) -> Message:
    return replace(message, leased_by=worker, lease_until=until, attempts=message.attempts + 1)
