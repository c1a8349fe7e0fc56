"""The review of a fourth quarter with something deferred: proposals, and a word where it finds otherwise."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask

from app.calendar.contract_periods import get_contract_quarter
from app.casework.complete_task import complete_task
from app.casework.forms import FormRefused
from app.casework.work import QUARTER
from app.db import reading, transaction
from app.web.following import read_following
from tests.integration.following import REASON, Following
from tests.integration.simulating import HONGSHAN, reach

SHORT = {"mentor_events": 2}


class Year(Following):
    """A year of Hongshan whose first quarter defers its mentoring."""

    def live(self, place: int, defer: Mapping[str, str] | None = None, **changes: object) -> None:
        self.file_quarter(place, {"defer": dict(defer or {})}, **changes)
        answers = {code: {"granted": True} for code in defer or {}}
        self.act(QUARTER, "review", {"facts": reach(HONGSHAN, f"Q{place}", **changes), "deferrals": answers})
        while "score" in self.list_steps_open(QUARTER):
            self.do_score()
        self.act(QUARTER, "represent")
        self.act(QUARTER, "approve")

    def file_quarter(self, place: int, more: Mapping[str, object], **changes: object) -> None:
        self.tick_on(get_contract_quarter(self.contract.start, 1, place).opens)
        self.act(QUARTER, "submit", {"facts": reach(HONGSHAN, f"Q{place}", **changes), **more})
        self.act(QUARTER, "sign_submission")
        self.act(QUARTER, "check_completeness")

    def do_score(self) -> None:
        case = self.find(QUARTER)
        for task in self.list_tasks("score", case):
            with transaction() as connection:
                complete_task(connection, self.find_doer(task), task.id, {}, self.now)


@pytest.fixture
def year(app: Flask) -> Year:
    lived = Year(HONGSHAN)
    lived.live(1, {"mentoring": "场地施工，年内补做"}, **SHORT)
    lived.live(2)
    lived.live(3)
    return lived


def test_the_review_is_offered_what_the_years_numbers_leave_for_the_deferred_quarter(year: Year) -> None:
    asked = int(str(reach(HONGSHAN, "Q4")["mentor_events"]))
    year.file_quarter(
        4, {"made_up": {"Y1Q1": {"mentoring": {"mentor_events": 4, "mentors": 6}}}}, mentor_events=asked + 2
    )
    with reading() as connection:
        found = read_following(connection, year.find(QUARTER), year.now)
    assert found.proposed["Y1Q1"]["mentoring"]["mentor_events"] == 2 + 2
    assert found.proposed["Y1Q1"]["mentoring"]["mentors"] == reach(HONGSHAN, "Q4")["mentors"]


def test_what_the_review_finds_otherwise_than_the_party_needs_a_word(year: Year) -> None:
    claimed = {"Y1Q1": {"mentoring": {"mentor_events": 4, "mentors": 6}}}
    year.file_quarter(4, {"made_up": claimed})
    form = {"facts": reach(HONGSHAN, "Q4"), "made_up": {"Y1Q1": {"mentoring": {"mentor_events": 3, "mentors": 6}}}}
    with pytest.raises(FormRefused) as refused:
        year.act(QUARTER, "review", form)
    assert [one.field for one in refused.value.refusals] == ["made_up.Y1Q1.mentoring.mentor_events"]
    year.act(QUARTER, "review", {**form, "opinion": REASON})
