"""Complaints and safety incidents: recorded, answered, checked by somebody else, counted once by a review."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from app.casework.complete_task import complete_task
from app.casework.forms import FormRefused
from app.casework.intake import (
    AnswerForm,
    CheckForm,
    OccurrenceForm,
    answer_occurrence,
    check_occurrence,
    record_occurrence,
)
from app.db import reading, transaction
from app.evidence.queries import list_latest_facts
from app.occurrences.models import Occurrence
from app.occurrences.queries import get_occurrence, list_of_contract
from app.outbox.queries import list_by_person
from app.permissions import NotPermitted
from app.scores.queries import find_sheet
from tests.integration.simulating import CHIFENG, reach
from tests.integration.world import World

DAY = dt.date(2025, 3, 20)
COMPLAINT, INCIDENT = "valid_complaints", "safety_incidents"


class Register(World):
    """A contract of Chifeng whose first quarter waits to be filed, and the register of what happened in it."""

    def __init__(self) -> None:
        super().__init__(CHIFENG)

    def record(self, fact: str = COMPLAINT, day: dt.date = DAY, by: str = "reviewer") -> Occurrence:
        form = OccurrenceForm(fact=fact, happened_on=day, source="热线 2025-118", description="电梯停运三天")
        with transaction() as connection:
            doer = self.cast.people[by].on(self.now)
            return record_occurrence(connection, doer, self.contract.id, form, None, self.now)

    def answer(self, found: Occurrence, by: str = "party_staff") -> Occurrence:
        with transaction() as connection:
            doer = self.cast.people[by].on(self.now)
            return answer_occurrence(connection, doer, found.id, AnswerForm(answer="已修复"), None, self.now)

    def check(self, found: Occurrence, *, valid: bool = True, by: str = "supervisor") -> Occurrence:
        with transaction() as connection:
            form = CheckForm(valid=valid, finding="维修记录显示停运三天")
            return check_occurrence(connection, self.cast.people[by].on(self.now), found.id, form, self.now)

    def find_valid(self, **kinds: object) -> Occurrence:
        """Record, answer and find valid."""
        return self.check(self.answer(self.record(**kinds)))  # type: ignore[arg-type]  # the names of record's arguments

    def look_up(self, found: Occurrence) -> Occurrence:
        with reading() as connection:
            return get_occurrence(connection, found.id)

    def reach_review(self) -> None:
        self.file()
        self.do("check_completeness")

    def review_as_filed(self, **special: object) -> None:
        facts = reach(CHIFENG, "Q1")
        self.do("review", {"facts": {**facts, **special}})

    def list_templates(self, role: str) -> list[str]:
        """What somebody was told of the register, newest first."""
        with reading() as connection:
            found = list_by_person(connection, self.cast.people[role].id)
        return [one.template for one in found if one.template.startswith("occurrence")]

    @property
    def special(self) -> Decimal:
        with reading() as connection:
            sheet = find_sheet(connection, self.case.id)
        assert sheet is not None
        return sheet.special


@pytest.fixture
def register(app: Flask) -> Register:
    return Register()


def test_what_is_found_valid_costs_its_points_at_the_review_without_another_word(register: Register) -> None:
    complaint, incident = register.find_valid(), register.find_valid(fact=INCIDENT)
    register.reach_review()
    register.review_as_filed()
    register.score()
    assert register.special == -7
    assert register.look_up(complaint).counted_in == register.case.id == register.look_up(incident).counted_in
    with reading() as connection:
        facts = list_latest_facts(connection, register.case.id, "reviewed")
    assert facts[COMPLAINT].value == 1
    assert facts[COMPLAINT].note == "投诉与安全事故台账第1号，经核查属实"


def test_what_is_unfounded_or_unchecked_costs_nothing(register: Register) -> None:
    unfounded = register.check(register.answer(register.record()), valid=False)
    unchecked = register.record()
    register.reach_review()
    register.review_as_filed()
    register.score()
    assert register.special == 0
    assert register.look_up(unfounded).counted_in is None
    assert register.look_up(unchecked).counted_in is None


def test_what_is_found_valid_after_its_quarters_review_counts_in_the_next_one_once(register: Register) -> None:
    late = register.record()
    register.reach_review()
    register.review_as_filed()
    register.check(register.answer(late))
    register.score()
    register.do("represent")
    register.do("approve")
    register.tick_on(dt.date(2025, 7, 1), 9)
    second = next(one for one in register.cases if one.period == "Y1Q2")
    for step in ("submit", "sign_submission", "check_completeness", "review"):
        form = {"facts": reach(CHIFENG, "Q2")} if step in ("submit", "review") else {}
        task = register.list_tasks(step, second)[0]
        with transaction() as connection:
            complete_task(connection, register.find_doer(task), task.id, form, register.now)
    assert register.look_up(late).counted_in == second.id


def test_a_review_returned_and_done_again_counts_the_same_ones(register: Register) -> None:
    found = register.find_valid()
    register.reach_review()
    register.review_as_filed()
    register.send_back("score", "review")
    register.review_as_filed()
    register.score()
    assert register.special == -2
    assert register.look_up(found).counted_in == register.case.id


def test_another_number_than_the_registers_needs_its_reason(register: Register) -> None:
    register.find_valid()
    register.reach_review()
    with pytest.raises(FormRefused) as refused:
        register.review_as_filed(valid_complaints=2)
    assert [one.field for one in refused.value.refusals] == ["notes.valid_complaints"]
    facts = {**reach(CHIFENG, "Q1"), COMPLAINT: 0}
    register.do("review", {"facts": facts, "notes": {COMPLAINT: "同一事项已在上一合同期处理"}})
    register.score()
    assert register.special == 0


def test_whoever_recorded_it_does_not_check_it(register: Register) -> None:
    found = register.answer(register.record(by="supervisor"))
    with pytest.raises(FormRefused, match="recorded it can't check it"):
        register.check(found)
    assert register.check(found, by="reviewer").verdict == "valid"


def test_the_party_is_heard_before_the_check(register: Register) -> None:
    found = register.record()
    with pytest.raises(FormRefused, match="may still answer"):
        register.check(found)
    register.tick_on(dt.date(2025, 4, 9))
    assert register.check(found).verdict == "valid"


def test_a_check_is_made_once_and_ends_the_answers(register: Register) -> None:
    found = register.find_valid()
    for again in (register.check, register.answer):
        with pytest.raises(FormRefused, match="check of this occurrence is over"):
            again(found)


def test_only_the_authority_records_and_only_the_party_answers(register: Register) -> None:
    with pytest.raises(NotPermitted):
        register.record(by="party_staff")
    found = register.record()
    with pytest.raises(NotPermitted):
        register.answer(found, by="reviewer")
    with pytest.raises(NotPermitted):
        register.check(found, by="finance")


@pytest.mark.parametrize("day", [dt.date(2024, 12, 31), dt.date(2025, 4, 2)], ids=["before the contract", "tomorrow"])
def test_a_day_outside_the_term_or_ahead_is_refused(register: Register, day: dt.date) -> None:
    with pytest.raises(FormRefused) as refused:
        register.record(day=day)
    assert [one.field for one in refused.value.refusals] == ["happened_on"]
    with reading() as connection:
        assert list_of_contract(connection, register.contract.id) == []


def test_a_programme_without_special_points_keeps_no_such_register(app: Flask) -> None:
    world = World()
    form = OccurrenceForm(fact=COMPLAINT, happened_on=DAY, source="热线", description="投诉")
    with pytest.raises(FormRefused, match="doesn't count such"), transaction() as connection:
        doer = world.cast.people["reviewer"].on(world.now)
        record_occurrence(connection, doer, world.contract.id, form, None, world.now)


def test_everybody_concerned_is_told(register: Register) -> None:
    register.find_valid()
    assert register.list_templates("party_head") == ["occurrence_checked", "occurrence_recorded"]
    assert register.list_templates("verifier") == ["occurrence_answered"]
