"""Cancel an instance: what it would still do never happens; where it stood stays on record."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, update

from app.processes.models import process_instances

_CANCEL = (
    update(process_instances)
    .where(process_instances.c.id == bindparam("instance_id"), process_instances.c.is_completed.is_(False))
    .values(is_completed=True, due_at=None, version=process_instances.c.version + 1)
)


def cancel(connection: Connection, instance_id: int) -> bool:
    """End an instance where it stands, its timers with it; False where it had ended before."""
    return connection.execute(_CANCEL, {"instance_id": instance_id}).rowcount == 1
