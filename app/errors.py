"""What can go wrong, in words.

Here: the text that people read as a value (`Message`) and the errors of the domain. Not here: HTTP status, exit codes,
languages; the edges (`web`, `api`, `cli`) turn these into their own form.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Message:
    """A text that people read: its English source, which is the catalogue's key, and the values that it names.

    It stays a value until an edge renders it in the reader's language (`app.i18n.render`), so that pure code knows no
    language. Values may be messages themselves.
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.text.format(**self.values)

    def __repr__(self) -> str:
        return f"Message({self.text!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash((self.text, tuple(self.values)))


class KaoheError(Exception):
    """An error of the domain, with a message for the person who caused it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class UnknownName(KaoheError):
    """A name that nothing here bears; `nearest` holds the known names that look most like it."""

    def __init__(self, message: Message, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


def find_nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known names that look most like `name`, best first; none when nothing is near."""
    return tuple(get_close_matches(name, list(known), n=most, cutoff=0.5))
