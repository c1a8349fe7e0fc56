"""Return an instance to a human step that it has passed (退回)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from sqlalchemy import Connection

from app.processes.operations.change import carry_out
from app.processes.parts import Scripts
from app.processes.records import get_instance, get_specs
from app.processes.returning import list_targets, return_to_step
from app.processes.running import get_ready, require_variables
from app.processes.specs import Specs
from app.processes.states import load_state
from app.processes.values import Advance, Finished, Handlers


def list_return_targets(connection: Connection, instance_id: int, task_id: str) -> tuple[str, ...]:
    """Return the human steps that the instance may be returned to from a ready task, the one done last first."""
    instance = get_instance(connection, instance_id, lock=False)
    specs = get_specs(connection, instance.version_id, instance.content_hash)
    workflow = load_state(instance.state, specs, Scripts(None))
    return tuple(list_targets(get_ready(workflow, task_id)))


def return_to(
    connection: Connection,
    instance_id: int,
    task_id: str,
    step: str,
    entry_data: Mapping[str, object] | None,
    variables: Mapping[str, object],
    handlers: Handlers,
    now: dt.datetime,
) -> Advance:
    """Return the instance from a ready task to a human step; everything that followed from that step is undone.

    The step starts from `entry_data`, as the step history kept it, with `variables` over it; its timers are armed anew.
    Raises `ReturnRefused` where the step can't be reached, and what `advance` raises.
    """

    def reset(workflow: BpmnWorkflow, specs: Specs) -> tuple[Finished, ...]:
        require_variables({**(entry_data or {}), **variables}, specs.variables)
        return_to_step(workflow, get_ready(workflow, task_id), step, entry_data, variables)
        return ()

    return carry_out(connection, instance_id, reset, handlers, now)
