"""The web site on a fresh database, people who can sign in, and a client that sends forms as a browser does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app.processes.models  # noqa: F401  # cases refer to its table
from app.clock import SimulatedClock
from app.db import transaction
from app.identity.models import Organisation, Person
from app.identity.operations import NewRole, add_organisation, add_person
from app.web.setup import create_web

NOW = dt.datetime(2026, 2, 2, 1, 0, tzinfo=dt.UTC)
PASSWORD = "Red-Hill-2026"  # noqa: S105  # of people who exist in tests only
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class SiteSettings:
    """Settings of a site under test."""

    secret_key: str = "a key for tests only"  # noqa: S105  # protects nothing
    base_url: str = "http://localhost"
    data_folder: Path = Path()
    demo: bool = False


class OutsideClient(FlaskClient):
    """A client whose requests know nothing of the context that a test has pushed, as in a real server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401  # werkzeug's own signature
        """Send a request; the whole answer is read, so that no file stays open."""
        return Context().run(lambda: super(OutsideClient, self).open(*args, **{"buffered": True, **kwargs}))


def make_site(app: Flask, settings: SiteSettings | None = None, clock: SimulatedClock | None = None) -> Flask:
    """Add the web site to an application; its clock stands at 2 February 2026, 9:00 in China, unless given."""
    app.test_client_class = OutsideClient
    create_web(app, settings or SiteSettings(), clock or SimulatedClock(NOW))
    return app


def add_authority(code: str = "hongshan", kind: str = "authority") -> Organisation:
    with transaction() as connection:
        return add_organisation(connection, None, code, f"单位 {code}", kind, NOW)


def add_someone(
    username: str, organisation: Organisation, *roles: str, programme: str | None = None, must_change: bool = False
) -> Person:
    """Add a person with roles at their own organisation, and the password of everybody here."""
    with transaction() as connection:
        held = [NewRole(role, programme=programme) for role in roles]
        return add_person(
            connection,
            None,
            username,
            f"人员 {username}",
            "",
            organisation.id,
            PASSWORD,
            held,
            NOW,
            must_change_password=must_change,
        )


class Visitor:
    """A browser without scripts: keeps cookies, and the form token of the last page."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Open a page."""
        return self._keep(self.client.get(path, headers=dict(headers or {})))

    def post(
        self, path: str, data: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send a form with the token of the last page."""
        if not self.token:
            self.get("/sign-in")
        fields = {"csrf_token": self.token, **(data or {})}
        return self._keep(self.client.post(path, data=fields, headers=dict(headers or {})))

    def htmx(self, path: str, data: Mapping[str, object] | None = None) -> TestResponse:
        """Send a form as htmx does."""
        return self.post(path, data, {"HX-Request": "true", "HX-Current-URL": "http://localhost/account"})

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """Sign in."""
        return self.post("/sign-in", {"username": username, "password": password})

    def _keep(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text) if response.mimetype == "text/html" else None
        if found is not None:
            self.token = found.group(1)
        return response
