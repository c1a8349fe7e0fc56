"""Every path through the diagrams that come with the house, in the engine, with operations that only record."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.spiff.parser.process import VALIDATOR, SpiffBpmnParser
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.unit.test_diagrams import HUMAN, NS, OPERATIONS, find, read_lists, read_tree

PAST, FUTURE = "2020-01-01T00:00:00+08:00", "2999-01-01T00:00:00+08:00"
Answers = Mapping[str, list[Mapping[str, object]]]  # human step to what is answered there, time after time


class Operations(TaskDataEnvironment):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """Records the operations called and writes what each is said to find."""

    def __init__(self, findings: Mapping[str, Mapping[str, object]]) -> None:
        super().__init__()
        self.findings = findings
        self.called: list[str] = []

    def call_service(self, context: dict[str, object], operation_name: str, operation_params: object) -> str:
        assert operation_params == {}
        self.called.append(operation_name)
        context.update(self.findings.get(operation_name, {}))
        return "null"


class Case:
    """One case in the engine, worked through by answers per human step."""

    def __init__(self, name: str, start: Mapping[str, object], findings: Mapping[str, Mapping[str, object]]) -> None:
        parser = SpiffBpmnParser(validator=VALIDATOR)
        parser.add_dmn_xml(read_tree("consequences.dmn"), "consequences.dmn")
        parser.add_bpmn_xml(etree.ElementTree(read_tree(f"{name}.bpmn")), name)
        self.operations = Operations(findings)
        engine = PythonScriptEngine(self.operations)
        self.workflow = BpmnWorkflow(parser.get_spec(name.replace("-", "_")), script_engine=engine)
        self.workflow.get_next_task(state=TaskState.READY).data.update(start)
        self.passed: list[str] = []
        self.run_engine()

    def run_engine(self) -> None:
        for _ in range(2):
            self.workflow.do_engine_steps()
            self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def list_tasks(self) -> list[Task]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def work(self, answers: Answers) -> list[str]:
        """Complete whatever is ready until nothing is; the steps in their order."""
        left = {id_: list(given) for id_, given in answers.items()}
        while tasks := self.list_tasks():
            step = tasks[0].task_spec.name.removesuffix(" [child]")
            self.passed.append(step)
            tasks[0].data.update(left[step].pop(0) if left.get(step) else {})
            tasks[0].run()
            self.run_engine()
        return self.passed


FILED = ["submit", "sign_submission", "check_completeness"]
SCORED = ["review", "score", "score", "score"]
NOTHING = {"below_rectification": False, "crosses_termination": False, "proposal_live": False}
CROSSED = {"below_rectification": True, "crosses_termination": True, "proposal_live": False}
TOLD: Answers = {"represent": [{"represented": False}]}
EXTENDED = [{"proceed_unfiled": False, "unfiled_at": FUTURE}]
UNFILED: Answers = {**TOLD, "decide_unfiled": [{"proceed_unfiled": True}]}


def open_quarter(**facts: object) -> Case:
    """A quarter whose operations find the given facts; else filed in time, of one mind, without consequences."""
    findings = {
        "compare_findings": {"facts_differ": facts.get("facts_differ", False)},
        "draft_result": {"silence_at": facts.get("silence_at", FUTURE)},
        "weigh_consequences": {**NOTHING, **facts},
    }
    start = {"scorers": ["first", "second", "third"], "unfiled_at": facts.get("unfiled_at", FUTURE)}
    return Case("contract-quarter", start, findings)


@pytest.mark.parametrize(
    ("facts", "answers", "steps"),
    [
        ({}, TOLD, [*FILED, *SCORED, "represent", "approve"]),
        ({"facts_differ": True}, TOLD, [*FILED, *SCORED, "joint_look", "represent", "approve"]),
        ({"silence_at": PAST}, {}, [*FILED, *SCORED, "approve"]),
        (
            {},
            {"represent": [{"represented": True}]},
            [*FILED, *SCORED, "represent", "handle_representation", "approve"],
        ),
        (CROSSED, TOLD, [*FILED, *SCORED, "represent", "approve", "second_sign"]),
        ({"unfiled_at": PAST}, UNFILED, ["decide_unfiled", *SCORED, "represent", "approve"]),
        (
            {"unfiled_at": PAST},
            {**TOLD, "decide_unfiled": EXTENDED},
            ["decide_unfiled", *FILED, *SCORED, "represent", "approve"],
        ),
        (
            {},
            {**UNFILED, "submit": [{"unfiled_at": PAST}]},
            ["submit", "decide_unfiled", *SCORED, "represent", "approve"],
        ),
    ],
    ids=["plain", "differing", "silent", "represented", "crossing", "unfiled", "extended", "unsigned"],
)
def test_a_quarter_takes_the_path_its_facts_call_for_and_ends(
    facts: Mapping[str, object], answers: Answers, steps: list[str]
) -> None:
    case = open_quarter(**facts)
    assert case.work(answers) == steps
    assert case.operations.called == list(OPERATIONS["contract-quarter"])
    assert case.workflow.is_completed()
    held = {key for key in case.workflow.data if not key.startswith("spiff__")}
    assert held <= set(read_lists()["contract-quarter"]["variables"])


@pytest.mark.parametrize(("below", "crosses", "live"), list(itertools.product([False, True], repeat=3)))
def test_consequences_are_decided_by_one_rule_for_every_combination(*, below: bool, crosses: bool, live: bool) -> None:
    case = open_quarter(below_rectification=below, crosses_termination=crosses, proposal_live=live)
    case.work(TOLD)
    assert case.workflow.data["open_rectification"] is below
    assert case.workflow.data["open_proposal"] is (crosses and not live)
    given = [str(below), str(crosses), str(live)]
    rules = find(read_tree("consequences.dmn"), "d:rule")
    cells = [[cell.findtext("d:text", "", NS) for cell in find(rule, "d:inputEntry")] for rule in rules]
    fitting = [row for row in cells if all(cell in ("-", value) for cell, value in zip(row, given, strict=True))]
    assert len(fitting) == 1


@pytest.mark.parametrize("name", ["rectification", "termination-proposal"])
def test_the_short_procedures_end_after_their_one_step(name: str) -> None:
    case = Case(name, {}, {})
    assert case.work({}) == list(HUMAN[name])
    assert case.operations.called == list(OPERATIONS[name])
    assert case.workflow.is_completed()
