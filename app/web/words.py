"""The language of a request, and texts in it."""

from __future__ import annotations

from flask import g, has_request_context, request

from app.errors import Message
from app.i18n import Language, render, translate

COOKIE = "kaohe_language"
FIRST_LANGUAGE: Language = "zh"


def get_language() -> Language:
    """Return the reader's language: what they chose on this device, else what their account says, else Chinese."""
    if not has_request_context():
        return FIRST_LANGUAGE
    kept: Language | None = g.get("language")
    if kept is not None:
        return kept
    chosen = request.cookies.get(COOKIE) or g.get("person_language")
    language: Language = "en" if chosen == "en" else FIRST_LANGUAGE
    if "person_language" in g:
        g.language = language
    return language


def _(text: str, /, **values: object) -> str:
    """Return an English source text in the reader's language, with its values in place."""
    return render(Message(text, **values), get_language()) if values else translate(text, get_language())


def say(message: Message | str) -> str:
    """Return a message in the reader's language; a plain text as it is."""
    return render(message, get_language()) if isinstance(message, Message) else message
