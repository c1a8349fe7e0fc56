"""What a message would say, for the mailbox page: nothing is sent."""

from __future__ import annotations

from app.channels.letters import Letter, Letterhead, render_letter
from app.i18n import Language
from app.outbox.models import Message


def render_preview(message: Message, language: Language, letterhead: Letterhead | None = None) -> Letter:
    """Return a message as the letter that it was when sent, or would be at its next try."""
    at = message.sent_at or message.next_try_at
    return render_letter(message.template, message.payload, language, at, letterhead or Letterhead())
