"""Steps of a quarter: what goes wrong is told plainly and changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from app.calendar.working_days import add_working_days
from app.casework.complete_task import complete_task
from app.casework.exclusions import Excluded
from app.casework.forms import FormRefused
from app.casework.work import get_calendar
from app.clock import get_china_day
from app.db import transaction
from app.identity.operations import NewRole, grant_role
from app.permissions import NotPermitted
from app.simulation.cast import make_doer
from app.tasks.operations import TaskTaken, claim_task
from tests.integration.simulating import HONGSHAN, reach
from tests.integration.world import World

pytestmark = pytest.mark.usefixtures("app")


def test_a_filing_returned_for_completeness_comes_again_and_stays_on_time() -> None:
    world = World()
    world.file()
    world.send_back("check_completeness", "submit")
    assert [task.step for task in world.list_tasks()] == ["submit"]
    assert world.get_round() == 2
    assert world.case.status == "returned"
    world.file()
    world.review()
    assert [task.step for task in world.list_tasks()] == ["score", "score"]


def test_a_return_in_the_middle_of_scoring_resets_every_scorer() -> None:
    world = World()
    world.file()
    world.review()
    world.do("score")
    world.send_back("score", "review")
    assert [task.step for task in world.list_tasks()] == ["review"]
    world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    assert len(world.list_tasks("score")) == 2
    world.score()
    assert [task.step for task in world.list_tasks()] == ["represent"]


def test_an_approver_returns_to_scoring_and_signs_the_second_result() -> None:
    world = World()
    world.reach_approval()
    world.send_back("approve", "score")
    world.score()
    world.do("represent")
    world.do("approve")
    assert world.case.status == "published"


def test_a_return_needs_its_reason_and_a_step_that_was_passed() -> None:
    world = World()
    world.file()
    with pytest.raises(FormRefused):
        world.send_back("check_completeness", "submit", reason="  ")
    with pytest.raises(FormRefused):
        world.send_back("check_completeness", "approve")
    assert [task.step for task in world.list_tasks()] == ["check_completeness"]


def test_a_task_completed_twice_tells_who_was_first() -> None:
    world = World()
    task = world.do("submit", {"facts": reach(HONGSHAN, "Q1")})
    with pytest.raises(TaskTaken, match="already completed"), transaction() as connection:
        complete_task(connection, world.find_doer(task), task.id, {}, world.now)


def test_a_task_that_a_return_withdrew_can_not_be_completed() -> None:
    world = World()
    world.file()
    world.review()
    late = world.list_tasks("score")[1]
    world.send_back("score", "review")
    with pytest.raises(TaskTaken, match="withdrawn"), transaction() as connection:
        complete_task(connection, world.find_doer(late), late.id, {}, world.now)


def test_nobody_without_the_role_completes_a_step() -> None:
    world = World()
    with pytest.raises(NotPermitted):
        world.do("submit", {"facts": {}}, doer=world.cast.people["reviewer"])


def test_a_scorer_does_not_score_for_another() -> None:
    world = World()
    world.file()
    world.review()
    with pytest.raises(NotPermitted):
        world.do("score", doer=world.cast.scorers[1])


def test_a_claimed_task_is_held_by_one_person() -> None:
    world = World()
    task = world.list_tasks("submit")[0]
    with transaction() as connection:
        claim_task(connection, task.id, world.cast.people["party_head"].id, world.now)
    with pytest.raises(TaskTaken, match="claimed"):
        world.do("submit", {"facts": {}})


def test_a_fact_that_the_quarter_does_not_know_is_refused_by_name() -> None:
    world = World()
    with pytest.raises(FormRefused) as refused:
        world.do("submit", {"facts": {"trainees": 3}})
    assert refused.value.refusals[0].field == "facts.trainees"
    assert world.list_tasks("submit")


def test_a_review_leaves_no_fact_open() -> None:
    world = World()
    world.file()
    world.do("check_completeness")
    facts = reach(HONGSHAN, "Q1")
    del facts["mentors"]
    with pytest.raises(FormRefused) as refused:
        world.do("review", {"facts": facts})
    assert [one.field for one in refused.value.refusals] == ["facts.mentors"]


def test_a_review_that_differs_from_the_filing_gives_its_reason() -> None:
    world = World()
    world.file()
    world.do("check_completeness")
    form = {"facts": reach(HONGSHAN, "Q1", mentors=2)}
    with pytest.raises(FormRefused) as refused:
        world.do("review", form)
    assert refused.value.refusals[0].field == "notes.mentors"
    world.do("review", {**form, "notes": {"mentors": "名单中四人无聘书"}})


def test_a_correction_without_its_reason_is_refused() -> None:
    world = World()
    world.file()
    world.review()
    with pytest.raises(FormRefused) as refused:
        world.do("score", {"corrections": {"mentors": 2}})
    assert refused.value.refusals[0].field == "reasons.mentors"


def test_whoever_scored_does_not_sign() -> None:
    world = World()
    world.reach_approval()

    scorer = world.cast.scorers[0]
    with transaction() as connection:
        grant_role(connection, None, scorer.id, NewRole("approver"), world.now)
        both = make_doer(connection, scorer.id, scorer.name, world.now)
    with pytest.raises(Excluded, match="scored this case"):
        world.do("approve", doer=both)


def test_a_filing_that_never_comes_goes_to_the_supervisor_after_two_reminders() -> None:
    world = World()
    due = world.list_tasks("submit")[0].due_at

    last = add_working_days(get_calendar(), get_china_day(due), 2)
    world.tick_on(last)
    assert [task.step for task in world.list_tasks()] == ["submit"]
    world.tick_on(last + dt.timedelta(days=1))
    assert [task.step for task in world.list_tasks()] == ["decide_unfiled"]
    assert world.list_steps() == [("submit", "lapsed")]
    world.do("decide_unfiled", {"decision": "extend", "days": 5, "opinion": "受疫情影响"})
    assert [task.step for task in world.list_tasks()] == ["submit"]
    world.tick_on(last + dt.timedelta(days=20))
    world.do("decide_unfiled", {"decision": "proceed", "opinion": "两次催报未报"})
    world.do("review", {"facts": dict.fromkeys(reach(HONGSHAN, "Q1"), 0)})
    world.score()
    world.do("represent")
    world.do("approve")
    assert world.case.status == "published"


def test_no_answer_to_a_draft_result_is_silence() -> None:
    world = World()
    world.file()
    world.review()
    world.score()
    due = world.list_tasks("represent")[0].due_at
    world.tick(due)
    assert [task.step for task in world.list_tasks()] == ["represent"]

    world.tick(due + dt.timedelta(seconds=1))
    assert [task.step for task in world.list_tasks()] == ["approve"]
    assert ("represent", "lapsed") in world.list_steps()
