"""The inbox: whose work it shows, in which order, page by page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import Connection, event, insert, text

from app.casework.return_case import return_case
from app.db import database, reading, transaction
from app.tasks.inbox import InboxFilter, InboxScope, count_inbox, list_inbox
from app.tasks.models import tasks
from app.tasks.operations import claim_task
from tests.integration.caseworld import Side, drive, list_open, make_side
from tests.integration.simulating import HONGSHAN
from tests.integration.website import NOW, Visitor, make_site

ROWS = re.compile(r'<tr data-href="([^"]+)"')


def visit(app: Flask, username: str) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in(username).status_code == 303
    return visitor


def list_rows(visitor: Visitor, path: str) -> list[str]:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return ROWS.findall(answer.text)


def test_a_task_waits_for_its_role_until_somebody_claims_it(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    task = list_open(side)[0]
    visitor = visit(app, side.name("party_staff"))
    assert list_rows(visitor, "/inbox?tab=role") == [f"/tasks/{task.id}"]
    assert list_rows(visitor, "/inbox?tab=mine") == []
    assert list_rows(visitor, "/inbox") == [f"/tasks/{task.id}"]
    with transaction() as connection:
        claim_task(connection, task.id, side.cast.people["party_staff"].id, NOW)
    assert list_rows(visitor, "/inbox") == [f"/tasks/{task.id}"]
    assert list_rows(visitor, "/inbox?tab=role") == []


def test_nobody_sees_the_work_of_another_authority_or_another_role(app: Flask) -> None:
    make_site(app)
    side, other = make_side("hongshan"), make_side("songshan")
    for username in (other.name("party_staff"), side.name("party_head"), side.name("reviewer")):
        shown = list_rows(visit(app, username), "/inbox?tab=role")
        assert f"/tasks/{list_open(side)[0].id}" not in shown


def test_a_row_says_period_days_left_and_state_in_words(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    page = visit(app, side.name("party_staff")).get("/inbox?tab=role").text
    assert "第一年第一季度" in page or "Year 一, quarter 一" in page
    assert "Y1Q1" in page
    assert "HONGSHAN-01-Y1Q1" in page
    assert "tone-grey" in page
    assert "due-" in page


def test_a_returned_filing_shows_its_round(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "check_completeness")
    with transaction() as connection:
        doer = side.cast.people["reviewer"].on(NOW)
        return_case(connection, doer, list_open(side)[0].id, "submit", "缺签到表", NOW)
    page = visit(app, side.name("party_staff")).get("/inbox?tab=role").text
    assert "tone-orange" in page
    assert "round 2" in page or "第2次" in page


def test_a_score_is_shown_from_the_draft_result_on(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "score", mentors=5, mentor_events=3)
    assert ">21.00<" not in visit(app, side.name("scorer")).get("/inbox").text
    drive(side, "represent", mentors=5, mentor_events=3)
    assert ">21.00<" in visit(app, side.name("party_head")).get("/inbox?tab=role").text


def test_what_a_person_finished_stands_under_done_newest_first(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    drive(side, "score")
    rows = visit(app, side.name("reviewer")).get("/inbox?tab=done").text
    assert rows.count("<tr data-href") == 2
    assert f'href="/cases/{side.case.id}"' in rows


def fill(connection: Connection, side: Side, count: int) -> None:
    """Many open tasks for reviewers, two a due day."""
    rows = [
        {
            "case_id": side.case.id,
            "engine_id": f"many-{number}",
            "step": "review" if number % 5 else "check_completeness",
            "role": "reviewer",
            "organisation_id": side.authority.id,
            "programme": HONGSHAN,
            "opened_at": NOW,
            "start_day": "2026-02-02",
            "due_at": NOW + dt.timedelta(days=number // 2),
            "due_explained": {"provisional": False},
            "state": "open",
        }
        for number in range(count)
    ]
    connection.execute(insert(tasks), rows)


def make_scope(side: Side) -> InboxScope:
    person = side.cast.people["reviewer"].id
    return InboxScope(person, (person,), (("reviewer", side.authority.id, HONGSHAN),))


@pytest.mark.parametrize("step", ["", "review"])
@pytest.mark.usefixtures("app")
def test_pages_follow_each_other_without_gap_or_repeat(step: str) -> None:
    side = make_side("hongshan")
    with transaction() as connection:
        fill(connection, side, 35)
    found, after = [], None
    with reading() as connection:
        while page := list_inbox(connection, make_scope(side), "role", InboxFilter(step=step), after, limit=10):
            found += page
            after = (page[-1].task.due_at, page[-1].task.id)
    keys = [(one.task.due_at, one.task.id) for one in found]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys) == (28 if step else 35)


@pytest.mark.usefixtures("app")
def test_counts_stop_at_a_hundred() -> None:
    side = make_side("hongshan")
    with transaction() as connection:
        fill(connection, side, 130)
    with reading() as connection:
        assert count_inbox(connection, make_scope(side)) == {"mine": 0, "role": 100}


def test_the_page_shows_a_cap_and_leads_further(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    with transaction() as connection:
        fill(connection, side, 130)
    visitor = visit(app, side.name("reviewer"))
    page = visitor.get("/inbox?tab=role").text
    assert "99+" in page
    assert len(ROWS.findall(page)) == 50
    further = re.search(r'rel="next" href="([^"]+)"', page)
    assert further is not None
    second = list_rows(visitor, further.group(1).replace("&amp;", "&"))
    assert len(second) == 50
    assert set(second).isdisjoint(ROWS.findall(page))


def test_a_search_finds_by_contract_and_by_case_number(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("party_staff"))
    for words, count in (("实训", 1), ("hongshan-01-y1", 1), ("100%", 0), ("_", 0), ("没有", 0)):
        assert len(list_rows(visitor, f"/inbox?tab=role&q={words.replace('%', '%25')}")) == count


@pytest.mark.parametrize(
    "query",
    [
        "tab=role&after=2026-02-02~1",
        "tab=role&after=2026-02-02T00:00:00%2B00:00~99999999999999999999999",
        "tab=done&after=x~1",
        "tab=none",
        "step=drop%20table&programme=%27%3B--",
        "tab=role&q=%00%27%25",
    ],
)
def test_addresses_that_nobody_gave_are_answered_calmly(app: Flask, query: str) -> None:
    make_site(app)
    side = make_side("hongshan")
    assert visit(app, side.name("party_staff")).get(f"/inbox?{query}").status_code == 200


def test_an_empty_inbox_says_what_will_appear(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    assert "empty-place" in visit(app, side.name("verifier")).get("/inbox").text


def test_a_page_asks_the_database_a_fixed_number_of_questions(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    visitor = visit(app, side.name("reviewer"))

    def count() -> int:
        asked: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", hear)
        visitor.get("/inbox?tab=role")
        event.remove(database.engine, "before_cursor_execute", hear)
        return len([one for one in asked if one.startswith(("SELECT", "WITH"))])

    few = count()
    with transaction() as connection:
        fill(connection, side, 60)
    assert count() == few <= 4


@pytest.mark.usefixtures("app")
def test_each_source_is_read_by_its_own_index() -> None:
    side = make_side("hongshan")
    if database.engine.dialect.name != "sqlite":
        pytest.skip("SQLite says its plan in one line; PostgreSQL plans by the table's size")
    plans: list[str] = []

    def hear(connection: Connection, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if "tasks.due_at" in statement and not statement.startswith("EXPLAIN"):
            plans.extend(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))  # type: ignore[arg-type]  # as the driver was given them

    event.listen(database.engine, "before_cursor_execute", hear)
    with reading() as connection:
        for box in ("mine", "role"):
            list_inbox(connection, make_scope(side), box, after=(NOW, 1))
    event.remove(database.engine, "before_cursor_execute", hear)
    said = " ".join(plans)
    for name in ("ix_tasks_inbox_role", "ix_tasks_inbox_assigned", "ix_tasks_inbox_claimed"):
        assert name in said
    assert "SCAN tasks" not in said


def test_text_is_shown_as_text(app: Flask) -> None:
    make_site(app)
    side = make_side("hongshan")
    with transaction() as connection:
        connection.execute(text("UPDATE contracts SET name = '<script>alert(1)</script>'"))
    page = visit(app, side.name("party_staff")).get("/inbox?tab=role").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
