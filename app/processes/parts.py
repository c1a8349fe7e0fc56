"""Our own parts in the engine: a timer that asks the given time, a service task that calls a handler, a fair join.

They take the places of SpiffWorkflow's parts when a specification is restored (`specs`). Everything that a diagram can
evaluate goes through `Scripts` and `Environment`: no `eval`, no `exec`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.errors import Message
from app.processes.expressions import evaluate, parse_assignment
from app.processes.values import ProcessFault, VariableRefused

EVENT_VALUE = "event_value"
EVENT_FIRED = "event_fired"
CallService = Callable[[str, Mapping[str, object]], Mapping[str, object]]
"""Takes an operation's name and the variables; returns checked variables to set."""


class Environment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """Evaluates by the allow-list; the engine also calls it directly, so overriding the script engine is not enough."""

    def evaluate(
        self, expression: str, context: Mapping[str, object], external_context: Mapping[str, object] | None = None
    ) -> object:
        """Return an expression's value."""
        return evaluate(expression, {**context, **external_context} if external_context else context)

    def execute(
        self, script: str, context: dict[str, object], external_context: Mapping[str, object] | None = None
    ) -> bool:
        """Do the one line `name = expression`."""
        name, expression = parse_assignment(script)
        context[name] = freeze(self.evaluate(expression, context, external_context))
        return True

    def call_service(self, context: dict[str, object], **_kwargs: object) -> str:
        """Refuse: services are called by `HandledServiceTask` alone."""
        raise ProcessFault(Message("a service is called outside its step"))


class Scripts(PythonScriptEngine):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """One instance's script engine: the time that its timers go by, and the services it may call.

    `now` None keeps every timer waiting without a date (a template); `call` None leaves services ready.
    """

    def __init__(self, now: dt.datetime | None, call: CallService | None = None) -> None:
        super().__init__(Environment())
        self.now = now
        self.call = call

    def evaluate(self, task: Task, expression: str, external_context: Mapping[str, object] | None = None) -> object:
        """Return an expression's value in a task."""
        return self.environment.evaluate(expression, task.data, external_context)

    def execute(self, task: Task, script: str, external_context: Mapping[str, object] | None = None) -> bool:
        """Do a script in a task."""
        return bool(self.environment.execute(script, task.data, external_context))


class ClockedTimer(TimeDateEventDefinition):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """A timer for a date: due from that very moment on, by the time that the caller gives."""

    def has_fired(self, my_task: Task) -> bool:
        """Whether the date has come."""
        now = my_task.workflow.top_workflow.script_engine.now
        if my_task.internal_data.get(EVENT_FIRED):
            return True
        if now is None:
            return False
        value = my_task.internal_data.get(EVENT_VALUE)
        if value is None:
            value = my_task.workflow.script_engine.evaluate(my_task, self.expression)
            my_task.internal_data[EVENT_VALUE] = value
        if read_moment(self.expression, value) > now:
            return False
        my_task.internal_data[EVENT_FIRED] = True
        return True


class HandledServiceTask(ServiceTask):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """A service task that sets the variables which its handler returns, and leaves no result of its own."""

    def _run_hook(self, my_task: Task) -> bool:
        result = my_task.workflow.script_engine.call(self.operation_name, my_task.data)
        my_task.data = {**my_task.data, **result}
        return True


class FairParallelGateway(ParallelGateway):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """A join that keeps what each branch changed.

    SpiffWorkflow merges whole sets of variables, so that a branch's old value of a variable wins over the new value
    that another branch gave it. Here each branch adds only what it changed since the branches parted.
    """

    def _run_hook(self, my_task: Task) -> bool:
        arrived = [my_task, *self._list_arrived(my_task)]
        base = _find_common_ancestor(arrived).data if len(arrived) > 1 else {}
        branches = [dict(task.parent.data) for task in sorted(arrived, key=lambda task: task.last_state_change)]
        super()._run_hook(my_task)
        if len(arrived) > 1:
            my_task.data = merge_branches(base, branches)
        return True

    def _list_arrived(self, my_task: Task) -> list[Task]:
        """Return the tokens of the other branches: this join's finished tasks that are not of an earlier round."""
        ancestors = set()
        task = my_task.parent
        while task is not None:
            ancestors.add(task.id)
            task = task.parent
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self
            and task is not my_task
            and task.has_state(TaskState.FINISHED_MASK)
            and task.id not in ancestors
        ]


def merge_branches(base: Mapping[str, object], branches: list[dict[str, object]]) -> dict[str, object]:
    """Return the variables after a join: the base, and what each branch changed, the last to arrive last."""
    merged = dict(base)
    for branch in branches:
        merged |= {name: value for name, value in branch.items() if name not in base or base[name] != value}
    return merged


def _find_common_ancestor(tasks: list[Task]) -> Task:
    paths = []
    for task in tasks:
        path = [task]
        while path[-1].parent is not None:
            path.append(path[-1].parent)
        paths.append(path[::-1])
    common = paths[0][0]
    for level in zip(*paths, strict=False):
        if any(task is not level[0] for task in level):
            break
        common = level[0]
    return common


def read_moment(name: str, value: object) -> dt.datetime:
    """Return a timer's date; `VariableRefused` unless it is a text like 2026-01-12T00:00:00+08:00."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        text = Message("{name}: give the timer's date and time with its offset, not {value}", name=name, value=value)
        raise VariableRefused(text)
    return moment.astimezone(dt.UTC)


def freeze(value: object) -> object:
    """Return a value as the engine keeps it: lists as tuples, which no branch can change under another."""
    return tuple(value) if isinstance(value, list | tuple) else value


def thaw(variables: Mapping[str, object]) -> dict[str, object]:
    """Return variables as others see them: a copy, with lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in variables.items()}
