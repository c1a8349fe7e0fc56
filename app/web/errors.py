"""Errors as answers: the one table from the domain's errors to statuses, and the page that says what happened.

A page says what happened, what was kept, and what to do. An htmx request gets the same words as a fragment for the
region of messages, so that the form on the page stays as it is.
"""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.casework.accounts import LedgerDiffers
from app.casework.exclusions import Excluded
from app.errors import KaoheError, Message, UnknownName
from app.evidence.store import FileTooLarge, StorageFull
from app.permissions import NotPermitted
from app.processes.values import InstanceChanged, StepNotReady
from app.tasks.operations import TaskTaken
from app.web.access import SignInNeeded
from app.web.forms import SignInForm
from app.web.paths import find_return_path

log = logging.getLogger(__name__)

STATUSES: dict[type[KaoheError], int] = {
    KaoheError: 422,
    UnknownName: 404,
    NotPermitted: 403,
    Excluded: 403,
    TaskTaken: 409,
    InstanceChanged: 409,
    StepNotReady: 409,
    FileTooLarge: 413,
    LedgerDiffers: 500,
    StorageFull: 507,
}
"""The domain's errors by class; a class that is not here answers as its nearest ancestor does."""

TITLES = {
    400: Message("The page has expired"),
    401: Message("Sign in to go on"),
    403: Message("Not open to you"),
    404: Message("Nothing is here"),
    405: Message("This address takes no such request"),
    409: Message("Somebody was first"),
    413: Message("The file is too large"),
    422: Message("Not accepted"),
    500: Message("Something went wrong here"),
    507: Message("The storage is full"),
}
EXPLANATIONS = {
    400: Message("The page was open for too long or the browser was restarted, so the request was not carried out."),
    401: Message("You were signed out, so the request was not carried out."),
    403: Message("Your roles do not allow this."),
    404: Message("The address is wrong, or what it named has been moved."),
    405: Message("Use the buttons of the page."),
    409: Message("It was changed after you opened the page, so your request was not carried out."),
    413: Message("The file is over the limit of {limit} MB, so nothing was taken over."),
    422: Message("Nothing was changed."),
    500: Message("Nothing was changed. The fault is recorded."),
    507: Message("The file was not taken over; nothing else was changed. An administrator must make room."),
}
KEPT = {
    400: Message("What the page showed as saved is kept. Load the page again and go on from there."),
    401: Message("What the page showed as saved is kept. Sign in and go on from there."),
    409: Message("Your draft is kept. Load the page again to see how things stand."),
    413: Message("What you typed is kept. Split or compress the file and upload it again."),
    422: Message("What you typed is kept. Correct it and send it again."),
    500: Message("Drafts are kept. Try again; if it stays so, tell the administrator the reference."),
}
MEGABYTE = 1024 * 1024


def register_status(error: type[KaoheError], status: int) -> None:
    """Add an error of the domain to the table."""
    STATUSES[error] = status


def find_status(error: KaoheError) -> int:
    """Return the status that an error answers with."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def is_fragment() -> bool:
    """Whether htmx asks, and a fragment is to be answered instead of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def add_error_pages(app: Flask) -> None:
    """Let an application answer errors with pages."""

    @app.errorhandler(KaoheError)
    def answer_domain(error: KaoheError) -> Response:
        return show_error(find_status(error), error.message)

    @app.errorhandler(SignInNeeded)
    def answer_signed_out(_error: SignInNeeded) -> AnyResponse:
        return _ask_to_sign_in()

    @app.errorhandler(CSRFError)
    def answer_expired(_error: CSRFError) -> Response:
        return show_error(400)

    @app.errorhandler(HTTPException)
    def answer_http(error: HTTPException) -> AnyResponse:
        return _answer_http(app, error)

    @app.errorhandler(Exception)
    def answer_fault(error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
        return show_error(500, reference=reference)


def show_error(status: int, message: Message | None = None, *, reference: str = "", limit: int = 0) -> Response:
    """Return the page, or for htmx the fragment, of a status."""
    known = status if status in TITLES else (500 if status >= 500 else 404)
    explanation = EXPLANATIONS[known]
    page = "error_fragment.html" if is_fragment() else "error.html"
    response = make_response(
        render_template(
            page,
            status=status,
            title=TITLES[known],
            message=message or Message(explanation.text, limit=limit),
            general=explanation if message is not None and known in (403, 409) else None,
            kept=KEPT.get(known),
            reference=reference,
            back=find_return_path(),
        ),
        status,
    )
    if is_fragment():
        response.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:top"})
    return response


def _answer_http(app: Flask, error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    response = show_error(status, limit=(app.config["MAX_CONTENT_LENGTH"] or 0) // MEGABYTE)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _ask_to_sign_in() -> AnyResponse:
    """Send a reader to the sign-in page; keep whoever was sending something where they are."""
    if is_fragment():
        response = make_response(render_template("signin_dialog.html", form=SignInForm(formdata=None)), 401)
        response.headers.update({"HX-Retarget": "#dialog", "HX-Reswap": "innerHTML"})
        return response
    if request.method in ("GET", "HEAD"):
        path = request.full_path.rstrip("?")
        g.pop("session", None)
        return redirect(url_for("account.show_sign_in", next=None if path == "/" else path), 303)
    return show_error(401)
