"""Reading the outbox: delivery states, the latest messages, what was given up."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Message as Text
from app.errors import UnknownName
from app.outbox.models import IS_DEAD, Message, outbox_messages

_M = outbox_messages.c
_BY_ID = select(outbox_messages).where(_M.id == bindparam("id"))
_DIGEST = outbox_messages.alias("digest")
_FROM_DIGEST = {
    name: func.coalesce(_M[name], _DIGEST.c[name]).label(name) for name in ("sent_at", "address", "last_error")
}
_BY_CASE = (
    select(*(_FROM_DIGEST.get(column.name, column) for column in _M))
    .select_from(outbox_messages.outerjoin(_DIGEST, _DIGEST.c.id == _M.merged_into))
    .where(_M.case_id == bindparam("case_id"))
    .order_by(_M.id)
)
_RECENT = (
    select(outbox_messages)
    .where(_M.kind != "reminder", _M.id < bindparam("before"))
    .order_by(_M.id.desc())
    .limit(bindparam("most"))
)
_BY_PERSON = _RECENT.where(_M.person_id == bindparam("person_id"))
_DEAD = select(outbox_messages).where(IS_DEAD).order_by(_M.id)
_SENT = select(func.count()).where(_M.state == "sent")
NEWEST = 2**62


def get_message(connection: Connection, message_id: int) -> Message:
    """Return a message by its number; `UnknownName` when there is none."""
    row = connection.execute(_BY_ID, {"id": message_id}).one_or_none()
    if row is None:
        raise UnknownName(Text("unknown message {name}", name=message_id))
    return Message(*row)


def list_by_case(connection: Connection, case_id: int) -> list[Message]:
    """Return the messages of a case with their delivery state, oldest first, reminders included.

    A merged reminder shows when and where its digest was sent, or why it wasn't.
    """
    return [Message(*row) for row in connection.execute(_BY_CASE, {"case_id": case_id})]


def list_recent(connection: Connection, limit: int = 50, before: int | None = None) -> list[Message]:
    """Return the newest letters (notices and digests) with numbers below `before`, newest first."""
    values = {"before": NEWEST if before is None else before, "most": limit}
    return [Message(*row) for row in connection.execute(_RECENT, values)]


def list_by_person(connection: Connection, person_id: int, limit: int = 50, before: int | None = None) -> list[Message]:
    """Return the newest letters to a person with numbers below `before`, newest first."""
    values = {"person_id": person_id, "before": NEWEST if before is None else before, "most": limit}
    return [Message(*row) for row in connection.execute(_BY_PERSON, values)]


def list_dead(connection: Connection) -> list[Message]:
    """Return what was given up, oldest first."""
    return [Message(*row) for row in connection.execute(_DEAD)]


def count_sent(connection: Connection) -> int:
    """Return how many letters were sent."""
    return connection.execute(_SENT).scalar_one()
