"""The state of an instance as bytes: its tasks, without its specification.

Our own form and not the engine's: half the size, three times as fast to read, and no migration of the engine's stands
between an old state and a new release. Parents come before their children; each task keeps only the variables that
differ from its parent's.
"""

from __future__ import annotations

import zlib

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.processes.parts import Scripts, freeze
from app.processes.specs import Specs

FORMAT = 1
"""Rises when states of this shape can no longer be read as they are; older ones are then changed when loaded."""
State = dict[str, object]
INTERNAL, VARIABLES = 6, 7
"""Places in a task's row."""


def dump_state(workflow: BpmnWorkflow) -> bytes:
    """Return an instance's state as bytes."""
    return pack_state(make_state(workflow))


def pack_state(state: State) -> bytes:
    """Return a state's bytes."""
    return zlib.compress(orjson.dumps(state, option=orjson.OPT_PASSTHROUGH_DATETIME), 1)


def make_state(workflow: BpmnWorkflow) -> State:
    """Return an instance's state as plain values."""
    subs = {str(call): _make_part(sub) for call, sub in workflow.subprocesses.items()}
    return {"format": FORMAT, "main": _make_part(workflow), "subs": subs}


def _make_part(part: BpmnBaseWorkflow) -> State:
    return {
        "completed": part.completed,
        "last": None if part.last_task is None else str(part.last_task.id),
        "tasks": [_make_row(task) for task in part.tasks.values()],
    }


def _make_row(task: Task) -> list[object]:
    parent = task.parent
    above = {} if parent is None else parent.data
    own = task.data
    return [
        str(task.id),
        None if parent is None else str(parent.id),
        task.task_spec.name,
        task.state,
        task.triggered,
        task.last_state_change,
        task.internal_data,
        {name: value for name, value in own.items() if name not in above or above[name] != value},
        [name for name in above if name not in own],
    ]


def load_state(state: bytes, specs: Specs, scripts: Scripts) -> BpmnWorkflow:
    """Return the instance of a state, with its script engine, which no state keeps."""
    read = orjson.loads(zlib.decompress(state))
    if read["format"] != FORMAT:
        raise ValueError("a state of an unknown format")
    workflow = BpmnWorkflow(specs.main, specs.subs, script_engine=scripts, deserializing=True)
    _fill_part(workflow, read["main"], workflow)
    for call_id, part in read["subs"].items():
        _add_sub(workflow, call_id, part, specs)
    return workflow


def _add_sub(workflow: BpmnWorkflow, call_id: str, read: State, specs: Specs) -> None:
    parts = (workflow, *workflow.subprocesses.values())
    call = next(part.tasks[call_id] for part in parts if call_id in part.tasks)
    sub = BpmnSubWorkflow(specs.subs[call.task_spec.spec], call.id, workflow, deserializing=True)
    workflow.subprocesses[call.id] = sub
    _fill_part(sub, read, workflow)
    sub.completed_event.connect(call.task_spec._on_subworkflow_completed, call)  # as the engine's own


def _fill_part(part: BpmnBaseWorkflow, read: dict[str, object], workflow: BpmnWorkflow) -> None:
    for row in read["tasks"]:  # type: ignore[attr-defined]  # rows as `_make_row` makes them
        _add_task(part, row, workflow)
    part.task_tree = next(iter(part.tasks.values()))
    part.last_task = part.tasks.get(read["last"])
    part.completed = read["completed"]


def _add_task(part: BpmnBaseWorkflow, row: list[object], workflow: BpmnWorkflow) -> None:
    """Add a task; its id stays a text here, which is found faster than the engine's own kind."""
    task_id, parent_id, spec, state, triggered, changed, internal, updates, deletions = row
    parent = part.tasks.get(parent_id)
    task = Task(part, part.spec.task_specs[spec], parent, state, task_id)
    task.triggered = triggered
    task.last_state_change = changed
    task.internal_data = internal
    data = {} if parent is None else dict(parent.data)
    for name in deletions:  # type: ignore[attr-defined]  # a list of names
        del data[name]
    for name, value in updates.items():  # type: ignore[attr-defined]  # a mapping of variables
        data[name] = freeze(value)
    task.data = data
    if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        workflow.event_manager.add_task(task)
