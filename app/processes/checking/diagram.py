"""A diagram as the checks see it: elements with names people know, arrows, and what stands in which sub-process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
NODES = frozenset(
    {
        "startEvent",
        "endEvent",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "exclusiveGateway",
        "parallelGateway",
        "boundaryEvent",
        "intermediateCatchEvent",
        "callActivity",
        "subProcess",
    }
)
SCOPES = frozenset({"process", "subProcess"})

Element = etree._Element  # the library's only public element type


class Flow(NamedTuple):
    """An arrow."""

    id: str
    source: str
    target: str
    condition: str | None
    element: Element


class Scope:
    """A process or a sub-process: what stands in it directly."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.nodes = {one.get("id", ""): one for one in element if get_kind(one) in NODES}
        self.flows = [_read_flow(one) for one in element if get_kind(one) == "sequenceFlow"]
        self.outgoing: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        self.incoming: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows:
            self.outgoing.setdefault(flow.source, []).append(flow)
            self.incoming.setdefault(flow.target, []).append(flow)

    def list_of(self, *kinds: str) -> list[Element]:
        """Return the elements of some kinds."""
        return [node for node in self.nodes.values() if get_kind(node) in kinds]

    def list_next(self, node: str) -> list[str]:
        """Return the elements that may follow one directly: along arrows, and its timers."""
        timers = [one.get("id", "") for one in self.list_of("boundaryEvent") if one.get("attachedToRef") == node]
        return [flow.target for flow in self.outgoing[node] if flow.target in self.nodes] + timers


class Diagram:
    """A whole file."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.processes = root.findall(f"{BPMN}process")
        self.scopes = [Scope(one) for one in iterate(root) if get_kind(one) in SCOPES]
        self.lanes = {
            (ref.text or "").strip(): lane.get("name", "")
            for lane in root.iter(f"{BPMN}lane")
            for ref in lane.findall(f"{BPMN}flowNodeRef")
        }

    def list_of(self, *kinds: str) -> list[Element]:
        """Return the elements of some kinds, wherever they stand."""
        return [one for scope in self.scopes for one in scope.list_of(*kinds)]

    def find_lane(self, element: Element) -> str | None:
        """Return the lane's name that an element stands in, or the sub-process around it."""
        around: Element | None = element
        while around is not None:
            if around.get("id") in self.lanes:
                return self.lanes[around.get("id", "")]
            around = around.getparent()
        return None


def iterate(root: Element) -> Iterator[Element]:
    """Give every element below one, itself too."""
    return (one for one in root.iter() if isinstance(one.tag, str))


def get_kind(element: Element) -> str | None:
    """Return an element's kind in BPMN; None for anything of another language."""
    tag = element.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else None


def describe(element: Element) -> str:
    """Return what people find an element by: its name and its id."""
    name, identity = element.get("name"), element.get("id", get_kind(element) or "")
    return f"{name} ({identity})" if name else identity


def get_text(element: Element | None) -> str | None:
    """Return an element's text without the space around it; None where there is none."""
    text = None if element is None else (element.text or "").strip()
    return text or None


def _read_flow(element: Element) -> Flow:
    condition = element.find(f"{BPMN}conditionExpression")
    source, target = element.get("sourceRef", ""), element.get("targetRef", "")
    text = None if condition is None else (condition.text or "").strip()
    return Flow(element.get("id", ""), source, target, text, element)
