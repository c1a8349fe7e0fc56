"""Start instances of a process from the template of its latest version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from app.errors import Message
from app.processes.models import process_versions
from app.processes.parts import Scripts
from app.processes.records import NewInstance, add_instances, get_specs
from app.processes.running import (
    ENGINE_ERRORS,
    describe_ready,
    explain_fault,
    extend_trail,
    find_due,
    is_over,
    list_ready,
    make_workflow,
    require_variables,
    run_automatic,
)
from app.processes.specs import Specs
from app.processes.states import dump_state
from app.processes.templates import Opened, open_template, read_template
from app.processes.values import Advance, ProcessUnknown

_FIND = select(process_versions.c.id, process_versions.c.content_hash, process_versions.c.template).where(
    process_versions.c.name == bindparam("name"), process_versions.c.is_active
)


def start(connection: Connection, name: str, variables: Mapping[str, object], now: dt.datetime) -> Advance:
    """Start an instance of a process's latest version with variables.

    Raises `ProcessUnknown`, `VariableRefused` also for a timer without its date.
    """
    return start_many(connection, name, [variables], now)[0]


def start_many(
    connection: Connection, name: str, list_of_variables: Sequence[Mapping[str, object]], now: dt.datetime
) -> list[Advance]:
    """Start an instance for each set of variables, inserted at once; return them in the same order."""
    row = connection.execute(_FIND, {"name": name}).one_or_none()
    if row is None:
        raise ProcessUnknown(Message("there is no process {name}", name=name))
    specs = get_specs(connection, row.id, row.content_hash)
    opened = [_open(specs, row.template, variables, now) for variables in list_of_variables]
    new = [NewInstance(row.id, one.state, one.due_at, one.is_completed, one.trail) for one in opened]
    ids = add_instances(connection, new)
    return [
        Advance(number, 1, (), one.ready, (), one.due_at, one.is_completed, None)
        for number, one in zip(ids, opened, strict=True)
    ]


def _open(specs: Specs, template: str | None, variables: Mapping[str, object], now: dt.datetime) -> Opened:
    require_variables(variables, specs.variables)
    if template is not None:
        opened = open_template(read_template(template), variables)
        if opened.due_at is None or opened.due_at > now:
            return opened
    return open_by_engine(specs, variables, now)


def open_by_engine(specs: Specs, variables: Mapping[str, object], now: dt.datetime) -> Opened:
    """Return a fresh instance that the engine has run to its first human step."""
    workflow = make_workflow(specs, Scripts(now), variables)
    try:
        run_automatic(workflow)
    except ENGINE_ERRORS as error:
        raise explain_fault(error) from error
    ready = tuple(describe_ready(task) for task in list_ready(workflow).values())
    trail = extend_trail(workflow, specs.flows, "")
    return Opened(dump_state(workflow), ready, find_due(workflow), is_over(workflow), trail)
