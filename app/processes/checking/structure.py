"""The file as a whole: valid BPMN, one main process, ids that are not the engine's own, only known elements."""

from __future__ import annotations

import threading
from collections import Counter

from SpiffWorkflow.spiff.parser.process import VALIDATOR

from app.errors import Message
from app.processes.checking.diagram import BPMN, NODES, SPIFF, Diagram, Element, describe, get_kind, iterate

_RESERVED_IDS = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_LONGEST_ID = 60
_OUTSIDE = frozenset({"definitions", "collaboration", "participant", "process", "category", "categoryValue"})
_INSIDE = NODES | {
    "sequenceFlow",
    "laneSet",
    "lane",
    "flowNodeRef",
    "incoming",
    "outgoing",
    "property",
    "multiInstanceLoopCharacteristics",
    "loopDataInputRef",
    "inputDataItem",
    "timerEventDefinition",
    "timeDate",
    "conditionExpression",
    "script",
}
_ANYWHERE = frozenset({"extensionElements", "documentation", "textAnnotation", "text", "association", "group"})
_EXTENSIONS = frozenset({"properties", "property", "serviceTaskOperator", "parameters", "calledDecisionId"})
_LOCK = threading.Lock()


def check_structure(diagram: Diagram) -> list[Message]:
    """Return what is wrong; with any of it the other checks and the parser can't be trusted with the file."""
    invalid = _check_schema(diagram.root)
    if invalid:
        return invalid
    return [*_check_known(diagram), *_check_ids(diagram), *_check_processes(diagram)]


def _check_schema(root: Element) -> list[Message]:
    """Return where a file isn't valid BPMN."""
    if get_kind(root) != "definitions":
        return [Message("the file is not a BPMN diagram")]
    with _LOCK:
        schema = VALIDATOR.validator
        if schema.validate(root):
            return []
        return [Message("line {line}: {problem}", line=one.line, problem=one.message) for one in schema.error_log]


def _check_known(diagram: Diagram) -> list[Message]:
    problems = []
    for element in iterate(diagram.root):
        problem = _find_unknown(element)
        if problem is not None:
            owner = element if get_kind(element) in NODES else _find_owner(element)
            problems.append(Message("{element}: {kind} is not supported", element=describe(owner), kind=problem))
    return problems


def _find_unknown(element: Element) -> str | None:
    """Return the kind of an element that is not on the list."""
    tag = str(element.tag)
    if tag.startswith(SPIFF):
        kind = tag.removeprefix(SPIFF)
        return None if kind in _EXTENSIONS else kind
    known_kind = get_kind(element)
    if known_kind is None or known_kind in _ANYWHERE:
        return None
    allowed = _INSIDE if _is_inside_process(element) else _OUTSIDE
    if known_kind == "subProcess" and element.get("triggeredByEvent") == "true":
        return "event subProcess"
    return None if known_kind in allowed else known_kind


def _is_inside_process(element: Element) -> bool:
    return any(get_kind(one) == "process" for one in element.iterancestors())


def _find_owner(element: Element) -> Element:
    """Return the element that people see in the drawing: itself, or the one that it belongs to."""
    owner = element
    while owner.get("id") is None and owner.getparent() is not None:
        owner = owner.getparent()  # type: ignore[assignment]  # checked in the line above
    return owner


def _check_ids(diagram: Diagram) -> list[Message]:
    nodes = diagram.list_of(*NODES)
    given = Counter(one.get("id") for process in diagram.processes for one in iterate(process) if one.get("id"))
    problems = []
    for node in nodes:
        identity = node.get("id", "")
        if identity in _RESERVED_IDS or "." in identity or "[" in identity or len(identity) > _LONGEST_ID:
            problems.append(
                Message(
                    "{element}: this id can't be used; use letters, digits and _, and not a word of the engine's",
                    element=describe(node),
                )
            )
        if given[identity] > 1:
            problems.append(Message("{element}: another element has the same id", element=describe(node)))
    return problems


def _check_processes(diagram: Diagram) -> list[Message]:
    problems = [
        Message("{element}: the process must be executable", element=describe(one))
        for one in diagram.processes
        if one.get("isExecutable") != "true"
    ]
    called = {one.get("calledElement"): one for one in diagram.list_of("callActivity")}
    ids = {one.get("id") for one in diagram.processes}
    problems += [
        Message("{element}: there is no process {name} in the file", element=describe(one), name=name or "")
        for name, one in called.items()
        if name not in ids
    ]
    problems += _check_circular_calls(diagram)
    if not problems and len([one for one in diagram.processes if one.get("id") not in called]) != 1:
        problems.append(Message("a file holds one process, and those that it calls"))
    return problems


def _check_circular_calls(diagram: Diagram) -> list[Message]:
    """Return the processes that call themselves, also through others: they would never end."""
    calls = {
        one.get("id"): {call.get("calledElement") for call in one.iter(f"{BPMN}callActivity")}
        for one in diagram.processes
    }
    problems = []
    for process in diagram.processes:
        reached: set[str | None] = set()
        ahead = set(calls[process.get("id")])
        while ahead:
            reached |= ahead
            ahead = {two for one in ahead for two in calls.get(one, set())} - reached
        if process.get("id") in reached:
            problems.append(Message("{element}: a process can't call itself", element=describe(process)))
    return problems


def find_main(diagram: Diagram) -> Element:
    """Return the process that no other one calls."""
    called = {one.get("calledElement") for one in diagram.list_of("callActivity")}
    return next(one for one in diagram.processes if one.get("id") not in called)
