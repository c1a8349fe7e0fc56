"""An instance in memory: what is ready, finishing a step, running all that needs nobody, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.specs.defaults import ParallelMultiInstanceTask, SequentialMultiInstanceTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.errors import Message
from app.processes.expressions import ExpressionRefused
from app.processes.parts import EVENT_VALUE, HandledServiceTask, Scripts, freeze, read_moment, thaw
from app.processes.specs import Specs
from app.processes.values import Finished, ProcessFault, Ready, StepNotReady, VariableRefused

MULTI_INSTANCE = (ParallelMultiInstanceTask, SequentialMultiInstanceTask)
TaskId = UUID | str
"""A task's id: a new task has the engine's kind, one that was loaded the other."""
MOST_AUTOMATIC_STEPS = 10_000
ENGINE_ERRORS = (SpiffWorkflowException, ExpressionRefused, TypeError)
"""What the engine raises at an element; TypeError where a multi-instance's list is missing or no list."""
_ENTERED = TaskState.READY | TaskState.STARTED | TaskState.COMPLETED


def make_workflow(specs: Specs, scripts: Scripts, variables: Mapping[str, object]) -> BpmnWorkflow:
    """Return a new instance that has not run yet."""
    workflow = BpmnWorkflow(specs.main, dict(specs.subs), script_engine=scripts)
    workflow.task_tree.data = {name: freeze(value) for name, value in variables.items()}
    return workflow


def list_tasks(workflow: BpmnWorkflow) -> Iterator[Task]:
    """Give every task of an instance, also below the depth at which the engine's own search stops."""
    yield from workflow.tasks.values()
    for sub in workflow.subprocesses.values():
        yield from sub.tasks.values()


def list_ready(workflow: BpmnWorkflow) -> dict[str, Task]:
    """Return the human tasks that are ready, by id."""
    return {
        str(task.id): task for task in list_tasks(workflow) if task.state == TaskState.READY and task.task_spec.manual
    }


def get_ready(workflow: BpmnWorkflow, task_id: str) -> Task:
    """Return a human task that is ready; `StepNotReady` where it isn't: running it twice would count it twice."""
    task = list_ready(workflow).get(task_id)
    if task is None:
        raise StepNotReady(Message("this step is not open any more"))
    return task


def finish(task: Task, variables: Mapping[str, object]) -> Finished:
    """Complete a human task with variables.

    One of a multi-instance gives only these to the whole: with everything it started from, its old values would win
    over what others gave before it, and its item would stand in the way of the next round.
    """
    whole = get_whole(task)
    finished = Finished(str(task.id), get_step(task), thaw(whole.parent.data))
    given = {name: freeze(value) for name, value in variables.items()}
    task.data = {**task.data, **given} if whole is task else given
    task.run()
    return finished


def get_step(task: Task) -> str:
    """Return the diagram's id of a task."""
    return str(task.task_spec.bpmn_id)


def get_whole(task: Task) -> Task:
    """Return the multi-instance that a task is one of, else the task itself."""
    parent = task.parent
    return parent if parent is not None and task.triggered and isinstance(parent.task_spec, MULTI_INSTANCE) else task


def run_automatic(workflow: BpmnWorkflow) -> None:
    """Run everything that needs nobody, due timers too, until only human work is ready or timers wait.

    Service tasks stay ready where the script engine has no way to call them.
    """
    left = MOST_AUTOMATIC_STEPS
    while True:
        ready = _list_automatic(workflow)
        if not ready:
            workflow.refresh_timers()
            ready = _list_automatic(workflow)
        if not ready:
            return
        for task in ready:
            _run_one(task)
        _update_calls(workflow)
        left -= len(ready)
        if left < 0:
            raise ProcessFault(Message("more than {most} automatic steps in a row", most=MOST_AUTOMATIC_STEPS))


def _list_automatic(workflow: BpmnWorkflow) -> list[Task]:
    has_services = workflow.script_engine.call is not None
    return [
        task
        for task in list_tasks(workflow)
        if task.state == TaskState.READY
        and not task.task_spec.manual
        and (has_services or not isinstance(task.task_spec, HandledServiceTask))
    ]


def _run_one(task: Task) -> None:
    """Run an automatic task, unless what ran before it took it away."""
    if task.state == TaskState.READY and task.workflow.tasks.get(task.id) is task:
        task.run()


def _update_calls(workflow: BpmnWorkflow) -> None:
    """Let the calls of sub-processes that came to their end go on."""
    for call_id, sub in list(workflow.subprocesses.items()):
        if sub.completed:
            call = workflow.get_task_from_id(call_id)
            if call is not None and not call.has_state(TaskState.FINISHED_MASK):
                call.task_spec._update(call)  # the engine's own loop does the same


def is_over(workflow: BpmnWorkflow) -> bool:
    """Whether nothing is left to do; the engine's own answer is wrong for deep trees."""
    return all(task.has_state(TaskState.FINISHED_MASK) for task in workflow.tasks.values())


def describe_ready(task: Task) -> Ready:
    """Return a ready human task as a value."""
    spec = task.task_spec
    properties = spec.extensions.get("properties", {})
    return Ready(str(task.id), get_step(task), spec.bpmn_name or "", spec.lane or "", properties, thaw(task.data))


def find_due(workflow: BpmnWorkflow) -> dt.datetime | None:
    """Return when the next timer is due; None where none waits."""
    waiting = (
        read_moment(task.task_spec.event_definition.expression, task.internal_data[EVENT_VALUE])
        for task in list_waiting_timers(workflow)
        if task.internal_data.get(EVENT_VALUE) is not None
    )
    return min(waiting, default=None)


def list_waiting_timers(workflow: BpmnWorkflow) -> list[Task]:
    """Return the timers that wait."""
    return [
        task
        for task in list_tasks(workflow)
        if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
    ]


def extend_trail(workflow: BpmnWorkflow, flows: Mapping[str, str], trail: str) -> str:
    """Return the ids of elements entered and sequence flows taken so far, in the order of the first visit."""
    passed = dict.fromkeys(trail.split())
    for task in list_tasks(workflow):
        if not task.has_state(_ENTERED) or task.task_spec.bpmn_id is None:
            continue
        element = get_step(task)
        flow = flows.get(f"{_find_previous(task)} {element}")
        if flow is not None:
            passed[flow] = None
        passed[element] = None
    return " ".join(passed)


def _find_previous(task: Task) -> str | None:
    previous = task.parent
    while previous is not None and previous.task_spec.bpmn_id is None:
        previous = previous.parent
    return None if previous is None else get_step(previous)


def explain_fault(error: Exception) -> ProcessFault:
    """Return an engine's error in our words."""
    step = getattr(getattr(error, "task_spec", None), "bpmn_id", None) or ""
    return ProcessFault(Message("the process stopped at {step}: {reason}", step=step, reason=str(error)))


def require_variables(variables: Mapping[str, object], declared: frozenset[str]) -> None:
    """Refuse variables that the diagram doesn't declare, and values that the engine can't keep."""
    for name, value in variables.items():
        if name not in declared:
            raise VariableRefused(Message("the diagram has no variable {name}", name=name))
        parts = value if isinstance(value, list | tuple) else [value]
        if not all(part is None or isinstance(part, bool | str | int) for part in parts):
            text = Message("{name}: a variable is a text, a whole number, yes or no, or a list of these", name=name)
            raise VariableRefused(text)
