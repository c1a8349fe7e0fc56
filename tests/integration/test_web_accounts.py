"""Accounts in the browser: found, unlocked, given one-time passwords, shut and opened, by the system administrator."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.audit.queries import list_recent_entries
from app.clock import SimulatedClock
from app.db import reading
from app.identity.models import Person
from app.identity.queries import find_person_by_username
from tests.integration.website import NOW, PASSWORD, Visitor, add_authority, add_someone, make_site

ADMIN, WANG = "xitong", "wang"


@pytest.fixture
def admin(app: Flask) -> Visitor:
    add_someone(WANG, add_authority(), "reviewer")
    add_someone(ADMIN, add_authority("operator", "operator"), "system_admin")
    visitor = Visitor(make_site(app, clock=SimulatedClock(NOW)))
    visitor.sign_in(ADMIN)
    return visitor


def find(username: str) -> Person:
    with reading() as connection:
        found = find_person_by_username(connection, username)
    assert found is not None
    return found


def list_done() -> list[tuple[str, str]]:
    """Who did what to accounts, newest first, signing in and out aside."""
    with reading() as connection:
        found = list_recent_entries(connection)
    return [(one.actor_name, one.action) for one in found if "sign" not in one.action]


def test_the_administrator_begins_at_the_accounts_and_finds_one(admin: Visitor) -> None:
    assert admin.get("/").location == "/accounts"
    everybody, found = admin.get("/accounts").text, admin.get("/accounts?q=wang").text
    assert [WANG in everybody, f">{ADMIN}<" in everybody] == [True, True]
    assert [WANG in found, f">{ADMIN}<" in found] == [True, False]
    assert "没有符合条件的账号" in admin.get("/accounts?q=没有这个人").text


def test_a_locked_account_is_unlocked(app: Flask, admin: Visitor) -> None:
    stranger = Visitor(app)
    for _try in range(5):
        stranger.post("/sign-in", {"username": WANG, "password": "wrong"})
    page = f"/accounts/{find(WANG).id}"
    assert "锁定至" in admin.get(page).text
    assert admin.post(f"{page}/unlock").status_code == 303
    assert "账号已解锁" in admin.get(page).text
    assert stranger.sign_in(WANG).status_code == 303


def test_a_one_time_password_is_shown_once_and_must_be_changed(app: Flask, admin: Visitor) -> None:
    page = f"/accounts/{find(WANG).id}"
    answer = admin.post(f"{page}/password")
    shown = re.search(r'<code class="one-time">([^<]+)</code>', answer.text)
    assert shown is not None
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert shown[1] not in admin.get(page).text
    visitor = Visitor(app)
    assert visitor.post("/sign-in", {"username": WANG, "password": PASSWORD}).status_code == 422
    assert visitor.post("/sign-in", {"username": WANG, "password": shown[1]}).status_code == 303
    assert visitor.get("/inbox").location == "/account/password"


def test_a_disabled_account_is_out_at_once_until_it_is_enabled(app: Flask, admin: Visitor) -> None:
    visitor, page = Visitor(app), f"/accounts/{find(WANG).id}"
    visitor.sign_in(WANG)
    assert visitor.get("/account").status_code == 200
    admin.post(f"{page}/disable")
    assert visitor.get("/account").status_code == 303
    assert visitor.post("/sign-in", {"username": WANG, "password": PASSWORD}).status_code == 422
    admin.post(f"{page}/enable")
    assert visitor.sign_in(WANG).status_code == 303
    assert list_done()[:2] == [("人员 xitong", "person_enabled"), ("人员 xitong", "person_disabled")]


def test_the_auditors_password_is_out_of_the_administrators_reach(app: Flask, admin: Visitor) -> None:
    add_someone("shenji", add_authority("operator-2", "operator"), "audit_admin")
    page = f"/accounts/{find('shenji').id}"
    assert admin.post(f"{page}/password").status_code == 303
    assert "相互制约" in admin.get(page).text
    assert Visitor(app).sign_in("shenji").status_code == 303


def test_nobody_shuts_their_own_account(admin: Visitor) -> None:
    page = f"/accounts/{find(ADMIN).id}"
    admin.post(f"{page}/disable")
    assert "须由其他管理员停用" in admin.get(page).text
    assert find(ADMIN).is_active
