"""The browser's session: its cookie, and `identity` behind it."""

from __future__ import annotations

from flask import g, request
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.errors import Message
from app.i18n import Language
from app.identity.models import Session
from app.identity.operations import PasswordRefused, change_password, set_language
from app.identity.rules import DEFAULTS
from app.identity.sessions import SignedIn, find_session, is_touch_due, sign_in, sign_out, touch_session
from app.web.site import get_now, get_site

PASSWORD_RULE = Message(
    "{shortest} to {longest} characters with at least {kinds} of: small letters, capital letters, digits, others.",
    shortest=DEFAULTS.shortest_password,
    longest=DEFAULTS.longest_password,
    kinds=DEFAULTS.kinds_of_characters,
)


def get_cookie_name() -> str:
    """Return the session cookie's name; browsers bind one with this prefix to its host and to https."""
    return "__Host-kaohe" if get_site().is_secure else "kaohe"


def find_current_session() -> Session | None:
    """Return the session that the request's cookie opens, None where it opens none."""
    token = request.cookies.get(get_cookie_name())
    if not token:
        return None
    with reading() as connection:
        return find_session(connection, token, get_now())


def open_session(username: str, password: str) -> SignedIn | Message:
    """Sign in; return the new session, or why not. The session that the browser had ends."""
    agent = request.user_agent.string
    with transaction() as connection:
        found = sign_in(connection, username, password, request.remote_addr or "", agent, get_now())
    if not isinstance(found, SignedIn):
        return found.message
    end_session()
    return found


def end_session() -> None:
    """End the session of the browser, if it has one."""
    token = request.cookies.get(get_cookie_name())
    if token:
        with transaction() as connection:
            sign_out(connection, token, get_now())
    g.pop("session", None)
    g.pop("viewer", None)


def prolong_session(session: Session) -> None:
    """Note that the person is still there, where that wasn't noted just before."""
    now = get_now()
    if is_touch_due(session, now):
        with transaction() as connection:
            touch_session(connection, session, now)


def set_own_password(session: Session, old: str, new: str) -> tuple[str, list[Message]] | None:
    """Change a person's password; return the form's field that is wrong and why, None when it is done."""
    try:
        with transaction() as connection:
            refused = change_password(connection, session.person.id, old, new, get_now(), kept_session=session.id)
    except PasswordRefused as error:
        return "new", list(error.problems)
    return None if refused is None else ("old", [refused.message])


def set_own_language(session: Session, language: Language) -> None:
    """Keep a person's language, for mails too."""
    with transaction() as connection:
        set_language(connection, session.person.id, language)


def set_cookie(response: Response, token: str) -> Response:
    """Put a session's token into the browser: out of scripts' reach, gone when the browser is closed."""
    secure = get_site().is_secure
    response.set_cookie(get_cookie_name(), token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def clear_cookie(response: Response) -> Response:
    """Take the session's token out of the browser."""
    secure = get_site().is_secure
    response.delete_cookie(get_cookie_name(), httponly=True, samesite="Lax", secure=secure, path="/")
    return response
