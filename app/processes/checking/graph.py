"""The drawing as a graph: what is reached, what ends, what would run for ever by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.errors import Message
from app.processes.checking.diagram import Diagram, Scope, describe, get_kind

_GATEWAYS = ("exclusiveGateway", "parallelGateway")
_WAITS = ("userTask",)


def check_graph(diagram: Diagram) -> list[Message]:
    """Return what is wrong with how elements are joined."""
    return [one for scope in diagram.scopes for check in _CHECKS for one in check(scope)]


def _check_ends(scope: Scope) -> Iterator[Message]:
    starts = scope.list_of("startEvent")
    if len(starts) != 1:
        yield Message("{element}: has {count} starts, not one", element=describe(scope.element), count=len(starts))
    if not scope.list_of("endEvent"):
        yield Message("{element}: has no end", element=describe(scope.element))
    for node in scope.list_of("startEvent", "boundaryEvent"):
        if scope.incoming[node.get("id", "")]:
            yield Message("{element}: no arrow may lead here", element=describe(node))


def _check_arrows(scope: Scope) -> Iterator[Message]:
    for flow in scope.flows:
        if flow.source not in scope.nodes or flow.target not in scope.nodes:
            yield Message("{element}: the arrow's ends are not both in its process", element=describe(flow.element))
        elif flow.source == flow.target:
            yield Message("{element}: an arrow leads back to its own element", element=describe(flow.element))
        source = scope.nodes.get(flow.source)
        if source is not None and flow.condition is not None and get_kind(source) != "exclusiveGateway":
            yield Message("{element}: only a diamond's arrows have conditions", element=describe(flow.element))
    pairs = [(flow.source, flow.target) for flow in scope.flows]
    for flow in scope.flows:
        if pairs.count((flow.source, flow.target)) > 1:
            yield Message("{element}: two arrows join the same elements", element=describe(flow.element))


def _check_outgoing(scope: Scope) -> Iterator[Message]:
    for identity, node in scope.nodes.items():
        leaving = len(scope.outgoing[identity])
        if get_kind(node) == "endEvent":
            if leaving:
                yield Message("{element}: no arrow may leave an end", element=describe(node))
        elif leaving == 0:
            yield Message("{element}: a dead end, no arrow leaves", element=describe(node))
        elif leaving > 1 and get_kind(node) not in _GATEWAYS:
            yield Message("{element}: only diamonds have several arrows leaving", element=describe(node))


def _check_reached(scope: Scope) -> Iterator[Message]:
    starts = [node.get("id", "") for node in scope.list_of("startEvent")]
    reached = _walk(starts, scope.list_next)
    for identity, node in scope.nodes.items():
        if starts and identity not in reached:
            yield Message("{element}: can't be reached from the start", element=describe(node))
    before: dict[str, list[str]] = {node: [] for node in scope.nodes}
    for identity in scope.nodes:
        for following in scope.list_next(identity):
            before[following].append(identity)
    ends = [node.get("id", "") for node in scope.list_of("endEvent")]
    ending = _walk(ends, before.__getitem__)
    for identity, node in scope.nodes.items():
        if ends and identity in reached and identity not in ending and scope.outgoing[identity]:
            yield Message("{element}: never comes to an end", element=describe(node))


def _check_automatic_loops(scope: Scope) -> Iterator[Message]:
    """Give what would run round for ever without anybody: a human step stops it, unless its own timer passes it by."""

    def list_automatic(node: str) -> list[str]:
        following = scope.list_next(node)
        if get_kind(scope.nodes[node]) not in _WAITS:
            return following
        return [one for one in following if get_kind(scope.nodes[one]) == "boundaryEvent"]

    for identity, node in scope.nodes.items():
        if identity in _walk(list_automatic(identity), list_automatic):
            yield Message("{element}: goes round for ever without a human step", element=describe(node))


def _check_first_steps(scope: Scope) -> Iterator[Message]:
    """Give the operations before the first human step: nobody is there yet to answer for them."""

    def list_before_people(node: str) -> list[str]:
        return [] if get_kind(scope.nodes[node]) == "userTask" else scope.list_next(node)

    if get_kind(scope.element) != "process":
        return
    starts = [node.get("id", "") for node in scope.list_of("startEvent")]
    for identity in sorted(_walk(starts, list_before_people)):
        if get_kind(scope.nodes[identity]) == "serviceTask":
            element = describe(scope.nodes[identity])
            yield Message("{element}: an operation can't run before the first human step", element=element)


def _walk(starts: Iterable[str], list_next: Callable[[str], list[str]]) -> set[str]:
    """Return what is reached from some elements, themselves too."""
    reached: set[str] = set()
    ahead = list(starts)
    while ahead:
        node = ahead.pop()
        if node not in reached:
            reached.add(node)
            ahead += list_next(node)
    return reached


_CHECKS = (_check_ends, _check_arrows, _check_outgoing, _check_reached, _check_automatic_loops, _check_first_steps)
