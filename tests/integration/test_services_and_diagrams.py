"""The tables of steps and services against the bundled diagrams, both ways; their variables as lived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select

from app.calendar.working_days import add_working_days
from app.cases.models import case_steps, cases
from app.casework.install import read_declared
from app.casework.services import SERVICES, Service
from app.casework.steps import STEPS, Step
from app.casework.work import PROPOSAL, QUARTER, Outcome, Work, get_calendar
from app.clock import get_china_day
from app.config import get_data_folder
from app.db import reading
from tests.integration.following import live_late_rectification, live_unproven_termination, open_lost
from tests.integration.quarters import lose
from tests.integration.simulating import CHIFENG, HONGSHAN, reach, simulate, write_scenario
from tests.integration.test_statement_counts import live_badly
from tests.integration.world import World

FOLDER = get_data_folder("workflows")
HUMAN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask"
OPERATION = "{http://spiffworkflow.org/bpmn/schema/1.0/core}serviceTaskOperator"
DIAGRAMS = sorted(path.stem for path in FOLDER.glob("*.bpmn"))
BY_DECISION = {"open_rectification", "open_proposal"}
"""Set by the decision table, not by a service."""
OF_START = {
    "contract-quarter": {"unfiled_at"},
    "rectification": {"plan_overdue_at"},
    "termination-proposal": {"proposal_unopened_at"},
    "appeal": {"unfiled_at"},
    "annual-settlement": {"settle_from"},
}
OF_ENGINE = {"scorer"}
"""Set when a case opens, and the list's item that the engine sets for each scorer."""


def list_elements(diagram: str, kind: str) -> set[str]:
    """The ids of a kind of element in a diagram."""
    tree = etree.parse(FOLDER / f"{diagram}.bpmn")
    return {str(one.get("id")) for one in tree.iter(kind)}


def test_every_diagram_is_declared_and_every_declared_diagram_is_there() -> None:
    assert sorted(read_declared()) == DIAGRAMS


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_a_diagram_calls_the_operations_that_it_declares_and_no_others(diagram: str) -> None:
    assert list_elements(diagram, OPERATION) == set(read_declared()[diagram].operations)


def test_every_service_is_called_by_a_diagram_and_every_call_has_its_service() -> None:
    assert {one for diagram in DIAGRAMS for one in list_elements(diagram, OPERATION)} == set(SERVICES)


def test_every_step_is_drawn_and_every_human_task_has_its_step() -> None:
    assert {one for diagram in DIAGRAMS for one in list_elements(diagram, HUMAN)} == set(STEPS)


class Recorder:
    """Notes which variables steps and services set, by the case's process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set: dict[str, set[str]] = defaultdict(set)
        self.called: set[str] = set()
        for name in STEPS:
            monkeypatch.setitem(STEPS, name, self._record_step(name))
        for name in SERVICES:
            monkeypatch.setitem(SERVICES, name, self._record_service(name))

    def _record_step(self, name: str) -> Step:
        step = STEPS[name]

        def recorded(work: Work, form: Mapping[str, object]) -> Outcome:
            outcome = step(work, form)
            self._note(work, name, outcome.variables)
            return outcome

        return recorded

    def _record_service(self, name: str) -> Service:
        service = SERVICES[name]

        def recorded(work: Work, variables: Mapping[str, object]) -> Mapping[str, object]:
            result = service(work, variables)
            self._note(work, name, result)
            return result

        return recorded

    def _note(self, work: Work, name: str, variables: Mapping[str, object]) -> None:
        self.set[work.case.process] |= set(variables)
        self.called.add(name)


def wait_for_the_supervisor(world: World) -> None:
    """Let the filing's time run out."""
    due = world.list_tasks("submit")[0].due_at
    world.tick_on(add_working_days(get_calendar(), get_china_day(due), 3))


def live_unfiled(world: World) -> None:
    """A quarter that is never filed: more time, then reviewed on what is there; its result is below 20."""
    wait_for_the_supervisor(world)
    world.do("decide_unfiled", {"decision": "extend", "days": 3, "opinion": "准予延期"})
    wait_for_the_supervisor(world)
    world.do("decide_unfiled", {"decision": "proceed", "opinion": "仍未报送"})
    world.do("review", {"facts": lose(HONGSHAN, "Q1"), "opinion": "未报，按零认定"})
    world.score()
    world.do("represent")
    world.do("approve")


def test_the_variables_set_in_lived_cases_are_those_declared(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(monkeypatch)
    live_badly(World(CHIFENG, code="B"))
    live_unfiled(World(code="U"))
    good = World(code="G")
    good.reach_approval(**reach(HONGSHAN, "Q1"))
    live_late_rectification(open_lost("R", HONGSHAN))
    live_unproven_termination(open_lost("N"))
    ended = open_lost("E")
    ended.act(PROPOSAL, "receive_proposal")
    ended.wait_days(25)
    ended.act(PROPOSAL, "decide_termination", {"decision": "end", "basis": "决定〔2025〕1号", "opinion": "解除"})
    ended.act(PROPOSAL, "receive_termination")
    open_lost("A").contest({"special": {"valid_complaints": 0}})
    year = [{"facts": reach(HONGSHAN, part)} for part in ("Q1", "Q2", "Q3", "Q4")]
    simulate(write_scenario(HONGSHAN, year))
    assert recorder.called == {*STEPS, *SERVICES}
    for diagram, declared in read_declared().items():
        given = OF_START[diagram] | (OF_ENGINE | BY_DECISION if diagram == QUARTER else set())
        assert recorder.set[diagram] | given == set(declared.variables), diagram
    with reading() as connection:
        entered = connection.execute(
            select(cases.c.process, case_steps.c.entry_data).join(cases, cases.c.id == case_steps.c.case_id)
        ).all()
    for process, data in entered:
        assert set(data) <= set(read_declared()[process].variables)
