"""The audit trail in the browser: read in words, filtered, checked; by audit administrators."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app.audit.models import audit_entries
from app.db import transaction
from tests.integration.caseworld import Side, drive, make_side
from tests.integration.website import SiteSettings, Visitor, add_authority, add_someone, make_site

AUDITOR = "shenji"


def open_trail(app: Flask) -> tuple[Side, Visitor]:
    """A case at its review, and an audit administrator who looks."""
    make_site(app, SiteSettings())
    side = make_side("hongshan")
    drive(side, "review")
    add_someone(AUDITOR, add_authority("operator", "operator"), "audit_admin")
    visitor = Visitor(app)
    visitor.sign_in(AUDITOR)
    return side, visitor


def test_the_trail_says_in_words_who_did_what(app: Flask) -> None:
    side, visitor = open_trail(app)
    assert visitor.get("/").location == "/audit"
    page = visitor.get("/audit").text
    for words in ("发起个案", "收到报送", "办结环节", "登录", side.case.code, side.cast.people["party_staff"].name):
        assert words in page


def test_the_trail_is_narrowed_by_person_case_and_day(app: Flask) -> None:
    side, visitor = open_trail(app)
    own = visitor.get(f"/audit?who={AUDITOR}").text
    assert ("登录" in own, "收到报送" in own) == (True, False)
    case = visitor.get(f"/audit?case={side.case.code}").text
    assert ("收到报送" in case, "登录</b>" in case) == (True, False)
    assert "没有符合条件的审计记录" in visitor.get("/audit?day=1999-01-01").text
    for query, words in (("who=nobody", "没有账号"), ("case=X", "没有编号为"), ("day=soon", "不是有效日期")):
        assert words in visitor.get(f"/audit?{query}").text


def test_a_trail_that_holds_is_whole_and_a_changed_entry_is_named(app: Flask) -> None:
    side, visitor = open_trail(app)
    assert "核验无误" in visitor.post("/audit/verify").text
    with transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {audit_entries.name} DISABLE TRIGGER USER"))
        else:
            connection.execute(text(f"DROP TRIGGER {audit_entries.name}_append_only_update"))
        connection.execute(
            text("UPDATE audit_entries SET actor_name = '别人' WHERE chain = :chain AND place = 2"),
            {"chain": side.case.chain},
        )
    answer = visitor.post("/audit/verify").text
    assert "核验无误" not in answer
    assert side.case.chain in answer


def test_an_entry_that_can_not_be_read_any_more_is_shown_and_found(app: Flask) -> None:
    side, visitor = open_trail(app)
    with transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {audit_entries.name} DISABLE TRIGGER USER"))
        else:
            connection.execute(text(f"DROP TRIGGER {audit_entries.name}_append_only_update"))
        changed = text("UPDATE audit_entries SET details = 'gone' WHERE chain = :chain AND place = 2")
        connection.execute(changed, {"chain": side.case.chain})
    assert visitor.get(f"/audit?case={side.case.code}").status_code == 200
    answer = visitor.post("/audit/verify")
    assert (answer.status_code, side.case.chain in answer.text) == (200, True)
