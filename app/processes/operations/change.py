"""A change of one instance: load, change, run all that needs nobody, prune, save.

When a handler fails, what all handlers did since is undone and the change is made again without any: a person's work is
saved with the service task still ready. On any other error nothing is saved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.errors import Message
from app.processes.parts import Scripts, freeze, thaw
from app.processes.pruning import prune
from app.processes.records import Instance, get_instance, get_specs, save_instance
from app.processes.running import (
    ENGINE_ERRORS,
    describe_ready,
    explain_fault,
    extend_trail,
    find_due,
    is_over,
    list_ready,
    require_variables,
    run_automatic,
)
from app.processes.specs import Specs
from app.processes.states import dump_state, load_state
from app.processes.values import Advance, Failure, Finished, Handlers, ProcessFault

Change = Callable[[BpmnWorkflow, Specs], tuple[Finished, ...]]
"""Changes an instance in memory; returns the human steps that it finished."""


class HandlerFailed(Exception):
    """A handler raised; kept apart from what the engine itself raises."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.operation)
        self.failure = failure


class _Changed(NamedTuple):
    workflow: BpmnWorkflow
    ready_before: frozenset[str]
    finished: tuple[Finished, ...]


def carry_out(
    connection: Connection, instance_id: int, change: Change, handlers: Handlers, now: dt.datetime
) -> Advance:
    """Make a change, run everything automatic, save; return what it brought."""
    instance = get_instance(connection, instance_id, lock=True)
    specs = get_specs(connection, instance.version_id, instance.content_hash)
    failure = None
    try:
        with ExitStack() as undo:
            services = _Services(connection, specs, handlers, undo)
            changed = _run(instance, specs, change, Scripts(now, services.call))
    except HandlerFailed as failed:
        failure = failed.failure
        changed = _run(instance, specs, change, Scripts(now))
    return _save(connection, instance, specs, changed, failure)


def _run(instance: Instance, specs: Specs, change: Change, scripts: Scripts) -> _Changed:
    workflow = load_state(instance.state, specs, scripts)
    before = frozenset(list_ready(workflow))
    try:
        finished = change(workflow, specs)
        run_automatic(workflow)
    except ENGINE_ERRORS as error:
        raise explain_fault(error) from error
    return _Changed(workflow, before, finished)


def _save(
    connection: Connection, instance: Instance, specs: Specs, changed: _Changed, failure: Failure | None
) -> Advance:
    workflow, before, finished = changed
    trail = extend_trail(workflow, specs.flows, instance.trail)
    after = list_ready(workflow)
    done = {one.id for one in finished}
    advance = Advance(
        instance_id=instance.id,
        version=instance.version + 1,
        finished=finished,
        ready=tuple(describe_ready(task) for key, task in after.items() if key not in before),
        gone=tuple(sorted(before - after.keys() - done)),
        due_at=find_due(workflow),
        is_completed=is_over(workflow),
        failure=failure,
    )
    prune(workflow)
    save_instance(connection, advance, dump_state(workflow), trail)
    return advance


class _Services:
    """Calls handlers under a savepoint, which opens with the first call."""

    def __init__(self, connection: Connection, specs: Specs, handlers: Handlers, undo: ExitStack) -> None:
        self.connection = connection
        self.specs = specs
        self.handlers = handlers
        self.undo = undo
        self.is_open = False

    def call(self, operation: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        """Call an operation's handler; return its checked variables."""
        if not self.is_open:
            self.undo.enter_context(self.connection.begin_nested())
            self.is_open = True
        try:
            result = self._get_result(operation, variables)
        except OperationalError:
            raise
        except Exception as error:
            raise HandlerFailed(Failure(operation, error)) from error
        return result

    def _get_result(self, operation: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        handler = self.handlers.get(operation)
        if handler is None:
            raise ProcessFault(Message("there is no operation {name}", name=operation))
        result = handler(thaw(variables)) or {}
        require_variables(result, self.specs.variables)
        return {name: freeze(value) for name, value in result.items()}
