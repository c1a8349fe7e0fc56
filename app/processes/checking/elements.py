"""Each element by itself: its name, lane, operation, timer, script, decision, multi-instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.errors import Message
from app.processes.checking.diagram import BPMN, NODES, SPIFF, Diagram, Element, describe, get_kind, get_text
from app.processes.expressions import ExpressionRefused, list_names, parse_assignment


class Known(NamedTuple):
    """What a diagram may name."""

    lanes: frozenset[str]
    operations: frozenset[str]
    variables: frozenset[str]
    decisions: frozenset[str]


def check_elements(diagram: Diagram, known: Known) -> list[Message]:
    """Return what is wrong with elements taken one by one."""
    return [
        *_check_lanes(diagram, known),
        *(one for task in diagram.list_of("userTask") for one in _check_user_task(diagram, task, known)),
        *(one for task in diagram.list_of("serviceTask") for one in _check_service(task, known)),
        *(one for task in diagram.list_of("businessRuleTask") for one in _check_rule_task(task, known)),
        *(one for task in diagram.list_of("scriptTask") for one in _check_script(task, known)),
        *(one for event in diagram.list_of(*_EVENTS) for one in _check_event(event, known)),
        *_check_boundaries(diagram),
        *_check_multi_instances(diagram, known),
    ]


def list_decisions(diagram: Diagram) -> list[str]:
    """Return the ids of the decisions that a diagram asks, each once."""
    asked = (get_text(task.find(f".//{SPIFF}calledDecisionId")) for task in diagram.list_of("businessRuleTask"))
    return list(dict.fromkeys(one for one in asked if one is not None))


def check_names(element: Element, expression: str, known: frozenset[str]) -> Iterator[Message]:
    """Give what is wrong with an expression: its language, its variables."""
    try:
        names = list_names(expression)
    except ExpressionRefused as refused:
        yield Message("{element}: {problem}", element=describe(element), problem=refused.message)
        return
    for name in sorted(names - known):
        yield Message("{element}: the diagram has no variable {name}", element=describe(element), name=name)


def _check_lanes(diagram: Diagram, known: Known) -> Iterator[Message]:
    for lane in diagram.root.iter(f"{BPMN}lane"):
        if lane.get("name") not in known.lanes:
            yield Message("{element}: there is no role of this name", element=describe(lane))


def _check_user_task(diagram: Diagram, task: Element, known: Known) -> Iterator[Message]:
    if not (task.get("name") or "").strip():
        yield Message("{element}: give the step a name", element=describe(task))
    if diagram.find_lane(task) is None:
        yield Message("{element}: the step stands in no lane", element=describe(task))


def _check_service(task: Element, known: Known) -> Iterator[Message]:
    operators = task.findall(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
    if len(operators) != 1:
        yield Message("{element}: name one operation", element=describe(task))
        return
    name = operators[0].get("id", "")
    if name not in known.operations:
        yield Message("{element}: there is no operation {name}", element=describe(task), name=name)
    if operators[0].get("resultVariable"):
        yield Message("{element}: an operation has no result variable", element=describe(task))


def _check_rule_task(task: Element, known: Known) -> Iterator[Message]:
    asked = get_text(task.find(f"{BPMN}extensionElements/{SPIFF}calledDecisionId"))
    if asked not in known.decisions:
        yield Message("{element}: there is no decision {name}", element=describe(task), name=asked or "")


def _check_script(task: Element, known: Known) -> Iterator[Message]:
    try:
        name, expression = parse_assignment(get_text(task.find(f"{BPMN}script")) or "")
    except ExpressionRefused as refused:
        yield Message("{element}: {problem}", element=describe(task), problem=refused.message)
        return
    if name not in known.variables:
        yield Message("{element}: the diagram has no variable {name}", element=describe(task), name=name)
    yield from check_names(task, expression, known.variables)


_EVENTS = ("startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent")
_TIMED = ("intermediateCatchEvent", "boundaryEvent")


def _check_event(event: Element, known: Known) -> Iterator[Message]:
    timers = event.findall(f"{BPMN}timerEventDefinition")
    if get_kind(event) not in _TIMED:
        if timers:
            yield Message("{element}: a process can't start or end by a timer", element=describe(event))
        return
    dates = [get_text(one.find(f"{BPMN}timeDate")) for one in timers]
    if len(dates) != 1 or dates[0] not in known.variables:
        yield Message(
            "{element}: a timer takes its date from one of the diagram's variables, not {date}",
            element=describe(event),
            date=", ".join(filter(None, dates)) or "-",
        )


def _check_boundaries(diagram: Diagram) -> Iterator[Message]:
    for event in diagram.list_of("boundaryEvent"):
        scope = event.getparent()
        attached = [] if scope is None else [one for one in scope if one.get("id") == event.get("attachedToRef")]
        if not attached or get_kind(attached[0]) != "userTask":
            yield Message("{element}: a timer is attached to a human step", element=describe(event))
        if event.get("cancelActivity") == "false":
            yield Message("{element}: a timer ends the step that it is attached to", element=describe(event))


def _check_multi_instances(diagram: Diagram, known: Known) -> Iterator[Message]:
    for task in diagram.list_of(*NODES):
        loop = task.find(f"{BPMN}multiInstanceLoopCharacteristics")
        if loop is None:
            continue
        if get_kind(task) != "userTask":
            yield Message("{element}: only a human step is done by several", element=describe(task))
        item = loop.find(f"{BPMN}inputDataItem")
        names = (get_text(loop.find(f"{BPMN}loopDataInputRef")), None if item is None else item.get("id"))
        if None in names or not set(names) <= known.variables or names[0] == names[1]:
            yield Message(
                "{element}: a step done by several takes one variable with the list and another for each",
                element=describe(task),
            )
