"""A case's course: finished steps, deadlines with their reasons, and the same for the diagram."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.calendar.due_explained import explain_reason, unpack_step_due
from app.cases.models import CaseStep
from app.clock import get_china_day
from app.errors import Message
from app.tasks.models import Task
from app.web.case_sides import Names, Reader, may_read_decision, may_read_opinion
from app.web.case_words import name_decision
from app.web.due import describe_due, show_date
from app.web.filters import show_role
from app.web.site import get_site
from app.web.steps_words import STEP_NAMES
from app.web.words import say


@dataclass(frozen=True, slots=True)
class StepView:
    """A finished step as the history shows it."""

    step: str
    what: Message | str
    who: str
    role: str
    when: dt.datetime
    round: int
    decision: Message | str
    opinion: str
    note: Message | str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """Until when a step might take, why that day, and how it was met."""

    what: Message | str
    role: str
    start: dt.date
    due_at: dt.datetime
    reason: Message
    provisional: bool
    closed_at: dt.datetime | None
    outcome: Message
    tone: str


OUTCOMES = {
    "done": ("green", "check"),
    "returned": ("orange", "arrow-back-up"),
    "lapsed": ("red", "hourglass"),
    "undone": ("grey", "rotate-clockwise"),
}


def make_step(step: CaseStep, reader: Reader, names: Names, *, scoring_is_over: bool) -> StepView:
    """Return a finished step as a reader may see it."""
    tone, icon = OUTCOMES[step.outcome]
    sees_decision = may_read_decision(reader, step, scoring_is_over=scoring_is_over)
    sees_opinion = may_read_opinion(reader, step, scoring_is_over=scoring_is_over)
    is_returned = step.outcome == "returned"
    return StepView(
        step=step.step,
        what=STEP_NAMES.get(step.step, step.step),
        who=names.find(step.person_id, "" if step.person_id else step.person_name),
        role="" if step.person_id is None else show_role(step.role),
        when=step.finished_at,
        round=step.round,
        decision="" if is_returned or not sees_decision else name_decision(step.decision),
        opinion=step.opinion if sees_opinion else "",
        note=_find_note(step),
        tone=tone,
        icon=icon,
    )


def _find_note(step: CaseStep) -> Message | str:
    if step.outcome == "returned":
        return Message("returned to: {step}", step=STEP_NAMES.get(step.decision, step.decision))
    if step.outcome == "lapsed":
        if step.step in ("represent", "represent_termination"):
            return Message("the time ran out: no objection")
        return Message("the time ran out")
    return Message("undone by a return") if step.outcome == "undone" else ""


def make_deadline(task: Task, now: dt.datetime) -> DeadlineView:
    """Return a step's deadline with its reason and how it was met."""
    outcome, tone = _find_outcome(task, now)
    return DeadlineView(
        what=STEP_NAMES.get(task.step, task.step),
        role=task.role,
        start=dt.date.fromisoformat(task.start_day),
        due_at=task.due_at,
        reason=explain_task(task),
        provisional=bool(task.due_explained.get("provisional")),
        closed_at=task.closed_at,
        outcome=outcome,
        tone=tone,
    )


def explain_task(task: Task) -> Message:
    """Return why a task is due then; a date that was given by a person's word says so."""
    due = unpack_step_due(task.due_explained)
    if due.due != task.due_at:
        return Message("the date that the supervisor gave, or that stands since an earlier round")
    return explain_reason(due, get_site().calendar.find_day_off_name(get_china_day(due.due)))


def _find_outcome(task: Task, now: dt.datetime) -> tuple[Message, str]:
    if task.closed_at is None:
        return describe_due(task.due_at, now).words, "red" if now > task.due_at else "blue"
    if task.state in ("lapsed", "cancelled"):
        word = Message("the time ran out") if task.state == "lapsed" else Message("withdrawn")
        return word, "red" if task.state == "lapsed" else "grey"
    if task.closed_at > task.due_at:
        return Message("done late"), "red"
    return Message("done in time"), "green"


def make_progress(
    trail: Sequence[str], open_tasks: Sequence[Task], steps: Sequence[StepView], owners: Mapping[int, str]
) -> dict[str, object]:
    """Return where a case stands for the diagram, all texts finished. `owners`: names by open task's number."""
    current = [
        {"id": task.step, "owner": owners[task.id], "due": f"{say(describe_due(task.due_at).words)}"}
        for task in _first_of_each(open_tasks)
    ]
    done: dict[str, list[dict[str, str]]] = {}
    for step in steps:
        said = say(step.note) if step.note else say(step.decision)
        entry = {"who": step.who, "when": show_date(step.when), "decision": said, "opinion": step.opinion}
        done.setdefault(step.step, []).append(entry)
    return {"current": current, "passed": list(trail), "steps": done}


def _first_of_each(tasks: Sequence[Task]) -> list[Task]:
    """Return one task of each step: parallel ones of a panel stand at one place of the diagram."""
    return list({task.step: task for task in reversed(tasks)}.values())
