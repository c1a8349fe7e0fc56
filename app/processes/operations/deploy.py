"""Deploy a diagram with its decision tables: check it, store a new version, make its template."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, insert, select, update

from app.db import dump_json
from app.processes.checking import check_diagram
from app.processes.models import process_versions
from app.processes.parsing import parse
from app.processes.specs import load_specs
from app.processes.templates import make_template

ENGINE = "SpiffWorkflow 3.2.0, format 1"
"""Part of the content hash: another engine makes another version."""


_FIND = select(process_versions.c.id, process_versions.c.number, process_versions.c.content_hash).where(
    process_versions.c.name == bindparam("name")
)
_ADD = insert(process_versions).returning(process_versions.c.id)
_REST = (
    update(process_versions)
    .where(process_versions.c.name == bindparam("of_name"), process_versions.c.id != bindparam("but"))
    .values(is_active=False)
)
_ACTIVATE = update(process_versions).where(process_versions.c.id == bindparam("version_id")).values(is_active=True)


def deploy(
    connection: Connection,
    name: str,
    bpmn: bytes,
    decisions: Mapping[str, bytes],
    lanes: Collection[str],
    operations: Collection[str],
    variables: Collection[str],
    now: dt.datetime,
) -> int:
    """Store a version of a process, for the instances that start from now on; return its id.

    `decisions` are DMN files by name, of which the diagram's are kept; `lanes`, `operations` and `variables` all it may
    name. Content that was deployed before is not stored again, and becomes the one in use. Raises `ProcessRefused`
    with every problem.
    """
    checked = check_diagram(bpmn, decisions, lanes, operations, variables)
    used = {one: decisions[one] for one in checked.decisions}
    content_hash = _hash_content(name, bpmn, used, variables)
    found = connection.execute(_FIND, {"name": name}).all()
    same = next((row.id for row in found if row.content_hash == content_hash), None)
    connection.execute(_REST, {"of_name": name, "but": same or 0})
    if same is not None:
        connection.execute(_ACTIVATE, {"version_id": same})
        return int(same)
    spec = parse(checked.process_id, bpmn, used)
    values = {
        "name": name,
        "number": 1 + max((row.number for row in found), default=0),
        "content_hash": content_hash,
        "bpmn": bpmn.decode(),
        "decisions": {one: source.decode() for one, source in used.items()},
        "spec": spec,
        "template": make_template(load_specs(spec, variables, checked.flows)),
        "variables": sorted(variables),
        "flows": checked.flows,
        "is_active": True,
        "created_at": now,
    }
    return int(connection.execute(_ADD, values).scalar_one())


def _hash_content(name: str, bpmn: bytes, decisions: Mapping[str, bytes], variables: Collection[str]) -> str:
    content = [ENGINE, name, bpmn.decode(), {one: text.decode() for one, text in decisions.items()}, sorted(variables)]
    return hashlib.sha256(dump_json(content).encode()).hexdigest()
