"""Steps of a quarter: what goes wrong is told plainly and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.calendar.working_days import add_working_days
from app.casework.complete_task import complete_task
from app.casework.exclusions import Excluded
from app.casework.forms import FormRefused
from app.casework.notices import PARTY
from app.casework.work import Doer, get_calendar
from app.clock import get_china_day
from app.db import reading, transaction
from app.identity.operations import NewRole, grant_role
from app.outbox.queries import list_by_case
from app.permissions import NotPermitted
from app.scores.queries import list_sheets
from app.simulation.cast import make_doer
from app.submissions.models import submissions
from app.tasks.models import Task
from app.tasks.operations import TaskTaken, claim_task, save_draft
from app.tasks.queries import find_draft
from tests.integration.simulating import CHIFENG, HONGSHAN, reach
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


def test_a_result_drafted_anew_forgets_what_was_accepted_from_the_answer_to_the_old_one() -> None:
    world = World()
    reach_accepted_answer(world)
    assert list_scores(world) == [25]
    world.send_back("approve", "joint_look")
    world.do("joint_look", {"agreed": {"mentors": 0}, "reasons": {"mentors": "台账不实"}})
    assert list_scores(world) == [25, 23]
    world.do("represent")
    world.do("approve")
    assert world.case.status == "published"
    assert list_scores(world) == [25, 23]
    assert count_letters(world, "draft_result") == 2 * len(PARTY)


def test_a_party_asked_again_has_its_time_again_and_its_first_answer_stays_on_record() -> None:
    world = World()
    reach_accepted_answer(world)
    late = add_working_days(get_calendar(), get_china_day(world.now), 12)
    world.tick_on(late)
    world.send_back("approve", "represent", "请补充说明")
    assert [task.step for task in world.list_tasks()] == ["represent"]
    assert list_scores(world) == [25, 23]
    assert count_letters(world, "draft_result") == 2 * len(PARTY)
    with reading() as connection:
        told = list_sheets(connection, world.case.id)
    assert [(one.state, list(one.contested)) for one in told] == [("superseded", ["mentoring"]), ("draft", [])]
    world.tick_on(add_working_days(get_calendar(), late, 4))
    assert [task.step for task in world.list_tasks()] == ["represent"]
    world.tick_on(add_working_days(get_calendar(), late, 6))
    assert [task.step for task in world.list_tasks()] == ["approve"]


def reach_accepted_answer(world: World) -> None:
    """Two scorers differ and agree on a loss of 2; the party contests it and is right."""
    world.file()
    world.review()
    world.do("score", {"corrections": {"mentors": 0}, "reasons": {"mentors": "无名册"}})
    world.do("score")
    world.do("joint_look", {"agreed": {"mentors": 0}, "reasons": {"mentors": "无名册"}})
    line = {"mentoring": {"facts": {"mentors": 8}, "reason": "名册已补"}}
    world.do("represent", {"contested": line})
    world.do("handle_representation", {"answers": line})


def list_scores(world: World) -> list[Decimal | None]:
    with reading() as connection:
        return [one.score for one in list_sheets(connection, world.case.id)]


def count_letters(world: World, template: str) -> int:
    with reading() as connection:
        return sum(one.template == template for one in list_by_case(connection, world.case.id))


def test_what_a_scorer_typed_is_there_after_anothers_return_until_it_is_submitted() -> None:
    world = World()
    world.file()
    world.review()
    mine, theirs = world.list_tasks("score")
    scorer = world.find_doer(theirs)
    with transaction() as connection:
        save_draft(connection, theirs.id, scorer.id, {"opinion": "长篇意见"}, world.now)
    world.send_back("score", "review")
    world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    again = next(one for one in world.list_tasks("score") if one.assigned_to == theirs.assigned_to)
    assert (again.id == theirs.id, find_typed(again, scorer)) == (False, {"opinion": "长篇意见"})
    assert find_typed(again, world.find_doer(mine)) is None
    with transaction() as connection:
        complete_task(connection, scorer, again.id, {}, world.now)
    assert find_typed(again, scorer) is None


def find_typed(task: Task, doer: Doer) -> Mapping[str, object] | None:
    with reading() as connection:
        draft = find_draft(connection, task.id, doer.id)
    return None if draft is None else draft.form


def test_a_filing_that_comes_back_for_its_signature_is_signed_anew_and_accepted() -> None:
    world = World()
    world.file()
    world.tick(world.now + dt.timedelta(hours=1))
    world.send_back("check_completeness", "sign_submission", "印章不清")
    assert list_filings(world) == [(1, "filed", "印章不清", None)]
    world.do("sign_submission")
    assert list_filings(world) == [(1, "signed", "印章不清", world.now)]
    world.review()
    assert [(number, state) for number, state, *_rest in list_filings(world)] == [(1, "accepted")]


def test_a_filing_that_lapsed_unsigned_is_never_signed_with_a_later_one() -> None:
    world = World()
    world.do("submit", {"facts": reach(HONGSHAN, "Q1")})
    due = get_china_day(world.list_tasks("sign_submission")[0].due_at)
    world.tick_on(add_working_days(get_calendar(), due, 3))
    world.do("decide_unfiled", {"decision": "extend", "days": 5, "opinion": "负责人出差"})
    assert world.case.status == "to_file"
    world.file()
    world.review()
    assert [(number, state) for number, state, *_rest in list_filings(world)] == [(1, "filed"), (2, "accepted")]


def list_filings(world: World) -> list[tuple[object, ...]]:
    columns = (submissions.c.number, submissions.c.state, submissions.c.reason, submissions.c.signed_at)
    with reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(submissions.c.number))]


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


@pytest.mark.parametrize("opinion", ["", "未报送部分按台账核实。"])
def test_a_value_that_was_not_filed_needs_a_reason_of_its_own_or_one_for_all(opinion: str) -> None:
    world = World()
    world.do("submit", {"facts": {}})
    world.do("sign_submission")
    world.do("check_completeness")
    form = {"facts": reach(HONGSHAN, "Q1", mentors=0), "opinion": opinion}
    if opinion:
        world.do("review", form)
        return
    with pytest.raises(FormRefused, match="本年度累计培养人数: wasn't filed"):
        world.do("review", form)


def test_special_points_are_never_without_their_reason() -> None:
    world = World(CHIFENG)
    facts = {**reach(CHIFENG, "Q1"), "other_deduction": 12}
    world.do("submit", {"facts": facts})
    world.do("sign_submission")
    world.do("check_completeness")
    with pytest.raises(FormRefused, match="special points need their reason"):
        world.do("review", {"facts": facts, "opinion": "同意"})
    world.do("review", {"facts": facts, "notes": {"other_deduction": "两次被通报批评"}})


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
    world.do("review", {"facts": dict.fromkeys(reach(HONGSHAN, "Q1"), 0), "opinion": "未报，按零认定"})
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
