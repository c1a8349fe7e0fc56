"""What is checked before a diagram is deployed; everything found is told at once, each with its element.

Only what is known to run rightly passes: an element that is not on the list is refused, not ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from app.errors import Message
from app.processes.checking.decisions import check_decision, get_decision_id
from app.processes.checking.diagram import Diagram
from app.processes.checking.elements import Known, check_elements, list_decisions
from app.processes.checking.gateways import check_gateways
from app.processes.checking.graph import check_graph
from app.processes.checking.structure import check_structure, find_main
from app.processes.checking.tokens import check_tokens
from app.processes.checking.variables import check_variables
from app.processes.values import ProcessRefused
from app.processes.xml_files import read_xml

__all__ = ["Checked", "check_diagram"]


class Checked(NamedTuple):
    """A diagram that passed: its main process, the decision files it needs, and its arrows by "source target"."""

    process_id: str
    decisions: tuple[str, ...]
    flows: dict[str, str]


def check_diagram(
    bpmn: bytes,
    decisions: Mapping[str, bytes],
    lanes: Collection[str],
    operations: Collection[str],
    variables: Collection[str],
) -> Checked:
    """Check a diagram and the decision tables that it uses; `ProcessRefused` with every problem."""
    diagram = Diagram(read_xml(bpmn))
    files, problems = _read_decisions(decisions)
    problems += check_variables(variables)
    known = Known(frozenset(lanes), frozenset(operations), frozenset(variables), frozenset(files))
    problems += check_structure(diagram)
    if problems:
        raise ProcessRefused(problems)
    used = [one for one in list_decisions(diagram) if one in files]
    problems += [
        *check_elements(diagram, known),
        *check_graph(diagram),
        *check_gateways(diagram, known.variables),
        *(one for decision in used for one in check_decision(decisions[files[decision]], known.variables)),
    ]
    problems = problems or check_tokens(diagram)
    if problems:
        raise ProcessRefused(problems)
    flows = {f"{flow.source} {flow.target}": flow.id for scope in diagram.scopes for flow in scope.flows}
    return Checked(find_main(diagram).get("id", ""), tuple(files[one] for one in used), flows)


def _read_decisions(decisions: Mapping[str, bytes]) -> tuple[dict[str, str], list[Message]]:
    """Return each decision's id with the name of its file."""
    files: dict[str, str] = {}
    problems: list[Message] = []
    for name, source in decisions.items():
        try:
            files[get_decision_id(read_xml(source))] = name
        except ProcessRefused as refused:
            problems += [Message("{file}: {problem}", file=name, problem=one) for one in refused.problems]
    return files, problems
