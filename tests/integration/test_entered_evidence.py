"""Facts are entered with the evidence that they rest on (rules.md, §2)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.casework.forms import FormRefused
from app.db import reading, transaction
from app.evidence.operations import add_link, withdraw
from app.evidence.queries import list_latest_facts
from app.scores.queries import list_findings
from tests.integration.simulating import HONGSHAN, reach
from tests.integration.world import World

pytestmark = pytest.mark.usefixtures("app")
MENTORING, FACT = "mentoring", "mentors"


def attach(world: World, indicator: str = MENTORING, page: int = 1) -> int:
    """Evidence that the party's clerk adds to the open filing."""
    clerk, case = world.find_doer(world.list_tasks()[0]), world.case
    link = f"https://example.org/{indicator}/{page}"
    with transaction() as connection:
        return add_link(connection, clerk.actor, case.id, indicator, None, link, case.party_id, world.now).id


def find_entered(world: World) -> Mapping[str, tuple[int, ...]]:
    with reading() as connection:
        found = list_latest_facts(connection, world.case.id, "reviewed")
    return {name: tuple(one.evidence_ids) for name, one in found.items()}


def reach_review() -> tuple[World, int, int]:
    """A quarter at its review, with two pieces of evidence for the mentors and one elsewhere."""
    world = World()
    first, second = attach(world), attach(world, page=2)
    attach(world, "publicity")
    world.file()
    world.do("check_completeness")
    return world, first, second


def test_a_reviewed_value_rests_on_what_stands_at_its_indicator() -> None:
    world, first, second = reach_review()
    world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    assert find_entered(world)[FACT] == (first, second)
    assert find_entered(world)["trainees_cumulative"] == ()


def test_a_reviewer_names_what_a_value_rests_on() -> None:
    world, _first, second = reach_review()
    world.do("review", {"facts": reach(HONGSHAN, "Q1"), "evidence": {MENTORING: [second]}})
    assert find_entered(world)[FACT] == (second,)


def test_a_scorer_corrects_with_a_reason_and_evidence() -> None:
    world, first, second = reach_review()
    world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    world.do("score", {"corrections": {FACT: 5}, "reasons": {FACT: "名册只有 5 人"}, "evidence": {MENTORING: [first]}})
    world.do("score", {"corrections": {FACT: 5}, "reasons": {FACT: "名册只有 5 人"}})
    with reading() as connection:
        found = list_findings(connection, world.case.id)
    assert [one.evidence for one in found] == [{FACT: [first]}, {FACT: [first, second]}]


def test_evidence_that_stands_elsewhere_or_was_withdrawn_proves_nothing_here() -> None:
    world, first, second = reach_review()
    with transaction() as connection:
        withdraw(connection, world.find_doer(world.list_tasks()[0]).actor, second, "传错了文件", world.now)
    for named in ({"publicity": [first]}, {MENTORING: [second]}, {"mentorin": [first]}, {MENTORING: [999]}):
        with pytest.raises(FormRefused) as refused:
            world.do("review", {"facts": reach(HONGSHAN, "Q1"), "evidence": named})
        assert [one.field for one in refused.value.refusals] == [f"evidence.{next(iter(named))}"]
    world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    assert find_entered(world)[FACT] == (first,)
