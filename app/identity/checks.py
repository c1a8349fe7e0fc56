"""What is refused of accounts, roles and passwords, and the words for it."""

from __future__ import annotations

from app.errors import KaoheError, Message
from app.identity.rules import SecurityParameters, list_password_problems


class AccountRefused(KaoheError):
    """An organisation, account or role that can't be right; `field` names the field."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


class PasswordRefused(KaoheError):
    """A new password that the rules don't allow; `problems` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Message, ...]) -> None:
        super().__init__(problems[0])
        self.problems = problems


def check_text(field: str, given: str, longest: int) -> str:
    """Return a text without spaces around it; raise `AccountRefused` where it is empty, too long or unprintable."""
    text = " ".join(given.split())
    if not text or len(text) > longest or not text.isprintable():
        raise AccountRefused(field, Message("1 to {longest} characters, all printable", longest=longest))
    return text


def check_password(password: str, username: str, parameters: SecurityParameters) -> None:
    """Raise `PasswordRefused` with everything that is wrong with a new password."""
    problems = tuple(list_password_problems(password, username, parameters))
    if problems:
        raise PasswordRefused(problems)
