"""Rows of versions and instances: the statements on the hot path, built once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from app.errors import Message
from app.processes.models import process_instances, process_versions
from app.processes.specs import SpecCache, Specs, load_specs
from app.processes.values import Advance, InstanceChanged, ProcessUnknown

_CACHE = SpecCache()


class Instance(NamedTuple):
    """An instance's row, with its version's content hash."""

    id: int
    version_id: int
    state: bytes
    version: int
    trail: str
    content_hash: str


_FIND = (
    select(
        process_instances.c.id,
        process_instances.c.version_id,
        process_instances.c.state,
        process_instances.c.version,
        process_instances.c.trail,
        process_versions.c.content_hash,
    )
    .join(process_versions, process_versions.c.id == process_instances.c.version_id)
    .where(process_instances.c.id == bindparam("instance_id"))
)
_LOCK = _FIND.with_for_update(of=process_instances)
_FIND_SPECS = select(process_versions.c.spec, process_versions.c.variables, process_versions.c.flows).where(
    process_versions.c.id == bindparam("version_id")
)
_SAVE = (
    update(process_instances)
    .where(process_instances.c.id == bindparam("instance_id"), process_instances.c.version == bindparam("old_version"))
    .values(
        state=bindparam("new_state"),
        version=process_instances.c.version + 1,
        due_at=bindparam("new_due_at"),
        is_completed=bindparam("new_is_completed"),
        trail=bindparam("new_trail"),
    )
)
_ADD = insert(process_instances).returning(process_instances.c.id, sort_by_parameter_order=True)


def get_instance(connection: Connection, instance_id: int, *, lock: bool) -> Instance:
    """Return an instance's row, locked until the transaction ends; `ProcessUnknown` where there is none."""
    row = connection.execute(_LOCK if lock else _FIND, {"instance_id": instance_id}).one_or_none()
    if row is None:
        raise ProcessUnknown(Message("there is no process instance {number}", number=instance_id))
    return Instance(row.id, row.version_id, bytes(row.state), row.version, row.trail, row.content_hash)


def get_specs(connection: Connection, version_id: int, content_hash: str) -> Specs:
    """Return a version's shared specifications: read once per process."""

    def load() -> Specs:
        row = connection.execute(_FIND_SPECS, {"version_id": version_id}).one()
        return load_specs(row.spec, row.variables, row.flows)

    return _CACHE.get(content_hash, load)


def save_instance(connection: Connection, change: Advance, state: bytes, trail: str) -> None:
    """Write an instance's new state; `InstanceChanged` where somebody else wrote one in the meantime."""
    values = {
        "instance_id": change.instance_id,
        "old_version": change.version - 1,
        "new_state": state,
        "new_due_at": change.due_at,
        "new_is_completed": change.is_completed,
        "new_trail": trail,
    }
    if connection.execute(_SAVE, values).rowcount != 1:
        raise InstanceChanged(Message("somebody else changed this case in the meantime"))


class NewInstance(NamedTuple):
    """A new instance's row."""

    version_id: int
    state: bytes
    due_at: dt.datetime | None
    is_completed: bool
    trail: str


def add_instances(connection: Connection, new: Sequence[NewInstance]) -> list[int]:
    """Insert instances at once; return their numbers in order."""
    rows = [{**one._asdict(), "version": 1} for one in new]
    return list(connection.execute(_ADD, rows).scalars()) if rows else []
