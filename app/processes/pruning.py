"""Keep an instance's tree flat: what is finished goes, except what the engine or a return still needs.

Without it a tree grows with every round of rework, a step slows down, and from depth 1,000 on the engine takes an
instance for finished. The record of what happened is the step history of the case, not this tree.

Kept: what is unfinished, and its parents; the last three times that each human step was done on a chain that still goes
on, with the very tasks whose variables these started from; the splits and joins between; branches that wait for a join.
"""

from __future__ import annotations

from collections import Counter

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.processes.running import MULTI_INSTANCE, TaskId, get_step, get_whole

ROUNDS = 3
"""How often each human step is kept: after a return into an earlier round a further return finds its steps."""
_FINISHED = TaskState.FINISHED_MASK
_STANDS = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def prune(workflow: BpmnWorkflow) -> None:
    """Take out of an instance's tree what nobody needs any more."""
    for task_id in [key for key in workflow.subprocesses if _is_over(workflow, key)]:
        del workflow.subprocesses[task_id]
    for part in (workflow, *workflow.subprocesses.values()):
        _Pruning(part).run()


def _is_over(workflow: BpmnWorkflow, call_id: TaskId) -> bool:
    """Whether the call that a sub-process belongs to is finished, or gone with a sub-process around it."""
    parts = (workflow, *workflow.subprocesses.values())
    call = next((part.tasks[call_id] for part in parts if call_id in part.tasks), None)
    return call is None or call.has_state(_FINISHED)


def is_human(task: Task) -> bool:
    """Whether a task is a human step as a whole: a multi-instance is one, each of its tasks is not."""
    return isinstance(task.task_spec, MULTI_INSTANCE) or (bool(task.task_spec.manual) and get_whole(task) is task)


def count_branches(task: Task) -> tuple[int, int]:
    """Return how many branches a task joins into one and splits off: of two into one -1, of one into three 2."""
    spec = task.task_spec
    if not isinstance(spec, UnstructuredJoin) or spec.bpmn_id is None:
        return 0, 0
    return min(0, 1 - len(spec.inputs)), max(0, len(spec.outputs) - 1)


class _Pruning:
    """One workflow's pruning: mark what is kept, then close the gaps."""

    def __init__(self, part: BpmnBaseWorkflow) -> None:
        self.part = part
        self.tasks = list(part.tasks.values())
        self.kept: set[TaskId] = {part.task_tree.id}
        self.pairs: list[tuple[Task, Task]] = []

    def run(self) -> None:
        """Do it."""
        waiting = self._list_waiting_branches()
        for task in self.tasks:
            if not task.has_state(_FINISHED):
                self._keep(task, *task.children)
        for task in waiting:
            self._keep(task)
        for task in self.tasks:
            if task.has_state(_STANDS):
                self._keep_chain(task)
        for task in waiting:
            self._keep_chain(task)
        self._keep_forks()
        self._keep_pairs()
        if len(self.kept) < len(self.tasks):
            self._close_gaps()

    def _keep(self, task: Task, *others: Task) -> None:
        """Keep a task, its parent and others."""
        self.kept.update(other.id for other in others)
        self.kept.add(task.id)
        if task.parent is not None:
            self.kept.add(task.parent.id)

    def _list_waiting_branches(self) -> list[Task]:
        """Return the tokens at a join that still waits for another branch: the engine marks them cancelled."""
        joins = [task for task in self.tasks if isinstance(task.task_spec, UnstructuredJoin)]
        over = [task for task in joins if task.state == TaskState.COMPLETED]
        waiting = [task for task in joins if task.state == TaskState.CANCELLED]
        return [
            task
            for task in waiting
            if not any(join.task_spec is task.task_spec and not _is_above(join, task) for join in over)
        ]

    def _keep_chain(self, start: Task) -> None:
        """Keep the last times that each human step was done above a task, and the splits and joins between these."""
        seen: Counter[str] = Counter()
        between: list[Task | None] = []
        task = get_whole(start).parent
        while task is not None:
            joined, split = count_branches(task)
            if is_human(task) and task.state == TaskState.COMPLETED and seen[get_step(task)] < ROUNDS:
                seen[get_step(task)] += 1
                self._keep_target(task)
                self.kept.update(one.id for one in between if one is not None)
                between = [None]
            elif split and not joined and between and between[-1] is not None:
                self._meet_split(task, split, between)
            elif split or joined:
                between.append(task)
            task = task.parent

    def _meet_split(self, task: Task, split: int, between: list[Task | None]) -> None:
        """Leave a split out with the join that ends it: together they change nothing for a return."""
        below = between[-1]
        if below is not None and count_branches(below) == (-split, 0):
            between.pop()
            self.pairs.append((task, below))
        else:
            between.append(task)

    def _keep_target(self, task: Task) -> None:
        """Keep a step that an instance may be returned to, with its timers."""
        parent = task.parent
        timers = parent.children if isinstance(parent.task_spec, BoundaryEventSplit) else []
        self._keep(task, *timers)

    def _keep_forks(self) -> None:
        """Keep every task from which two kept branches go: their join compares with its variables."""
        branches: dict[TaskId, int] = {}
        for task in reversed(self.tasks):
            if branches.get(task.id, 0) > 1:
                self.kept.add(task.id)
            if task.parent is not None and (task.id in self.kept or branches.get(task.id)):
                branches[task.parent.id] = branches.get(task.parent.id, 0) + 1

    def _keep_pairs(self) -> None:
        """Keep the split of every join that is kept for another reason, and the other way round."""
        for pair in self.pairs:
            if any(task.id in self.kept for task in pair):
                self.kept.update(task.id for task in pair)

    def _close_gaps(self) -> None:
        """Hang each kept task under the nearest kept one above it."""
        kept = [task for task in self.tasks if task.id in self.kept]
        above = {task.id: self._find_kept_above(task) for task in kept}
        for task in kept:
            task.children = []
        self.part.tasks = {task.id: task for task in kept}
        for task in kept:
            parent = above[task.id]
            if parent is not None:
                task.parent = parent
                parent._children.append(task.id)  # the engine has no public way to add a given child

    def _find_kept_above(self, task: Task) -> Task | None:
        parent = task.parent
        while parent is not None and parent.id not in self.kept:
            parent = parent.parent
        return parent


def _is_above(ancestor: Task, task: Task) -> bool:
    parent = task.parent
    while parent is not None:
        if parent is ancestor:
            return True
        parent = parent.parent
    return False
