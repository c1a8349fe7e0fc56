"""Diagrams for tests, drawn by a few words, and an instance of one that is stored and loaded at every step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from html import escape
from itertools import pairwise

from app.processes.checking.diagram import Diagram
from app.processes.expressions import ExpressionRefused
from app.processes.parsing import make_specs
from app.processes.parts import Scripts
from app.processes.pruning import prune
from app.processes.returning import list_targets, return_to_step
from app.processes.running import (
    describe_ready,
    find_due,
    finish,
    get_ready,
    is_over,
    list_ready,
    list_tasks,
    make_workflow,
    run_automatic,
)
from app.processes.specs import Specs, load_specs
from app.processes.states import dump_state, load_state
from app.processes.values import Ready
from app.processes.xml_files import read_xml

NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
LANE = "经办人"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions" targetNamespace="urn:test">'
)


class Drawing:
    """A process drawn element by element; `path("a b c")` draws the arrows between them."""

    def __init__(self, name: str = "main", *, executable: str = "true") -> None:
        self.name = name
        self.executable = executable
        self.nodes: list[str] = []
        self.flows: list[str] = []
        self.steps: list[str] = []
        self.rest: list[str] = []
        self.lane = LANE

    def add(self, tag: str, identity: str, inside: str = "", **attributes: str) -> Drawing:
        """Draw any element."""
        more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.nodes.append(f'<{tag} id="{identity}"{more}>{inside}</{tag}>')
        return self

    def user(self, *identities: str, inside: str = "", lane: bool = True, **attributes: str) -> Drawing:
        """Draw human steps."""
        for identity in identities:
            self.add("userTask", identity, inside, **{"name": f"step {identity}", **attributes})
            self.steps += [identity] if lane else []
        return self

    def many(self, identity: str, items: str, item: str, inside: str = "", sequential: str = "false") -> Drawing:
        """Draw a human step that is done by several."""
        self.rest.append(f'<property id="{items}"/>')
        loop = f'<loopDataInputRef>{items}</loopDataInputRef><inputDataItem id="{item}" name="{item}"/>{inside}'
        tag = "multiInstanceLoopCharacteristics"
        return self.user(identity, inside=f'<{tag} isSequential="{sequential}">{loop}</{tag}>')

    def service(self, identity: str, operation: str, inside: str = "", **attributes: str) -> Drawing:
        """Draw a service task."""
        more = "".join(f' {name}="{value}"' for name, value in attributes.items())
        inside = f"<s:parameters>{inside}</s:parameters>"
        inner = f'<extensionElements><s:serviceTaskOperator id="{operation}"{more}>{inside}</s:serviceTaskOperator>'
        return self.add("serviceTask", identity, f"{inner}</extensionElements>")

    def rule(self, identity: str, decision: str) -> Drawing:
        """Draw a business rule task."""
        inner = f"<extensionElements><s:calledDecisionId>{decision}</s:calledDecisionId></extensionElements>"
        return self.add("businessRuleTask", identity, inner)

    def script(self, identity: str, text: str) -> Drawing:
        """Draw a script."""
        return self.add("scriptTask", identity, f"<script>{escape(text)}</script>")

    def timer(self, identity: str, on: str, date: str, **attributes: str) -> Drawing:
        """Draw a timer on a step, or one on the way where `on` is empty."""
        inner = f"<timerEventDefinition><timeDate>{escape(date)}</timeDate></timerEventDefinition>"
        if not on:
            return self.add("intermediateCatchEvent", identity, inner)
        return self.add("boundaryEvent", identity, inner, attachedToRef=on, **attributes)

    def path(self, path: str, condition: str | None = None, name: str | None = None) -> Drawing:
        """Draw the arrows along a path."""
        ids = path.split()
        inner = "" if condition is None else f"<conditionExpression>{escape(condition)}</conditionExpression>"
        for source, target in pairwise(ids):
            ends = f'id="{name or f"{source}_to_{target}"}" sourceRef="{source}" targetRef="{target}"'
            self.flows.append(f"<sequenceFlow {ends}>{inner}</sequenceFlow>")
        return self

    def draw(self) -> str:
        """Return the process's XML."""
        refs = "".join(f"<flowNodeRef>{step}</flowNodeRef>" for step in self.steps)
        lane = f'<lane id="lane_{self.name}" name="{self.lane}">{refs}</lane>'
        lanes = f'<laneSet id="lanes_{self.name}">{lane}</laneSet>'
        parts = "".join(dict.fromkeys(self.rest)) + (lanes if self.steps else "") + "".join(self.nodes + self.flows)
        return f'<process id="{self.name}" isExecutable="{self.executable}">{parts}</process>'


def make_bpmn(*drawings: Drawing) -> bytes:
    """Return a BPMN file of processes."""
    return (HEAD + "".join(one.draw() for one in drawings) + "</definitions>").encode()


def make_line(*steps: str) -> Drawing:
    """Return a process of human steps one after another."""
    drawing = Drawing().add("startEvent", "begin").user(*steps).add("endEvent", "done")
    return drawing.path(" ".join(["begin", *steps, "done"]))


def make_dmn(rows: str, *, policy: str = "UNIQUE", inputs: str = "x y", outputs: str = "z", more: str = "") -> bytes:
    """Return a decision file; rows as "True - => False; ..."."""
    columns = "".join(
        f'<input id="in_{one}"><inputExpression id="e_{one}"><text>{one}</text></inputExpression></input>'
        for one in inputs.split()
    ) + "".join(f'<output id="out_{one}" name="{one}"/>' for one in outputs.split())
    rules = ""
    for number, row in enumerate(rows.split(";")):
        conditions, _, results = row.partition("=>")
        inner = _draw_cells("input", number, conditions) + _draw_cells("output", number, results)
        rules += f'<rule id="rule{number}">{inner}</rule>'
    table = f'<decisionTable id="table" hitPolicy="{policy}">{columns}{rules}</decisionTable>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:test">'
        f'<decision id="decide" name="decide">{table}</decision>{more}</definitions>'
    ).encode()


def _cells(kind: str, number: int, texts: str) -> str:
    tag = f"{kind}Entry"
    return "".join(
        f'<{tag} id="{kind}{number}_{at}"><text>{text}</text></{tag}>' for at, text in enumerate(texts.split())
    )


def _draw_cells(kind: str, number: int, texts: str) -> str:
    tag = f"{kind}Entry"
    cells = enumerate(texts.split())
    return "".join(f'<{tag} id="{kind}{number}_{at}"><text>{text}</text></{tag}>' for at, text in cells)


def make(bpmn: bytes, variables: str = "", decisions: Mapping[str, bytes] | None = None) -> Specs:
    """Return the specifications of a diagram, by the same way as when it is deployed."""
    diagram = Diagram(read_xml(bpmn))
    flows = {f"{flow.source} {flow.target}": flow.id for scope in diagram.scopes for flow in scope.flows}
    sources = [one.decode() for one in (decisions or {}).values()]
    return load_specs(make_specs("main", bpmn.decode(), sources), variables.split(), flows)


Call = Callable[[str, Mapping[str, object]], Mapping[str, object]]


Entry = Mapping[str, object] | None


class Run:
    """An instance that is stored, pruned and loaded at every step."""

    def __init__(self, specs: Specs, now: dt.datetime = NOW, call: Call | None = None, **variables: object) -> None:
        self.specs, self.now, self.call = specs, now, call
        self.pruned = True
        workflow = make_workflow(specs, Scripts(now, call), variables)
        run_automatic(workflow)
        self._store(workflow)

    def _load(self) -> object:
        return load_state(self.state, self.specs, Scripts(self.now, self.call))

    def _store(self, workflow: object) -> None:
        self.ready = [describe_ready(task) for task in list_ready(workflow).values()]
        self.due_at, self.is_over = find_due(workflow), is_over(workflow)
        if self.pruned:
            prune(workflow)
        self.size = len(list(list_tasks(workflow)))
        self.state = dump_state(workflow)

    @property
    def steps(self) -> list[str]:
        """What is ready, in the order of names."""
        return sorted(one.step for one in self.ready)

    def find(self, step: str, **data: object) -> Ready:
        """Return a ready task of a step."""
        return next(one for one in self.ready if one.step == step and data.items() <= dict(one.data).items())

    def do(self, step: str | Ready, **variables: object) -> list[str]:
        """Finish a step."""
        one = self.find(step) if isinstance(step, str) else step
        workflow = self._load()
        finish(get_ready(workflow, one.id), variables)
        run_automatic(workflow)
        self._store(workflow)
        return self.steps

    def pass_to(self, now: dt.datetime) -> list[str]:
        """Let the time come to a moment."""
        self.now = now
        workflow = self._load()
        run_automatic(workflow)
        self._store(workflow)
        return self.steps

    def list_targets(self, step: str | Ready) -> list[str]:
        """Return where a step can be returned to."""
        one = self.find(step) if isinstance(step, str) else step
        return list(list_targets(get_ready(self._load(), one.id)))

    def back(self, step: str | Ready, target: str, entry: Entry = None, **more: object) -> list[str]:
        """Return from a step to another."""
        one = self.find(step) if isinstance(step, str) else step
        workflow = self._load()
        return_to_step(workflow, get_ready(workflow, one.id), target, entry, more)
        run_automatic(workflow)
        self._store(workflow)
        return self.steps


__all__ = ["LANE", "NOW", "Drawing", "ExpressionRefused", "Run", "make", "make_bpmn", "make_dmn", "make_line"]
