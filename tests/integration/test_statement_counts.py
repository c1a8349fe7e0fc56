"""How many SQL statements a step takes: few, one commit, the same however long the history, however many people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from flask import Flask

from app.cases.models import Case
from app.casework.complete_task import complete_task
from app.db import transaction
from app.evidence.operations import add_link
from app.identity.operations import NewRole, add_person
from app.simulation.cast import PARTY, ROLES
from app.tasks.models import Task
from tests.integration.counting import count
from tests.integration.simulating import CHIFENG, reach
from tests.integration.world import World

MOST = 15
MORE = {
    "review": 1,
    "score, the last, differing": 3,
    "score, the last": 10,
    "joint_look": 7,
    "approve": 10,
    "approve, opening a rectification": 3,
    "approve, crossing": 3,
    "second_sign": 46,
    "second_sign, approve, opening a rectification": 28,
    "decide_termination": 12,
}
"""How many statements more a step may take that drafts, weighs or posts, opens a case or issues a paper."""
RETURNS, HOLDERS = 30, 50
SHORT, LOST = {"valid_complaints": 3}, {"valid_complaints": 6}
"""Complaints to fall below 20, a rectification; below 15, a second signature and a proposal as well (Chifeng)."""
WARM: set[str] = set()


class Counting:
    """Works on a world's case and keeps how many statements each step took."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: dict[str, int] = {}

    def do(
        self, step: str, form: Mapping[str, object] | None = None, label: str = "", case: Case | None = None
    ) -> Task:
        """Complete a step's first open task and count."""
        world = self.world
        task = world.list_tasks(step, case)[0]
        doer = world.find_doer(task)
        with count() as counted, transaction() as connection:
            complete_task(connection, doer, task.id, form or {}, world.now)
        assert (counted.commits, counted.rollbacks) == (1, 0)
        self.taken[label or step] = len(counted.statements)
        return task

    def score(self, last: Mapping[str, object], label: str) -> None:
        """Let every scorer confirm but the last, who hands in a form."""
        for _task in self.world.list_tasks("score")[1:]:
            self.do("score")
        self.do("score", last, label)


def file(counting: Counting, facts: Mapping[str, object]) -> None:
    """From the filing to the review."""
    counting.do("submit", {"facts": facts})
    counting.do("sign_submission")
    counting.do("check_completeness")
    counting.do("review", {"facts": facts, "notes": dict.fromkeys(facts, "已核实")})


def live_well(world: World, label: str = "approve", **changes: object) -> dict[str, int]:
    """Live a quarter in which nobody objects to anything; return the statements of each step."""
    counting = Counting(world)
    file(counting, reach(CHIFENG, "Q1", **changes))
    counting.score({}, "score, the last")
    counting.do("represent")
    counting.do("approve", label=label)
    if world.list_tasks("second_sign"):
        counting.do("second_sign", label=f"second_sign, {label}")
    return counting.taken


def live_badly(world: World) -> dict[str, int]:
    """Live a quarter in which everything is contested and that opens all that can be opened."""
    counting, changed = Counting(world), {"valid_complaints": 7}
    file(counting, {**reach(CHIFENG, "Q1"), **LOST})
    reasons = dict.fromkeys(changed, "台账")
    counting.score({"corrections": changed, "reasons": reasons}, "score, the last, differing")
    counting.do("joint_look", {"agreed": changed, "reasons": reasons})
    line = {"special": {"reason": "已办结", "facts": LOST}}
    counting.do("represent", {"contested": line}, "represent, contesting")
    counting.do("handle_representation", {"answers": line})
    counting.do("approve", label="approve, crossing")
    counting.do("second_sign")
    opened = {case.process: case for case in world.cases[1:]}
    _rectify(counting, opened["rectification"])
    proposal = opened["termination-proposal"]
    counting.do("receive_proposal", case=proposal)
    counting.do("represent_termination", {"statement": "请求继续履行"}, case=proposal)
    world.clock.move_to(world.now + dt.timedelta(days=25))
    counting.do("decide_termination", {"decision": "continue", "opinion": "整改到位"}, case=proposal)
    return counting.taken


def _rectify(counting: Counting, case: Case) -> None:
    """From the plan to the verdict on the one criterion that failed."""
    world, code = counting.world, "special"
    line = {"measure": "整改", "responsible": "经办人", "finish_on": str(world.now.date())}
    counting.do("plan_rectification", {"items": {code: line}}, case=case)
    counting.do("approve_plan", case=case)
    with transaction() as connection:
        actor = world.cast.people["party_staff"].actor
        add_link(connection, actor, case.id, code, None, "https://proof.invalid/1", case.party_id, world.now)
    counting.do("report_rectification", {"items": {code: "已整改"}}, case=case)
    counting.do("verify_rectification", {"verdicts": {code: {"passed": True}}}, case=case)


@pytest.fixture(autouse=True)
def _warm(app: Flask) -> None:
    """Let the process read once what it keeps for all databases: the diagrams' specifications."""
    if not WARM:
        live_badly(World(CHIFENG, code="W"))
        WARM.add("specifications")


def test_a_step_takes_few_statements_and_one_commit() -> None:
    taken = live_well(World(CHIFENG)) | live_badly(World(CHIFENG, code="B"))
    taken |= live_well(World(CHIFENG, code="S"), "approve, opening a rectification", **SHORT)
    assert {step: number for step, number in taken.items() if number > MOST + MORE.get(step, 0)} == {}


def test_a_long_history_takes_no_more_statements() -> None:
    short, long = World(CHIFENG, code="S"), World(CHIFENG, code="L")
    for world, returns in ((short, 1), (long, RETURNS)):
        for _return in range(returns):
            facts = {"facts": reach(CHIFENG, "Q1")}
            world.do("submit", facts)
            world.do("sign_submission")
            world.do("check_completeness")
            world.do("review", facts)
            world.score()
            world.do("represent")
            world.send_back("approve", "submit")
    assert live_badly(long) == live_badly(short)


def test_many_who_hold_the_role_take_no_more_statements() -> None:
    few, many = World(CHIFENG, code="F"), World(CHIFENG, scorers=HOLDERS, code="M")
    cast = many.cast
    with transaction() as connection:
        for role in ROLES:
            organisation_id = cast.vendor_id if role in PARTY else cast.authority_id
            for number in range(1, HOLDERS):
                name, roles = f"{role}{number}", [NewRole(role, programme=CHIFENG)]
                add_person(connection, None, f"m-{name}", name, "", organisation_id, None, roles, many.now)
    assert live_badly(many) == live_badly(few)
