"""The diagram played with tokens, all ways that it may go: no join waits for ever, nothing runs twice."""

from __future__ import annotations

from collections.abc import Iterator

from app.errors import Message
from app.processes.checking.diagram import Diagram, Scope, describe, get_kind

MOST_MARKINGS = 5000
Marking = frozenset[str]
"""The arrows on which a token stands."""


def check_tokens(diagram: Diagram) -> list[Message]:
    """Return the joins that may wait for ever and the elements that two tokens reach at once."""
    return [one for scope in diagram.scopes for one in _Game(scope).play()]


class _Game:
    """All that may happen in one process or sub-process, step by step."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.timers: dict[str, list[str]] = {}
        for event in scope.list_of("boundaryEvent"):
            self.timers.setdefault(event.get("attachedToRef", ""), []).append(event.get("id", ""))
        self.doubled: set[str] = set()

    def play(self) -> list[Message]:
        """Return what goes wrong."""
        (start,) = self.scope.list_of("startEvent")
        first = frozenset(flow.id for flow in self.scope.outgoing[start.get("id", "")])
        seen, ahead, stuck = {first}, [first], set()
        while ahead:
            marking = ahead.pop()
            following = [one for one in self._list_following(marking) if one is not None]
            if not following and marking:
                stuck |= {self._get_target(flow) for flow in marking}
            new = set(following) - seen
            seen |= new
            ahead += new
            if len(seen) > MOST_MARKINGS:
                return [Message("{element}: too many branches at once", element=describe(self.scope.element))]
        return [
            *(
                Message("{element}: the join may wait for ever for a branch", element=self._describe(node))
                for node in sorted(stuck)
            ),
            *(
                Message("{element}: two branches come here without a join", element=self._describe(node))
                for node in sorted(self.doubled)
            ),
        ]

    def _describe(self, node: str) -> str:
        return describe(self.scope.nodes[node])

    def _get_target(self, flow_id: str) -> str:
        return next(flow.target for flow in self.scope.flows if flow.id == flow_id)

    def _list_following(self, marking: Marking) -> Iterator[Marking | None]:
        """Give the markings after each thing that may happen next; None where it would double a token."""
        for node in {self._get_target(flow) for flow in marking}:
            arrived = [flow.id for flow in self.scope.incoming[node] if flow.id in marking]
            if get_kind(self.scope.nodes[node]) == "parallelGateway":
                if len(arrived) == len(self.scope.incoming[node]):
                    yield self._move(marking, arrived, [flow.id for flow in self.scope.outgoing[node]], node)
                continue
            for flow_id in arrived:
                for leaving in self._list_ways(node):
                    yield self._move(marking, [flow_id], leaving, node)

    def _list_ways(self, node: str) -> list[list[str]]:
        """Return the ways out of an element: one arrow each, also of its timers; none out of an end."""
        sources = [node, *self.timers.get(node, [])]
        return [[flow.id] for source in sources for flow in self.scope.outgoing[source]] or [[]]

    def _move(self, marking: Marking, taken: list[str], given: list[str], node: str) -> Marking | None:
        left = marking.difference(taken)
        others = {flow.id for flow in self.scope.incoming[node]} & left
        if len(taken) == 1 and others and get_kind(self.scope.nodes[node]) != "endEvent":
            self.doubled.add(node)
        if left & set(given):
            self.doubled.update(self._get_target(flow) for flow in left & set(given))
            return None
        return left | set(given)
