"""Puts the web site together: pages, filters, form protection, headers, errors."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from app.calendar.holidays import WorkingCalendar
from app.clock import Clock, SystemClock
from app.web.access import add_access
from app.web.errors import add_error_pages
from app.web.filters import add_filters
from app.web.headers import add_headers
from app.web.site import EXTENSION, Site, WebSettings

PAGES = (
    "app.web.home",
    "app.web.account",
    "app.web.inbox",
    "app.web.board",
    "app.web.cases",
    "app.web.tasks",
    "app.web.evidence",
    "app.web.contracts",
    "app.web.occurrences",
    "app.web.papers",
    "app.web.scans",
    "app.web.payments",
    "app.web.diagrams",
    "app.web.incidents",
    "app.web.mailbox",
    "app.web.accounts",
    "app.web.audit",
)
"""Every module that has pages; each has one `blueprint`."""
DEMO_PAGES = ("app.web.look",)

LARGEST_REQUEST = 64 * 1024 * 1024
LARGEST_FORM = 2 * 1024 * 1024
MOST_FIELDS = 5_000
HERE = Path(__file__).parent


def create_web(
    app: Flask, settings: WebSettings, clock: Clock | None = None, calendar: WorkingCalendar | None = None
) -> None:
    """Add the web site to an application whose database is bound."""
    is_secure = settings.base_url.startswith("https://")
    app.extensions[EXTENSION] = Site(settings, clock or SystemClock(), calendar or WorkingCalendar(), is_secure)
    _configure(app, settings, is_secure=is_secure)
    add_headers(app)
    CSRFProtect(app)
    add_access(app)
    add_error_pages(app)
    add_filters(app)
    app.register_blueprint(_make_files())
    for name in (*PAGES, *(DEMO_PAGES if settings.demo else ())):
        app.register_blueprint(import_module(name).blueprint)


def _make_files() -> Blueprint:
    static, templates = HERE / "static", HERE / "templates"
    return Blueprint("site", __name__, static_folder=static, static_url_path="/assets", template_folder=str(templates))


def _configure(app: Flask, settings: WebSettings, *, is_secure: bool) -> None:
    """Set what Flask and its forms want; the signed cookie holds only the forms' token and messages."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-kaohe-form" if is_secure else "kaohe-form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        PERMANENT_SESSION_LIFETIME=dt.timedelta(days=1),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=is_secure,
        WTF_I18N_ENABLED=False,
        MAX_CONTENT_LENGTH=app.config.get("MAX_CONTENT_LENGTH") or LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
