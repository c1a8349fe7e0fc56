"""What the engine room gives and refuses: what became ready, what was finished, what failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KaoheError, Message

Variables = Mapping[str, object]
"""Variables of a process by name: texts, whole numbers, yes/no, None, or flat lists of these."""
Handler = Callable[[Variables], Variables | None]
"""Does a service task: takes the engine's variables and returns those to set."""
Handlers = Mapping[str, Handler]
"""Handlers by the operation's name in the diagram."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A human step that became ready.

    `id` is the engine's for this very task; `step` the diagram's, the same for each of a multi-instance's tasks; `data`
    holds the variables that it starts with, its item included.
    """

    id: str
    step: str
    name: str
    lane: str
    properties: Mapping[str, str]
    data: Variables


@dataclass(frozen=True, slots=True)
class Finished:
    """A human step that was finished; `entry_data` holds the variables that it started from, for a later return."""

    id: str
    step: str
    entry_data: Variables


@dataclass(frozen=True, slots=True)
class Failure:
    """An automatic step that failed: its operation's name and what was raised."""

    operation: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Advance:
    """What a change of an instance brought.

    `ready`: human tasks ready now that were not before; `gone`: ids that were ready before, now neither ready nor
    finished (a timer took them, a return undid them); `due_at`: when its next timer is due.
    """

    instance_id: int
    version: int
    finished: tuple[Finished, ...]
    ready: tuple[Ready, ...]
    gone: tuple[str, ...]
    due_at: dt.datetime | None
    is_completed: bool
    failure: Failure | None


class ProcessRefused(KaoheError):
    """A diagram that can't be deployed; `problems` holds everything found, each naming its element."""

    def __init__(self, problems: Sequence[Message]) -> None:
        self.problems = tuple(problems)
        first = Message(
            "the diagram can't be deployed, {count} problems: {first}", count=len(problems), first=problems[0]
        )
        super().__init__(problems[0] if len(problems) == 1 else first)


class ProcessUnknown(KaoheError):
    """No process of this name is deployed, or no instance of this number exists."""


class StepNotReady(KaoheError):
    """The task is not (or no longer) ready."""


class InstanceChanged(KaoheError):
    """Somebody else changed the instance in the meantime; nothing was saved."""


class VariableRefused(KaoheError):
    """A variable that the diagram doesn't declare, or a value that the engine can't keep."""


class ReturnRefused(KaoheError):
    """The instance can't be returned to this step from here."""


class ProcessFault(KaoheError):
    """The engine stopped at an element: an expression without its variable, a timer without its date."""
