"""Processes in a database at length: hundreds of rounds, threads, the bundled diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.db import transaction
from app.processes.models import process_instances
from app.processes.operations import advance, deploy, start
from tests.integration.test_processes import DUE, HANDLERS, deploy_review
from tests.unit.processes.building import NOW, Drawing, make_bpmn


def test_five_hundred_rounds_of_rework_stay_flat_and_end_rightly(app: Flask) -> None:
    with transaction() as connection:
        deploy_review(connection)
        went = start(connection, "review", {"due": DUE.isoformat()}, NOW)
        again = {**HANDLERS, "check": lambda _variables: {"is_fine": False}}
        sizes = []
        for number in range(500):
            handlers = HANDLERS if number == 499 else again
            for _step in range(2):
                went = advance(connection, went.instance_id, went.ready[0].id, {}, handlers, NOW)
            query = select(process_instances.c.state).where(process_instances.c.id == went.instance_id)
            sizes.append(len(connection.scalar(query) or b""))
        assert [one.step for one in went.ready] == ["sign"]
        assert max(sizes[5:]) <= 1.2 * sizes[5]
        went = advance(connection, went.instance_id, went.ready[0].id, {}, handlers, NOW)
    assert went.is_completed


def test_threads_share_a_specification(app: Flask) -> None:
    with transaction() as connection:
        deploy_review(connection)

    def play(_number: int) -> int:
        ended = 0
        with app.app_context():
            for _case in range(50):
                with transaction() as connection:
                    went = start(connection, "review", {"due": DUE.isoformat()}, NOW)
                    while went.ready:
                        went = advance(connection, went.instance_id, went.ready[0].id, {}, HANDLERS, NOW)
                    ended += went.is_completed
        return ended

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(play, range(8))) == [50] * 8


def test_the_bundled_contract_quarter_is_accepted_and_runs_to_its_end(app: Flask) -> None:
    folder = Path(__file__).parents[2] / "workflows"
    bpmn, dmn = (folder / "contract-quarter.bpmn").read_bytes(), (folder / "consequences.dmn").read_bytes()
    lanes = ["系统", "经办人", "负责人", "审核员", "评分专家", "审批领导", "复签领导", "复核员", "督办人"]
    answers: dict[str, dict[str, object]] = {
        "compare_findings": {"facts_differ": True},
        "draft_result": {"silence_at": DUE.isoformat()},
        "weigh_consequences": {
            "crosses_termination": True,
            "below_rectification": True,
            "special_given": False,
            "proposal_live": False,
        },
        "post_consequences": {},
        "open_consequences": {},
        "publish_result": {},
    }
    seen: dict[str, Mapping[str, object]] = {}

    def answer(name: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        seen[name] = variables
        return answers[name]

    handlers = {name: (lambda variables, name=name: answer(name, variables)) for name in answers}
    variables = (
        "scorers scorer unfiled_at silence_at facts_differ represented proceed_unfiled crosses_termination"
        " below_rectification special_given proposal_live open_rectification open_proposal"
    )
    given: dict[str, dict[str, object]] = {"review": {"scorers": ["甲", "乙"]}, "represent": {"represented": True}}
    with transaction() as connection:
        deploy(
            connection, "contract-quarter", bpmn, {"consequences": dmn}, lanes, list(answers), variables.split(), NOW
        )
        went = start(connection, "contract-quarter", {"unfiled_at": DUE.isoformat()}, NOW)
        ahead, order = list(went.ready), []
        while ahead:
            one = ahead.pop(0)
            order.append((one.step, one.data.get("scorer")))
            went = advance(connection, went.instance_id, one.id, given.get(one.step, {}), handlers, NOW)
            assert went.failure is None
            ahead += went.ready
    steps = "submit sign_submission check_completeness review score score joint_look represent handle_representation"
    assert [step for step, _ in order] == [*steps.split(), "approve", "second_sign"]
    assert [scorer for step, scorer in order if step == "score"] == ["甲", "乙"]
    assert "scorer" not in seen["compare_findings"]
    assert (seen["open_consequences"]["open_rectification"], seen["open_consequences"]["open_proposal"]) == (True, True)
    assert went.is_completed


def test_a_case_that_begins_with_a_question_or_with_several_people_is_opened_by_the_engine(app: Flask) -> None:
    voting = Drawing().add("startEvent", "begin").many("vote", "voters", "voter").add("endEvent", "done")
    asking = Drawing().add("startEvent", "begin").user("a", "b").add("endEvent", "done")
    asking.add("exclusiveGateway", "ask", default="ask_to_b").path("begin ask b done").path("ask a", "is_fine")
    with transaction() as connection:
        deploy_review(connection, bpmn=make_bpmn(voting.path("begin vote done")))
        started = start(connection, "review", {"voters": ["x", "y"]}, NOW)
        assert [one.data["voter"] for one in started.ready] == ["x", "y"]
        deploy_review(connection, bpmn=make_bpmn(asking.path("a done")))
        for is_fine, step in ((True, "a"), (False, "b")):
            assert [one.step for one in start(connection, "review", {"is_fine": is_fine}, NOW).ready] == [step]
