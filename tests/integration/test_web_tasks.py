"""Task pages: what is typed is kept, each message stands at its field, nothing happens twice."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.clock import SimulatedClock
from app.db import reading, transaction
from app.evidence.operations import add_link
from app.evidence.queries import list_evidence, list_latest_facts
from app.tasks.models import Task
from tests.builders import make_reached
from tests.integration.caseworld import Side, drive, list_open, make_side
from tests.integration.simulating import HONGSHAN
from tests.integration.website import NOW, SiteSettings, Visitor, make_site


def open_site(app: Flask, folder: Path, until: str = "submit", **changes: object) -> tuple[Side, SimulatedClock]:
    clock = SimulatedClock(NOW)
    make_site(app, replace(SiteSettings(), data_folder=folder), clock)
    side = make_side("aa")
    drive(side, until, **changes)
    return side, clock


def visit(app: Flask, side: Side, role: str, place: int = 0) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in(side.name(role, place)).status_code == 303
    return visitor


def first(side: Side) -> Task:
    return list_open(side)[0]


def type_facts(group: str, **changes: object) -> dict[str, str]:
    facts = {**make_reached(HONGSHAN, "Q1"), **changes}
    return {f"{group}.{name}": str(value) for name, value in facts.items()}


def test_a_filing_goes_through_and_waits_for_its_signature(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor = visit(app, side, "party_staff")
    page = visitor.get(f"/tasks/{first(side).id}")
    assert "本年度累计培养人数" in page.text
    done = visitor.post(f"/tasks/{first(side).id}/complete", {**type_facts("facts"), "confirm": "yes"})
    assert done.status_code == 303
    assert first(side).step == "sign_submission"


def test_open_items_are_asked_about_once_and_nothing_typed_is_lost(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor = visit(app, side, "party_staff")
    refused = visitor.post(f"/tasks/{first(side).id}/complete", {"facts.mentors": "7", "note": "先报一部分"})
    assert refused.status_code == 422
    assert "仍有缺项" in refused.text
    assert 'value="7"' in refused.text
    assert "先报一部分" in refused.text
    assert first(side).step == "submit"


def test_a_wrong_value_is_named_at_its_field(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor = visit(app, side, "party_staff")
    typed = {**type_facts("facts", mentors="六"), "confirm": "yes"}
    refused = visitor.post(f"/tasks/{first(side).id}/complete", typed)
    assert refused.status_code == 422
    assert 'id="facts.mentors-wrong"' in refused.text
    assert 'value="六"' in refused.text


def test_a_draft_survives_an_expired_session(app: Flask, tmp_path: Path) -> None:
    side, clock = open_site(app, tmp_path)
    visitor, task = visit(app, side, "party_staff"), first(side)
    assert visitor.htmx(f"/tasks/{task.id}/draft", {"facts.mentors": "5"}).status_code == 204
    clock.move_to(NOW + dt.timedelta(hours=13))
    expired = visitor.post(f"/tasks/{task.id}/complete", type_facts("facts"))
    assert expired.status_code in (302, 303, 401)
    assert first(side).step == "submit"
    visitor.sign_in(side.name("party_staff"))
    again = visitor.get(f"/tasks/{task.id}")
    assert "已恢复" in again.text
    assert 'value="5"' in again.text


def test_a_second_tab_is_told_who_was_first(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor, task = visit(app, side, "party_staff"), first(side)
    form = {**type_facts("facts"), "confirm": "yes"}
    assert visitor.post(f"/tasks/{task.id}/complete", form).status_code == 303
    second = visitor.post(f"/tasks/{task.id}/complete", form)
    assert second.status_code == 409
    assert side.cast.people["party_staff"].name in visitor.get(f"/tasks/{task.id}").text
    assert first(side).step == "sign_submission"


def test_what_the_filing_would_score_comes_while_typing(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor = visit(app, side, "party_staff")
    fragment = visitor.htmx(f"/tasks/{first(side).id}/estimate", type_facts("facts", mentor_events="3"))
    assert fragment.status_code == 200
    assert "23.00" in fragment.text


def test_evidence_is_uploaded_shown_and_withdrawn(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor, task = visit(app, side, "party_staff"), first(side)
    file = (io.BytesIO("学员名册".encode()), "名册.txt")
    sent = visitor.client.post(
        f"/tasks/{task.id}/evidence",
        data={"csrf_token": visitor.token, "indicator": "training", "requirement": "0", "file": file},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    with reading() as connection:
        (evidence,) = list_evidence(connection, side.case.id)
    got = visitor.get(f"/evidence/{evidence.id}")
    assert got.data == "学员名册".encode()
    assert got.headers["Content-Disposition"].startswith("attachment")
    withdrawn = visitor.post(f"/tasks/{task.id}/evidence/{evidence.id}/withdraw")
    assert withdrawn.status_code == 303
    with reading() as connection:
        assert list_evidence(connection, side.case.id) == []


def test_a_disguised_file_is_refused_and_the_page_says_why(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    visitor, task = visit(app, side, "party_staff"), first(side)
    file = (io.BytesIO(b"MZ\x90\x00 program"), "名册.pdf")
    visitor.client.post(
        f"/tasks/{task.id}/evidence",
        data={"csrf_token": visitor.token, "indicator": "training", "file": file},
        content_type="multipart/form-data",
    )
    assert "名册.pdf：" in visitor.get(f"/tasks/{task.id}").text
    with reading() as connection:
        assert list_evidence(connection, side.case.id) == []


@pytest.mark.parametrize(
    ("step", "role"),
    [
        ("sign_submission", "party_head"),
        ("check_completeness", "reviewer"),
        ("review", "reviewer"),
        ("score", "scorer"),
        ("represent", "party_head"),
        ("approve", "approver"),
    ],
)
def test_every_step_shows_its_form(app: Flask, tmp_path: Path, step: str, role: str) -> None:
    side, _clock = open_site(app, tmp_path, until=step)
    visitor = visit(app, side, role)
    page = visitor.get(f"/tasks/{first(side).id}")
    assert page.status_code == 200
    assert 'id="work"' in page.text


def test_a_scorer_corrects_with_a_reason_and_the_joint_look_follows(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path, until="score")
    for place, typed in enumerate(({}, {"corrections.mentors": "4"})):
        visitor = visit(app, side, "scorer", place)
        task = next(one for one in list_open(side) if one.assigned_to == side.cast.scorers[place].id)
        form = {**type_facts("corrections"), **typed}
        if typed:
            refused = visitor.post(f"/tasks/{task.id}/complete", form)
            assert 'id="reasons.mentors-wrong"' in refused.text
            form["reasons.mentors"] = "两人无聘书"
        assert visitor.post(f"/tasks/{task.id}/complete", form).status_code == 303
    visitor, task = visit(app, side, "scorer"), first(side)
    assert task.step == "joint_look"
    page = visitor.get(f"/tasks/{task.id}")
    assert "两人无聘书" in page.text
    done = visitor.post(f"/tasks/{task.id}/complete", {"agreed.mentors": "6", "reasons.mentors": "聘书已补"})
    assert done.status_code == 303
    assert first(side).step == "represent"


def test_a_contested_line_is_heard_with_the_values_that_the_party_asks_for(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path, until="represent", mentor_events=1)
    visitor, task = visit(app, side, "party_head"), first(side)
    contest = {
        "contested.mentoring": "yes",
        "contested.mentoring.reason": "漏计三场",
        "contested.mentoring.facts.mentors": "6",
        "contested.mentoring.facts.mentor_events": "4",
    }
    assert visitor.post(f"/tasks/{task.id}/complete", contest).status_code == 303
    handler, heard = visit(app, side, "appeal_handler"), first(side)
    assert "漏计三场" in handler.get(f"/tasks/{heard.id}").text
    answer = {
        "answers.mentoring.accept": "yes",
        "answers.mentoring.facts.mentor_events": "4",
        "answers.mentoring.reason": "补充材料属实",
    }
    assert handler.post(f"/tasks/{heard.id}/complete", answer).status_code == 303
    assert first(side).step == "approve"


def test_a_return_needs_its_reason_and_tells_the_party(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path, until="check_completeness")
    visitor, task = visit(app, side, "reviewer"), first(side)
    refused = visitor.post(f"/tasks/{task.id}/return", {"target": "submit", "reason": ""})
    assert refused.status_code == 422
    assert visitor.post(f"/tasks/{task.id}/return", {"target": "submit", "reason": "缺考勤表"}).status_code == 303
    assert "缺考勤表" in visit(app, side, "party_staff").get(f"/tasks/{first(side).id}").text


def test_the_odometer_says_what_a_signature_will_do(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path, until="approve", mentor_events=1, trainees_cumulative=10, mentors=1)
    page = visit(app, side, "approver").get(f"/tasks/{first(side).id}")
    assert "本次签批后" in page.text
    assert "200,000.00" in page.text


def test_a_review_shows_what_each_value_rests_on_and_keeps_what_was_unticked(app: Flask, tmp_path: Path) -> None:
    side, _clock = open_site(app, tmp_path)
    with transaction() as connection:
        clerk, case = side.cast.people["party_staff"], side.case
        kept, dropped = (
            add_link(connection, clerk.actor, case.id, "mentoring", None, link, case.party_id, NOW).id
            for link in ("https://example.org/1", "https://example.org/2")
        )
    drive(side, "review")
    visitor, task = visit(app, side, "reviewer"), first(side)
    shown = visitor.get(f"/tasks/{task.id}").text
    assert [f'name="evidence.mentoring" value="{one}" checked' in shown for one in (kept, dropped)] == [True, True]
    typed = {**type_facts("facts"), "evidence.mentoring": ["", str(kept)]}
    refused = visitor.post(f"/tasks/{task.id}/complete", {**typed, "facts.mentors": "六"}).text
    assert [f'name="evidence.mentoring" value="{one}" checked' in refused for one in (kept, dropped)] == [True, False]
    assert visitor.post(f"/tasks/{task.id}/complete", typed).status_code == 303
    with reading() as connection:
        assert list_latest_facts(connection, side.case.id, "reviewed")["mentors"].evidence_ids == (kept,)
