"""Signing in and out, sessions that end, where one is sent back to."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from app.clock import SimulatedClock
from app.web.paths import is_local_path
from tests.integration.website import NOW, PASSWORD, SiteSettings, Visitor, add_authority, add_someone, make_site

ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/ok\r\nLocation: https://evil.example",
    "/\t/evil.example",
    "evil.example",
    "",
]


@pytest.fixture
def site(app: Flask) -> Flask:
    add_someone("wang", add_authority(), "reviewer")
    return make_site(app)


@pytest.fixture
def visitor(site: Flask) -> Visitor:
    return Visitor(site)


def test_a_stranger_is_asked_to_sign_in_and_then_gets_the_page(visitor: Visitor) -> None:
    asked = visitor.get("/account?tab=2")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/account?tab%3D2")
    form = visitor.get(asked.location)
    assert 'name="next" value="/account?tab=2"' in form.text
    entered = visitor.post("/sign-in", {"username": "wang", "password": PASSWORD, "next": "/account?tab=2"})
    assert (entered.status_code, entered.location) == (303, "/account?tab=2")
    assert "人员 wang" in visitor.get(entered.location).text


def test_nobody_is_sent_to_another_site(visitor: Visitor) -> None:
    for elsewhere in ELSEWHERE:
        assert not is_local_path(elsewhere)
        entered = visitor.post("/sign-in", {"username": "wang", "password": PASSWORD, "next": elsewhere})
        assert entered.location == "/"
        assert visitor.post("/language", {"language": "en", "next": elsewhere}).location == "/"


@pytest.mark.parametrize("path", ["/", "/inbox?after=1&sort=due", "/cases/12#working", "/cases/赤峰"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert is_local_path(path)


def test_a_wrong_password_is_refused_without_telling_which_part_was_wrong(visitor: Visitor) -> None:
    known, unknown = visitor.sign_in("wang", "wrong"), visitor.sign_in("li", "wrong")
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert 'class="alert alert-danger"' in known.text
    assert known.text.count("alert-danger") == unknown.text.count("alert-danger")
    assert visitor.get("/account").status_code == 303


def test_an_empty_form_says_what_to_fill_in(visitor: Visitor) -> None:
    answer = visitor.post("/sign-in", {"username": "", "password": " "})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


@pytest.mark.parametrize("base_url", ["http://localhost", "https://localhost"])
def test_the_sessions_cookie_is_out_of_reach(app: Flask, base_url: str) -> None:
    secure = base_url.startswith("https")
    add_someone("wang", add_authority(), "reviewer")
    client = make_site(app, SiteSettings(base_url=base_url)).test_client()
    page = client.get("/sign-in", base_url=base_url)
    token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
    form = {"csrf_token": token, "username": "wang", "password": PASSWORD}
    entered = client.post("/sign-in", data=form, base_url=base_url, headers={"Referer": f"{base_url}/sign-in"})
    cookies = [*page.headers.getlist("Set-Cookie"), *entered.headers.getlist("Set-Cookie")]
    assert {one.partition("=")[0] for one in cookies} == (
        {"__Host-kaohe", "__Host-kaohe-form"} if secure else {"kaohe", "kaohe-form"}
    )
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert ("Secure" in cookie) == secure
        assert "Domain" not in cookie


def test_signing_out_ends_the_session_for_good(visitor: Visitor) -> None:
    visitor.sign_in("wang")
    kept = visitor.client.get_cookie("kaohe")
    assert kept is not None
    assert visitor.post("/sign-out").location == "/sign-in"
    visitor.client.set_cookie("kaohe", kept.value)
    assert visitor.get("/account").status_code == 303


def test_signing_in_again_gives_a_new_token_and_ends_the_old_session(visitor: Visitor) -> None:
    visitor.sign_in("wang")
    first = visitor.client.get_cookie("kaohe")
    visitor.sign_in("wang")
    second = visitor.client.get_cookie("kaohe")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    visitor.client.set_cookie("kaohe", first.value)
    assert visitor.get("/account").status_code == 303


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def timed(app: Flask, clock: SimulatedClock) -> Visitor:
    add_someone("wang", add_authority(), "reviewer")
    visitor = Visitor(make_site(app, clock=clock))
    visitor.sign_in("wang")
    visitor.get("/account")
    return visitor


def test_a_form_sent_after_the_session_ended_answers_401_and_leads_back(timed: Visitor, clock: SimulatedClock) -> None:
    clock.move_to(NOW + dt.timedelta(hours=1))
    answer = timed.post("/account/password", {"old": "x"}, {"Referer": "http://localhost/account/password"})
    assert answer.status_code == 401
    assert "/sign-in?next=/account/password" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_return_address_of_another_site_is_dropped(timed: Visitor, clock: SimulatedClock) -> None:
    clock.move_to(NOW + dt.timedelta(hours=1))
    answer = timed.post("/account/password", {"old": "x"}, {"Referer": "http://evil.example/account"})
    assert answer.status_code == 401
    assert "evil" not in answer.text


def test_htmx_gets_a_dialog_and_goes_on_after_it(timed: Visitor, clock: SimulatedClock) -> None:
    clock.move_to(NOW + dt.timedelta(hours=1))
    asked = timed.htmx("/session/stay")
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (401, "#dialog")
    assert "<dialog data-open" in asked.text
    assert "<html" not in asked.text
    wrong = timed.htmx("/sign-in", {"username": "wang", "password": "wrong"})
    assert wrong.status_code == 422
    assert "<dialog data-open" in wrong.text
    right = timed.htmx("/sign-in", {"username": "wang", "password": PASSWORD})
    assert (right.status_code, right.text) == (200, "")
    assert "kaohe:signed-in" in right.headers["HX-Trigger"]
    assert timed.htmx("/session/stay").status_code == 204


def test_someone_who_is_there_stays_signed_in(timed: Visitor, clock: SimulatedClock) -> None:
    for minutes in (20, 40, 60):
        clock.move_to(NOW + dt.timedelta(minutes=minutes))
        assert timed.post("/session/stay").status_code == 204
    assert timed.get("/account").status_code == 200


def test_reading_alone_writes_nothing_not_even_that_one_was_here(timed: Visitor, clock: SimulatedClock) -> None:
    clock.move_to(NOW + dt.timedelta(minutes=20))
    assert timed.get("/account").status_code == 200
    clock.move_to(NOW + dt.timedelta(minutes=31))
    assert timed.get("/account").status_code == 303


def test_a_password_of_90_days_says_so_and_is_changed_first(timed: Visitor, clock: SimulatedClock) -> None:
    clock.move_to(NOW + dt.timedelta(days=90))
    timed.sign_in("wang")
    assert timed.get("/account").location == "/account/password"
    asked = timed.get("/account/password").text
    assert "密码已满 90 天" in asked
    assert "首次登录" not in asked


def test_a_password_set_by_others_is_changed_first(app: Flask) -> None:
    add_someone("li", add_authority(), "reviewer", must_change=True)
    visitor = Visitor(make_site(app))
    visitor.sign_in("li")
    assert visitor.get("/account").location == "/account/password"
    assert visitor.get("/account/password").status_code == 200
    form = {"old": PASSWORD, "new": "Blue-Lake-2026", "again": "Blue-Lake-2026"}
    assert visitor.post("/account/password", form).status_code == 303
    assert visitor.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"old": "wrong", "new": "Blue-Lake-2026", "again": "Blue-Lake-2026"}, "old"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"old": PASSWORD, "new": "Blue-Lake-2026", "again": "Blue-Lake-2027"}, "again"),
    ],
)
def test_a_refused_password_is_told_at_its_field(visitor: Visitor, form: dict[str, str], field: str) -> None:
    visitor.sign_in("wang")
    answer = visitor.post("/account/password", form)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert form["new"] not in answer.text


def test_the_first_page_of_someone_without_pages_is_their_account(visitor: Visitor) -> None:
    visitor.sign_in("wang")
    first = visitor.get("/").location
    assert visitor.get(first).status_code == 200


def test_the_chosen_language_lasts(visitor: Visitor) -> None:
    assert '<html lang="zh-CN">' in visitor.get("/sign-in").text
    assert visitor.post("/language", {"language": "en", "next": "/sign-in"}).location == "/sign-in"
    assert '<html lang="en">' in visitor.get("/sign-in").text
    visitor.post("/language", {"language": "xx"})
    assert '<html lang="zh-CN">' in visitor.get("/sign-in").text
