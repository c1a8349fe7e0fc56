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
NOTHING = {"below_rectification": False, "crosses_termination": False, "special_given": False, "proposal_live": False}
CROSSED = {**NOTHING, "below_rectification": True, "crosses_termination": True}
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
        ({"special_given": True}, TOLD, [*FILED, *SCORED, "represent", "approve", "second_sign"]),
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
    ids=["plain", "differing", "silent", "represented", "crossing", "special", "unfiled", "extended", "unsigned"],
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


PLANNED = ["plan_rectification", "approve_plan", "report_rectification", "verify_rectification"]
ON_TIME = {"plan_overdue_at": FUTURE, "work_overdue_at": FUTURE, "again": False}
SERVED = {"proposal_unopened_at": FUTURE, "termination_unopened_at": FUTURE, "silence_at": FUTURE}
ENDING: Answers = {"decide_termination": [{"ending": True}]}
CONTINUING: Answers = {"decide_termination": [{"ending": False}]}
PATHS: list[tuple[str, Mapping[str, object], Answers, list[str], list[str]]] = [
    ("rectification", ON_TIME, {}, PLANNED, []),
    (
        "rectification",
        ON_TIME,
        {"verify_rectification": [{"again": True}, {"again": False}]},
        [*PLANNED, *PLANNED],
        [],
    ),
    (
        "rectification",
        {**ON_TIME, "plan_overdue_at": PAST},
        {"decide_late_plan": [{"plan_waived": False, "plan_overdue_at": FUTURE}]},
        ["decide_late_plan", *PLANNED],
        [],
    ),
    (
        "rectification",
        {**ON_TIME, "plan_overdue_at": PAST},
        {"decide_late_plan": [{"plan_waived": True}]},
        ["decide_late_plan", *PLANNED[2:]],
        [],
    ),
    (
        "rectification",
        {**ON_TIME, "work_overdue_at": PAST},
        {"decide_late_work": [{"work_over": False, "work_overdue_at": FUTURE}]},
        [*PLANNED[:2], "decide_late_work", *PLANNED[2:]],
        [],
    ),
    (
        "rectification",
        {**ON_TIME, "work_overdue_at": PAST},
        {"decide_late_work": [{"work_over": True}]},
        [*PLANNED[:2], "decide_late_work", "verify_rectification"],
        [],
    ),
    (
        "termination-proposal",
        SERVED,
        CONTINUING,
        ["receive_proposal", "represent_termination", "decide_termination"],
        ["begin_representation", "record_decision"],
    ),
    (
        "termination-proposal",
        {**SERVED, "silence_at": PAST},
        ENDING,
        ["receive_proposal", "decide_termination", "receive_termination"],
        ["begin_representation", "issue_termination", "end_contract"],
    ),
    (
        "termination-proposal",
        {**SERVED, "proposal_unopened_at": PAST},
        {**CONTINUING, "prove_proposal": [{"served": False, "proposal_unopened_at": FUTURE}]},
        ["prove_proposal", "receive_proposal", "represent_termination", "decide_termination"],
        ["begin_representation", "record_decision"],
    ),
    (
        "termination-proposal",
        {**SERVED, "proposal_unopened_at": PAST, "termination_unopened_at": PAST},
        {**ENDING, "prove_proposal": [{"served": True}], "prove_termination": [{"served": True}]},
        ["prove_proposal", "represent_termination", "decide_termination", "prove_termination"],
        ["begin_representation", "issue_termination", "end_contract"],
    ),
    (
        "appeal",
        {"unfiled_at": FUTURE},
        {},
        ["file_appeal", "handle_appeal", "approve_appeal"],
        ["post_appeal", "publish_appeal"],
    ),
    ("appeal", {"unfiled_at": PAST}, {}, [], []),
    (
        "annual-settlement",
        {"settle_from": PAST},
        {"sign_settlement": [{"payable": True}]},
        ["confirm_settlement", "sign_settlement", "register_payment"],
        ["settle_year"],
    ),
    (
        "annual-settlement",
        {"settle_from": PAST},
        {"sign_settlement": [{"payable": False}]},
        ["confirm_settlement", "sign_settlement"],
        ["settle_year"],
    ),
]


@pytest.mark.parametrize(("name", "start", "answers", "steps", "called"), PATHS)
def test_what_follows_takes_the_path_that_people_and_the_clock_choose(
    name: str, start: Mapping[str, object], answers: Answers, steps: list[str], called: list[str]
) -> None:
    case = Case(name, start, {})
    assert case.work(answers) == steps
    assert case.operations.called == called
    assert case.workflow.is_completed()
    assert set(steps) <= set(HUMAN[name])
