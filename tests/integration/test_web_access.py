"""Every view names its permission, and nobody gets past it."""

from __future__ import annotations

import inspect

import pytest
from flask import Flask

from app.errors import KaoheError, Message
from app.permissions import CaseTarget, Permission
from app.web.access import STATIC_ENDPOINTS, find_permission, needs, require_here
from app.web.site import DemoCard
from tests.integration.website import PASSWORD, SiteSettings, Visitor, add_authority, add_someone, make_site


def test_every_view_names_its_permission(app: Flask) -> None:
    make_site(app, SiteSettings(demo=True))
    unnamed = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in STATIC_ENDPOINTS and find_permission(app, rule.endpoint) is None
    }
    assert unnamed == set()


def test_a_view_answers_to_reading_or_to_writing_and_never_to_both(app: Flask) -> None:
    make_site(app, SiteSettings(demo=True))
    both = {rule.endpoint for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())}
    assert both == set()


def test_views_that_show_open_no_transaction(app: Flask) -> None:
    make_site(app, SiteSettings(demo=True))
    shown = [rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    writing = [
        name
        for name in shown
        if name not in STATIC_ENDPOINTS and "transaction(" in inspect.getsource(app.view_functions[name])
    ]
    assert writing == []


def test_a_view_without_a_permission_answers_nobody(app: Flask) -> None:
    make_site(app).add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = Visitor(app).get("/forgotten")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_view_that_forgets_to_ask_about_its_case_sends_nothing(app: Flask) -> None:
    app.testing = True
    make_site(app).add_url_rule("/judged/<int:case>", "case", needs(Permission.SEE_CASE)(lambda case: f"case {case}"))
    add_someone("wang", add_authority(), "reviewer")
    visitor = Visitor(app)
    visitor.sign_in("wang")
    with pytest.raises(RuntimeError, match="without asking"):
        visitor.get("/judged/1")


@pytest.mark.parametrize(("programme", "status"), [("hongshan-talent-training", 200), ("chifeng-hr-park", 403)])
def test_a_view_answers_for_the_cases_that_one_may_see(app: Flask, programme: str, status: int) -> None:
    authority = add_authority()

    @needs(Permission.SEE_CASE)
    def show_case(case: int) -> str:
        require_here(Permission.SEE_CASE, CaseTarget(case, authority.id, 99, "hongshan-talent-training"))
        return "the case"

    make_site(app).add_url_rule("/judged/<int:case>", "case", show_case)
    add_someone("wang", authority, "reviewer", programme=programme)
    visitor = Visitor(app)
    visitor.sign_in("wang")
    answer = visitor.get("/judged/1")
    assert answer.status_code == status
    assert ("the case" in answer.text) == (status == 200)


def test_a_refusal_says_who_may(app: Flask) -> None:
    @needs(Permission.MANAGE_ACCOUNTS)
    def list_accounts() -> str:
        return "accounts"

    make_site(app).add_url_rule("/accounts", "list_accounts", list_accounts)
    add_someone("wang", add_authority(), "reviewer")
    visitor = Visitor(app)
    visitor.sign_in("wang")
    visitor.post("/language", {"language": "en"})
    answer = visitor.get("/accounts")
    assert answer.status_code == 403
    assert str(Permission.MANAGE_ACCOUNTS.value) in answer.text


def test_the_demonstration_exists_in_demonstrations_only(app: Flask) -> None:
    make_site(app)
    app.config["DEMO_CARDS"] = [DemoCard("wang", PASSWORD, "王", "审核员", "单位", "审核")]
    add_someone("wang", add_authority(), "reviewer")
    visitor = Visitor(app)
    assert visitor.get("/_look").status_code == 404
    assert visitor.post("/sign-in/demo", {"username": "wang"}).status_code == 404
    assert "审核员" not in visitor.get("/sign-in").text


def test_a_card_signs_in_with_one_click(app: Flask) -> None:
    make_site(app, SiteSettings(demo=True))
    app.config["DEMO_CARDS"] = [DemoCard("wang", PASSWORD, "王", "审核员", "单位", "审核")]
    add_someone("wang", add_authority(), "reviewer")
    visitor = Visitor(app)
    assert PASSWORD not in visitor.get("/sign-in").text
    assert visitor.post("/sign-in/demo", {"username": "li"}).status_code == 404
    assert visitor.post("/sign-in/demo", {"username": "wang"}).status_code == 303
    assert visitor.get("/account").status_code == 200
    assert visitor.get("/_look").status_code == 200


def test_an_error_of_the_domain_is_told_in_its_own_words(app: Flask) -> None:
    @needs(Permission.SIGN_IN)
    def refuse() -> str:
        raise KaoheError(Message("unknown role {name}", name="judge"))

    make_site(app).add_url_rule("/refuse", "refuse", refuse, methods=["POST"])
    visitor = Visitor(app)
    visitor.post("/language", {"language": "en"})
    answer = visitor.post("/refuse")
    assert answer.status_code == 422
    assert "unknown role judge" in answer.text
