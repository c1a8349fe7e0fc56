"""Reading versions and instances."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.errors import Message
from app.processes.models import process_instances, process_versions
from app.processes.values import ProcessUnknown


@dataclass(frozen=True, slots=True)
class Version:
    """A deployed version of a diagram."""

    id: int
    name: str
    number: int
    content_hash: str
    created_at: dt.datetime


_COLUMNS = (
    process_versions.c.id,
    process_versions.c.name,
    process_versions.c.number,
    process_versions.c.content_hash,
    process_versions.c.created_at,
)
_FIND_ACTIVE = select(*_COLUMNS).where(process_versions.c.name == bindparam("name"), process_versions.c.is_active)
_LIST_DUE = (
    select(process_instances.c.id)
    .where(process_instances.c.due_at.is_not(None), process_instances.c.due_at <= bindparam("now"))
    .order_by(process_instances.c.due_at, process_instances.c.id)
    .limit(bindparam("most"))
)


def find_active(connection: Connection, name: str) -> Version | None:
    """Return the version that new instances of a process get: the one deployed last."""
    row = connection.execute(_FIND_ACTIVE, {"name": name}).one_or_none()
    return None if row is None else Version(*row)


def list_due(connection: Connection, now: dt.datetime, limit: int) -> list[int]:
    """Return the instances with a timer that is due, the longest due first."""
    return list(connection.execute(_LIST_DUE, {"now": now, "most": limit}).scalars())


def get_source(connection: Connection, instance_id: int) -> bytes:
    """Return the diagram that an instance runs by, as BPMN; `ProcessUnknown` where there is no such instance."""
    statement = (
        select(process_versions.c.bpmn)
        .join(process_instances, process_instances.c.version_id == process_versions.c.id)
        .where(process_instances.c.id == instance_id)
    )
    return str(_get_one(connection.scalar(statement), instance_id)).encode()


def get_trail(connection: Connection, instance_id: int) -> tuple[str, ...]:
    """Return the ids of the elements entered and the sequence flows taken, in the order of the first visit."""
    statement = select(process_instances.c.trail).where(process_instances.c.id == instance_id)
    return tuple(str(_get_one(connection.scalar(statement), instance_id)).split())


def _get_one(found: str | None, instance_id: int) -> str:
    if found is None:
        raise ProcessUnknown(Message("there is no process instance {number}", number=instance_id))
    return found
