"""Tables of process versions and instances."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.db import Id, Json, Moment, metadata

process_versions = Table(
    "process_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("bpmn", Text, nullable=False),
    Column("decisions", Json, nullable=False),
    Column("spec", Text, nullable=False),
    Column("template", Text),
    Column("variables", Json, nullable=False),
    Column("flows", Json, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("name", "content_hash"),
    UniqueConstraint("name", "number", name="uq_process_versions_number"),
)
Index(
    "ix_process_versions_active",
    process_versions.c.name,
    unique=True,
    sqlite_where=process_versions.c.is_active,
    postgresql_where=process_versions.c.is_active,
)

process_instances = Table(
    "process_instances",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version_id", ForeignKey("process_versions.id"), nullable=False, index=True),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due_at", Moment),
    Column("is_completed", Boolean, nullable=False),
    Column("trail", Text, nullable=False),
)
Index(
    "ix_process_instances_due_at",
    process_instances.c.due_at,
    sqlite_where=process_instances.c.due_at.is_not(None),
    postgresql_where=process_instances.c.due_at.is_not(None),
)
