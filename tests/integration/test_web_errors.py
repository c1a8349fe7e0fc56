"""Headers of every answer, refused forms, error pages in both languages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort

from app.errors import KaoheError, Message
from app.permissions import Permission
from app.tasks.operations import TaskTaken
from app.web.access import needs
from app.web.errors import TITLES, find_status, register_status
from app.web.headers import HEADERS
from app.web.setup import LARGEST_REQUEST
from tests.integration.databases import app_on, make_database
from tests.integration.website import SiteSettings, Visitor, make_site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Odd(KaoheError):
    """An error of nobody's."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Nothing here depends on the database."""
    with make_database("sqlite", tmp_path) as url, app_on(url) as made:
        yield made


@pytest.fixture
def site(app: Flask) -> Flask:
    @needs(Permission.SIGN_IN)
    def fail(status: int) -> str:
        if status == 409:
            raise TaskTaken(Message("unknown role {name}", name="taken by Wang"))
        if status == 500:
            raise ValueError("a secret of the server")
        abort(status)

    make_site(app).add_url_rule("/fail/<int:status>", "fail", fail, methods=["POST"])
    return app


@pytest.fixture
def visitor(site: Flask) -> Visitor:
    return Visitor(site)


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/healthz", "/assets/site.css", "/assets/none.css"])
def test_every_answer_has_the_headers(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 500])
def test_refusals_have_the_headers_too(visitor: Visitor, status: int) -> None:
    answer = visitor.post(f"/fail/{status}")
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_https_is_asked_for_where_the_site_has_it(app: Flask) -> None:
    make_site(app, SiteSettings(base_url="https://localhost"))
    assert app.test_client().get("/sign-in").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_are_not_kept_and_hashed_files_are_kept_for_good(visitor: Visitor) -> None:
    page = visitor.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    addresses = re.findall(r'(?:href|src)="(/assets/[^"#]+)', page.text)
    assert len(addresses) >= 3
    for address in addresses:
        assert "immutable" in visitor.get(address).headers["Cache-Control"]
    path = addresses[0].partition("?")[0]
    assert visitor.get(f"{path}?v=another").headers["Cache-Control"] == "no-cache"
    assert visitor.get("/assets/../setup.py").status_code == 404


def test_nothing_on_the_page_is_inline(visitor: Visitor) -> None:
    for path in ("/sign-in", "/nowhere"):
        text = visitor.get(path).text
        assert re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", text) is None


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_its_token_is_refused_clearly(visitor: Visitor, token: str) -> None:
    visitor.get("/sign-in")
    answer = visitor.post("/language", {"language": "en", "csrf_token": token})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text or "The page has expired" in answer.text
    assert "Set-Cookie" not in answer.headers or "kaohe_language" not in answer.headers["Set-Cookie"]


def test_the_token_may_come_as_a_header(visitor: Visitor) -> None:
    visitor.get("/sign-in")
    answer = visitor.client.post("/language", data={"language": "en"}, headers={"X-CSRFToken": visitor.token})
    assert answer.status_code == 303


@pytest.mark.parametrize("status", [403, 404, 405, 409, 413, 422, 500])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_error_page_speaks_the_readers_language(visitor: Visitor, status: int, language: str) -> None:
    visitor.post("/language", {"language": language})
    text = visitor.post(f"/fail/{status}").text
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in text
    assert (f"<h1>{TITLES[status]}</h1>" in text) == (language == "en")


def test_htmx_gets_an_error_as_a_fragment_for_the_messages(visitor: Visitor) -> None:
    answer = visitor.htmx("/fail/409")
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text
    assert "taken by Wang" in answer.text


def test_a_fault_tells_a_reference_and_nothing_else(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = visitor.post("/fail/500")
    found = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert found is not None
    assert found.group(1) in caplog.text
    assert "a secret of the server" not in answer.text
    assert "a secret of the server" in caplog.text


def test_what_is_too_large_is_refused_with_the_limit(site: Flask, visitor: Visitor) -> None:
    assert site.config["MAX_CONTENT_LENGTH"] == LARGEST_REQUEST
    site.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    answer = visitor.htmx("/language", {"file": "0" * (1024 * 1024)})
    assert answer.status_code == 413
    assert "1 MB" in answer.text


def test_a_method_that_is_not_allowed_names_those_that_are(visitor: Visitor) -> None:
    answer = visitor.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_error_answers_as_its_nearest_ancestor_unless_it_has_a_line_of_its_own() -> None:
    assert find_status(Odd(Message("no"))) == find_status(KaoheError(Message("no"))) == 422
    register_status(Odd, 410)
    assert find_status(Odd(Message("no"))) == 410


def test_the_site_says_whether_it_is_well(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "up"})
