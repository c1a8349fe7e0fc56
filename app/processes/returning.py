"""Return an instance to a human step that it has passed: which steps, and the reset behind its guards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.errors import Message
from app.processes.parts import freeze
from app.processes.pruning import count_branches, is_human
from app.processes.running import get_step, get_whole
from app.processes.values import ReturnRefused


def list_targets(task: Task) -> dict[str, Task]:
    """Return the human steps that an instance may be returned to from a ready task, by step, the latest first.

    They lie on the task's own chain, also across a call activity; the last time that a step was done counts. Not among
    them: a step inside a branch that was joined since, one inside a sub-process that is over, the task's own step.
    """
    latest: dict[str, Task | None] = {get_step(task): None}
    for above, is_open in _climb(get_whole(task)):
        if is_human(above) and above.state == TaskState.COMPLETED:
            latest.setdefault(get_step(above), above if is_open else None)
    return {step: target for step, target in latest.items() if target is not None}


def _climb(task: Task) -> Iterator[tuple[Task, bool]]:
    """Give every task above, and whether no branch around it was joined since."""
    lowest = 0
    current = _get_above(task)
    while current is not None:
        yield current, lowest == 0
        joined, split = count_branches(current)
        lowest = min(0, joined, joined + split + lowest)
        current = _get_above(current)


def _get_above(task: Task) -> Task | None:
    if task.parent is not None:
        return task.parent
    workflow = task.workflow
    return None if workflow.parent_task_id is None else workflow.top_workflow.get_task_from_id(workflow.parent_task_id)


def return_to_step(
    workflow: BpmnWorkflow,
    task: Task,
    step: str,
    entry_data: Mapping[str, object] | None,
    variables: Mapping[str, object],
) -> Task:
    """Put an instance back to before a step was done; return its task. Everything that followed from it is undone.

    The step starts from `entry_data` (its own, where None) with `variables`; its timers are armed anew.
    """
    target = list_targets(task).get(step)
    if target is None:
        raise ReturnRefused(Message("the process can't be returned to {step} from here", step=step))
    parent = target.parent
    started_from = dict(parent.data) if entry_data is None else {name: freeze(one) for name, one in entry_data.items()}
    parent.data = {**started_from, **{name: freeze(value) for name, value in variables.items()}}
    workflow.reset_from_task_id(target.id)
    if target.workflow is not workflow:
        target.workflow.last_task = parent
    workflow.completed = False
    _forget_ghosts(workflow)
    return target


def _forget_ghosts(workflow: BpmnWorkflow) -> None:
    """Forget deleted timers, which the engine would otherwise still ask."""
    parts = [workflow, *workflow.subprocesses.values()]
    waiting = workflow.event_manager.tasks
    for task_id, task in list(waiting.items()):
        if task.workflow not in parts or task.workflow.tasks.get(task_id) is not task:
            del waiting[task_id]
