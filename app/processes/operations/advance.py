"""Advance an instance: a human step is done, a timer is due, what failed is tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from sqlalchemy import Connection

from app.processes.operations.change import carry_out
from app.processes.running import finish, get_ready, require_variables
from app.processes.specs import Specs
from app.processes.values import Advance, Finished, Handlers


def advance(
    connection: Connection,
    instance_id: int,
    task_id: str,
    variables: Mapping[str, object],
    handlers: Handlers,
    now: dt.datetime,
) -> Advance:
    """Complete a human task with variables and run everything automatic that follows.

    Raises `ProcessUnknown`, `StepNotReady`, `VariableRefused`, `InstanceChanged`, `ProcessFault`: nothing is saved.
    """

    def complete(workflow: BpmnWorkflow, specs: Specs) -> tuple[Finished, ...]:
        require_variables(variables, specs.variables)
        return (finish(get_ready(workflow, task_id), variables),)

    return carry_out(connection, instance_id, complete, handlers, now)


def fire_timers(connection: Connection, instance_id: int, handlers: Handlers, now: dt.datetime) -> Advance:
    """Fire the timers that are due at `now`, and run everything automatic that follows."""
    return carry_out(connection, instance_id, _leave, handlers, now)


def run_automatic(connection: Connection, instance_id: int, handlers: Handlers, now: dt.datetime) -> Advance:
    """Try again what failed, service tasks that are ready; and fire the timers that are due."""
    return carry_out(connection, instance_id, _leave, handlers, now)


def _leave(_workflow: BpmnWorkflow, _specs: Specs) -> tuple[Finished, ...]:
    """Change nothing: everything automatic runs anyway."""
    return ()
