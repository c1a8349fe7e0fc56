"""The pages of cases, contracts and notices: everything on one page, and to each side only what concerns it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app.cases.models import incidents
from app.cases.queries import get_incident
from app.casework.complete_task import complete_task
from app.casework.return_case import return_case
from app.contracts.queries import get_contract_by_code, list_contracts
from app.db import reading, transaction
from app.evidence.operations import add_file, add_link
from app.evidence.store import FileStore
from app.ledger.operations import post_entries
from app.ledger.queries import list_entries
from app.processes.models import process_instances
from app.scoring.consequences.entries import Entry
from tests.integration.caseworld import Side, do, drive, list_open, make_script, make_side
from tests.integration.test_web_inbox import visit
from tests.integration.website import NOW, make_site

LOW: dict[str, object] = {"mentors": 5, "mentor_events": 3}
"""Points are lost on the mentors' indicator."""


def open_case(app: Flask, side: Side, role: str, place: int = 0) -> str:
    answer = visit(app, side.name(role, place)).get(f"/cases/{side.case.id}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_says_what_is_due_and_whose_clock_runs(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    task = list_open(side)[0]
    page = open_case(app, side, "party_staff")
    assert f'href="/tasks/{task.id}"' in page
    assert "now-row" in page
    assert f'href="/tasks/{task.id}"' not in open_case(app, side, "reviewer")


@pytest.mark.parametrize("role", ["party_staff", "reviewer", "supervisor"])
def test_the_page_is_whole_at_every_step(app: Flask, role: str) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name(role))
    script = make_script(
        corrections=({}, {"mentor_events": 3}), agreed={"mentor_events": 4}, representation={"mentors": 6}
    )
    seen = []
    while work := list_open(side):
        assert visitor.get(f"/cases/{side.case.id}").status_code == 200
        assert visitor.get(f"/cases/{side.case.id}/steps.json").status_code == 200
        seen.append(work[0].step)
        for task in work:
            do(side, script, task)
    assert {"submit", "score", "joint_look", "represent", "handle_representation", "approve"} <= set(seen)
    assert visitor.get(f"/cases/{side.case.id}").status_code == 200


def test_the_party_never_learns_who_scores(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "score")
    drive(side, "represent", **LOW)
    names = [one.name for one in side.cast.scorers]
    visitor = visit(app, side.name("party_head"))
    for path in ("", "/steps.json"):
        text = visitor.get(f"/cases/{side.case.id}{path}").text
        assert not any(name in text for name in names)
    assert all(name in open_case(app, side, "reviewer") for name in names)
    assert "甲" in open_case(app, side, "party_head")


def test_the_result_is_shown_to_nobody_before_it_is_drafted(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "score", **LOW)
    for role in ("party_head", "reviewer", "scorer"):
        assert '<details class="working"' not in open_case(app, side, role)
    drive(side, "represent", **LOW)
    for role in ("party_head", "reviewer", "scorer"):
        page = open_case(app, side, role)
        assert '<details class="working"' in page
        assert "21.00" in page


def test_a_scorer_sees_nothing_of_the_others_before_all_are_in(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "score")
    first, second = sorted(list_open(side), key=lambda one: one.assigned_to or 0)
    form = {"corrections": {"mentor_events": 3}, "reasons": {"mentor_events": "现场只见三场"}, "opinion": "个人意见"}
    doer = side.cast.find(first.assigned_to or 0)
    with transaction() as connection:
        complete_task(connection, doer.on(NOW), first.id, form, NOW)
    other = side.cast.scorers.index(side.cast.find(second.assigned_to or 0))
    for role, place in (("scorer", other), ("reviewer", 0), ("party_head", 0)):
        page = open_case(app, side, role, place)
        assert "现场只见三场" not in page
        assert "个人意见" not in page
    assert "个人意见" in open_case(app, side, "scorer", 1 - other)
    do(side, make_script(), second)
    assert "现场只见三场" in open_case(app, side, "reviewer")
    assert "现场只见三场" not in open_case(app, side, "party_head")


def test_reasons_of_returns_reach_the_party_and_opinions_within_the_authority_do_not(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "check_completeness")
    with transaction() as connection:
        task, doer = list_open(side)[0], side.cast.people["reviewer"].on(NOW)
        return_case(connection, doer, task.id, "submit", "缺学员签到表", NOW)
    drive(side, "check_completeness")
    with transaction() as connection:
        task = list_open(side)[0]
        complete_task(connection, doer, task.id, {"opinion": "仅供内部参考"}, NOW)
    party, authority = open_case(app, side, "party_head"), open_case(app, side, "supervisor")
    assert "缺学员签到表" in party
    assert "缺学员签到表" in authority
    assert "仅供内部参考" not in party
    assert "仅供内部参考" in authority
    steps = visit(app, side.name("party_head")).get(f"/cases/{side.case.id}/steps.json").json
    assert "仅供内部参考" not in json.dumps(steps, ensure_ascii=False)


def test_the_diagram_is_lit_where_the_case_stands(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "review")
    visitor = visit(app, side.name("party_staff"))
    found = json.loads(visitor.get(f"/cases/{side.case.id}/steps.json").text)
    assert [one["id"] for one in found["current"]] == ["review"]
    assert {"submit", "submit_to_sign_submission", "review"} <= set(found["passed"])
    assert sorted(found["steps"]) == ["check_completeness", "sign_submission", "submit"]
    source = visitor.get(f"/cases/{side.case.id}/diagram.bpmn")
    assert source.mimetype == "application/xml"
    assert b"contract_quarter" in source.data


def test_evidence_stands_at_its_indicator_and_warns_of_reuse(app: Flask, tmp_path: Path) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    store, actor = FileStore(tmp_path / "files"), side.cast.people["party_staff"].actor
    with transaction() as connection:
        for indicator in ("training", "teaching_plans"):
            content = io.BytesIO(b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n")
            owner = side.vendor.id
            add_file(connection, store, actor, side.case.id, indicator, 0, "签到表.pdf", content, owner, NOW)
        content = io.BytesIO(b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n")
        stranger = other.cast.people["party_staff"].actor
        add_file(connection, store, stranger, other.case.id, "training", 0, "别处.pdf", content, other.vendor.id, NOW)
        add_link(connection, actor, side.case.id, "publicity", 0, "https://example.org/news", side.vendor.id, NOW)
    page = open_case(app, side, "party_staff")
    assert page.count("签到表.pdf") == 2
    assert page.count('class="reused') == 2
    assert "SONGSHAN-01-Y1Q1" not in page
    assert 'href="https://example.org/news" rel="noopener noreferrer nofollow"' in page


def test_a_contract_shows_points_money_and_entries(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    low = {**LOW, "trainees_cumulative": 49, "complete_campus_visits": 3}
    drive(side, "never", **low)
    page = visit(app, side.name("supervisor")).get(f"/contracts/{side.contract.id}").text
    with reading() as connection:
        entries = list_entries(connection, side.contract.id)
    assert {one.kind for one in entries} == {"points", "money"}
    money = next(one.money for one in entries if one.kind == "money")
    assert f"{money:,.2f}" in page
    assert 'class="gauge-q1"' in page
    assert f'href="/cases/{side.case.id}"' in page


def test_a_ledger_that_does_not_match_is_said_and_still_shown(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "never", **LOW)
    with transaction() as connection:
        strange = Entry("Y1Q1", "points", Decimal(1), Decimal(0), "score")
        post_entries(connection, side.contract.id, 99, [strange], None, NOW)
    page = visit(app, side.name("supervisor")).get(f"/contracts/{side.contract.id}")
    assert page.status_code == 200
    assert "alert-danger" in page.text


FORM = {
    "code": "HS-NEW-1",
    "name": "新合同",
    "programme": "hongshan-talent-training",
    "start": "2025-06-01",
    "years": "3",
    "annual_fee": "12,000,000.00",
    "paid": "",
    "points_1": "4.5",
    "money_1": "150000",
}


def fill_form(side: Side, **changes: str) -> dict[str, str]:
    return {**FORM, "authority": str(side.authority.id), "vendor": str(side.vendor.id), **changes}


def test_a_contract_is_added_with_its_opening_balance(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("supervisor"))
    assert visitor.get("/contracts/new").status_code == 200
    answer = visitor.post("/contracts", fill_form(side))
    assert answer.status_code == 303
    with reading() as connection:
        contract = get_contract_by_code(connection, "HS-NEW-1")
        assert [one.cause for one in list_entries(connection, contract.id)] == ["opening", "opening"]
    page = visitor.get(answer.headers["Location"]).text
    assert "is-opening" in page
    assert "150,000.00" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "HONGSHAN-01"),
        ("annual_fee", "a lot"),
        ("annual_fee", "0"),
        ("annual_fee", "1e9"),
        ("annual_fee", "１２３"),
        ("paid", "13000000"),
        ("start", "2025-02-30"),
        ("years", "31"),
        ("vendor", "999"),
        ("programme", "hunan-2023-evaluation"),
        ("points_1", "25.01"),
        ("points_3", "1"),
        ("name", "名" * 201),
    ],
)
def test_what_is_wrong_with_a_contract_is_said_at_its_field(app: Flask, field: str, value: str) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("supervisor"))
    answer = visitor.post("/contracts", fill_form(side, **{field: value}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "新合同" in answer.text or field == "name"
    with reading() as connection:
        assert len(list_contracts(connection)) == 1


def test_nobody_adds_a_contract_for_another_authority(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    visitor = visit(app, side.name("supervisor"))
    answer = visitor.post("/contracts", fill_form(side, authority=str(other.authority.id)))
    assert answer.status_code in (403, 422)
    with reading() as connection:
        assert len(list_contracts(connection)) == 2


def add_incident(side: Side) -> int:
    values = {
        "case_id": side.case.id,
        "operation": "post_consequences",
        "message": "OperationalError: <b>disk</b>",
        "tries": 3,
        "state": "open",
        "first_at": NOW,
        "last_at": NOW,
    }
    with transaction() as connection:
        added = connection.execute(insert(incidents).values(values)).inserted_primary_key
    assert added is not None
    return int(added[0])


def test_a_failed_step_is_shown_to_its_own_process_administrator_and_retried(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    number = add_incident(side)
    stranger = visit(app, other.name("process_admin"))
    assert "HONGSHAN-01" not in stranger.get("/incidents").text
    assert stranger.post(f"/incidents/{number}/retry").status_code == 403
    visitor = visit(app, side.name("process_admin"))
    page = visitor.get("/incidents").text
    assert "HONGSHAN-01-Y1Q1" in page
    assert "<b>disk</b>" not in page
    assert visitor.post(f"/incidents/{number}/retry").status_code == 303
    assert "HONGSHAN-01-Y1Q1" not in visitor.get("/incidents").text


def test_a_case_that_cannot_be_loaded_stays_with_the_administrator(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    number = add_incident(side)
    with transaction() as connection:
        connection.execute(update(process_instances).values(state=b"no state"))
    visitor = visit(app, side.name("process_admin"))
    assert visitor.post(f"/incidents/{number}/retry").status_code == 303
    page = visitor.get("/incidents").text
    assert "仍未成功" in page
    assert "HONGSHAN-01-Y1Q1" in page
    with reading() as connection:
        assert get_incident(connection, number).tries == 4


def test_diagrams_are_served_by_their_names_only(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("reviewer"))
    assert "季度考核" in visitor.get("/diagrams/contract-quarter/source.bpmn").text
    assert visitor.get("/diagrams").status_code == 200
    for name in ("consequences", "..%2Fpyproject", "variables.yaml", "nothing"):
        assert visitor.get(f"/diagrams/{name}").status_code == 404
        assert visitor.get(f"/diagrams/{name}/source.bpmn").status_code == 404


def test_the_list_of_cases_holds_what_one_may_see(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    for role in ("party_staff", "reviewer"):
        page = visit(app, side.name(role)).get("/cases").text
        assert f'data-href="/cases/{side.case.id}"' in page
        assert f'data-href="/cases/{other.case.id}"' not in page
    page = visit(app, side.name("reviewer")).get("/cases?status=published").text
    assert "data-href" not in page


def test_opinions_and_names_are_shown_as_text(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    task, doer = list_open(side)[0], side.cast.people["party_staff"].on(NOW)
    with transaction() as connection:
        complete_task(connection, doer, task.id, {"facts": {}, "note": "<img src=x onerror=alert(1)>"}, NOW)
    assert "<img src=x" not in open_case(app, side, "reviewer")
    assert "&lt;img src=x" in open_case(app, side, "reviewer")
