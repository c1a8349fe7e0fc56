"""The language of this process, found once: a command line has one reader."""

from __future__ import annotations

from app.errors import Message
from app.i18n import find_language, render, translate

LANGUAGE = find_language()


def _(text: str) -> str:
    """Return a text in the reader's language."""
    return translate(text, LANGUAGE)


def say(message: Message | str) -> str:
    """Return a message, or a plain text, in the reader's language."""
    return render(message, LANGUAGE) if isinstance(message, Message) else message
