"""A fresh instance as a template: run once to its first human step when deployed, copied with new ids afterwards.

Only what no variable can change is in it: where a gateway, a decision, a script or a multi-instance comes before the
first human step there is no template, and the engine runs each new instance.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.defaults import StartEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.errors import Message
from app.processes.parts import EVENT_VALUE, FairParallelGateway, Scripts, read_moment
from app.processes.running import (
    ENGINE_ERRORS,
    describe_ready,
    extend_trail,
    list_ready,
    list_tasks,
    list_waiting_timers,
    make_workflow,
    run_automatic,
)
from app.processes.specs import Specs
from app.processes.states import INTERNAL, VARIABLES, make_state, pack_state
from app.processes.values import Ready, VariableRefused

_PLAIN = (BpmnStartTask, SimpleBpmnTask, StartEvent, FairParallelGateway)
_ID = re.compile(r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")


class Opened(NamedTuple):
    """A new instance before it is stored."""

    state: bytes
    ready: tuple[Ready, ...]
    due_at: dt.datetime | None
    is_completed: bool
    trail: str


class Template(NamedTuple):
    """A template as it is used: the state's text between ids, the ids' numbers, what is ready, timers' variables."""

    texts: tuple[str, ...]
    ids: tuple[int, ...]
    ready: tuple[tuple[int, Ready], ...]
    timers: tuple[tuple[int, str], ...]
    trail: str


def make_template(specs: Specs) -> str | None:
    """Return a fresh instance as a template's text; None where its variables decide about its first steps."""
    workflow = make_workflow(specs, Scripts(None), {})
    try:
        run_automatic(workflow)
    except ENGINE_ERRORS:
        return None
    if workflow.subprocesses or not all(map(_is_plain, list_tasks(workflow))) or not list_ready(workflow):
        return None
    ready = [describe_ready(task) for task in list_ready(workflow).values()]
    rows, timers = list(workflow.tasks.values()), list_waiting_timers(workflow)
    made = {
        "state": orjson.dumps(make_state(workflow)).decode(),
        "ready": [[one.id, one.step, one.name, one.lane, one.properties] for one in ready],
        "timers": [[rows.index(one), one.task_spec.event_definition.expression] for one in timers],
        "trail": extend_trail(workflow, specs.flows, ""),
    }
    return orjson.dumps(made).decode()


def _is_plain(task: Task) -> bool:
    state, spec = task.state, task.task_spec
    if state == TaskState.COMPLETED:
        return isinstance(spec, _PLAIN)
    return state != TaskState.STARTED and (state != TaskState.READY or bool(spec.manual))


@lru_cache(maxsize=64)
def read_template(text: str) -> Template:
    """Return a template from its text."""
    read = orjson.loads(text)
    parts = _ID.split(read["state"])
    numbers: dict[str, int] = {}
    for one in parts[1::2]:
        numbers.setdefault(one, len(numbers))
    return Template(
        texts=tuple(parts[::2]),
        ids=tuple(numbers[one] for one in parts[1::2]),
        ready=tuple((numbers[one[0]], Ready(one[0], one[1], one[2], one[3], one[4], {})) for one in read["ready"]),
        timers=tuple((row, name) for row, name in read["timers"]),
        trail=read["trail"],
    )


def open_template(template: Template, variables: Mapping[str, object]) -> Opened:
    """Return a new instance from a template: new ids, these variables, its timers' dates taken from them."""
    ids = _make_ids(max(template.ids) + 1)
    pieces = [template.texts[0]]
    for number, text in zip(template.ids, template.texts[1:], strict=True):
        pieces += [ids[number], text]
    state = orjson.loads("".join(pieces))
    rows = state["main"]["tasks"]
    rows[0][VARIABLES] = variables
    dates = [_get_date(name, variables) for _row, name in template.timers]
    for row, name in template.timers:
        rows[row][INTERNAL] = {EVENT_VALUE: variables[name]}
    ready = tuple(
        Ready(ids[number], one.step, one.name, one.lane, one.properties, dict(variables))
        for number, one in template.ready
    )
    return Opened(pack_state(state), ready, min(dates, default=None), False, template.trail)


def _make_ids(count: int) -> list[str]:
    """Return random ids in the form of UUIDs; drawn at once, as there are a dozen and more in an instance."""
    drawn = secrets.token_hex(16 * count)
    texts = (drawn[start : start + 32] for start in range(0, len(drawn), 32))
    return [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in texts]


def _get_date(name: str, variables: Mapping[str, object]) -> dt.datetime:
    if name not in variables:
        raise VariableRefused(Message("a timer needs its date: give the variable {name}", name=name))
    return read_moment(name, variables[name])
