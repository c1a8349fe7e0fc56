"""Who is asking, and whether they may: every view names its permission, and a view that names none answers nobody.

`@needs` only marks a view; one hook before each request finds the session and asks the table of permissions. A view
whose permission is about something (a case, a task) must ask again with it (`require_here`); an answer that leaves
without having asked is not sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app.clock import get_china_day
from app.identity.models import Session
from app.permissions import TARGETS, NotPermitted, Permission, Target, Viewer, may, require
from app.web.sessions import find_current_session, prolong_session
from app.web.site import get_now

P = ParamSpec("P")
R = TypeVar("R")
MARK = "permission"
STATIC_ENDPOINTS = frozenset({"static", "site.static"})
OPEN_DURING_PASSWORD_CHANGE = frozenset(
    {"account.change_password", "account.save_password", "account.sign_out", "account.choose_language", "account.stay"}
)


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended, and the page needs somebody."""


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view with the permission that it needs; put it next to the function, below the route."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, MARK, permission)
        return view

    return mark


def find_permission(app: Flask, endpoint: str) -> Permission | None:
    """Return the permission that an endpoint's view names, None when it names none."""
    found: Permission | None = getattr(app.view_functions[endpoint], MARK, None)
    return found


def add_access(app: Flask) -> None:
    """Ask for the permission before each view of an application, and whether it was asked with its target after."""
    app.before_request(_check_access)
    app.after_request(_check_asked)


def find_viewer() -> Viewer | None:
    """Return who looks, None when nobody is signed in."""
    viewer: Viewer | None = g.get("viewer")
    return viewer


def get_viewer() -> Viewer:
    """Return who looks; raise `SignInNeeded` when nobody is signed in."""
    viewer = find_viewer()
    if viewer is None:
        raise SignInNeeded
    return viewer


def get_session() -> Session:
    """Return the session of the viewer; raise `SignInNeeded` when there is none."""
    session: Session | None = g.get("session")
    if session is None:
        raise SignInNeeded
    return session


def require_here(permission: Permission, target: Target) -> Viewer:
    """Return the viewer when they have a permission for a target; raise `NotPermitted` otherwise."""
    g.asked = True
    require(find_viewer(), permission, target)
    return get_viewer()


def may_here(permission: Permission, target: Target = None) -> bool:
    """Whether the viewer has a permission for a target: for what a page shows, not for what it does."""
    return may(find_viewer(), permission, target)


def _check_access() -> AnyResponse | None:
    g.asked = False
    if request.endpoint is None or request.endpoint in STATIC_ENDPOINTS:
        return None
    _load_session()
    permission = find_permission(current_app, request.endpoint)
    if permission is None:
        raise NotFound
    viewer = find_viewer()
    if viewer is None and not may(None, permission):
        raise SignInNeeded
    if permission not in TARGETS and not may(viewer, permission):
        raise NotPermitted(permission)
    return _send_to_password_change()


def _load_session() -> None:
    session = find_current_session()
    if session is None:
        return
    if request.method == "POST":
        prolong_session(session)
    g.session = session
    g.person_language = session.person.language
    g.viewer = Viewer(session.person.id, session.holdings, get_china_day(get_now()))


def _send_to_password_change() -> AnyResponse | None:
    session: Session | None = g.get("session")
    if session is None or not session.person.must_change_password:
        return None
    if request.endpoint in OPEN_DURING_PASSWORD_CHANGE:
        return None
    return redirect(url_for("account.change_password"), 303)


def _check_asked(response: Response) -> Response:
    if response.status_code >= 300 or request.endpoint is None:
        return response
    permission = getattr(current_app.view_functions.get(request.endpoint), MARK, None)
    if permission in TARGETS and not g.get("asked"):
        raise RuntimeError(f"{request.endpoint} answered without asking {permission} about its target")
    return response
