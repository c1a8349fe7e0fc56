"""Names that a diagram's variables may have: some would break an instance when it is loaded, or hide a function."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Collection

from app.errors import Message

RESERVED = frozenset(
    {
        "typename",
        "decision",
        "data_objects",
        "dmninputexpr",
        "delta",
        "updates",
        "deletions",
        "now",
        "random",
        *dir(builtins),
        *keyword.kwlist,
        *keyword.softkwlist,
    }
)


def check_variables(variables: Collection[str]) -> list[Message]:
    """Return what is wrong with the declared names."""
    return [
        Message("{name} can't be the name of a variable", name=name)
        for name in sorted(variables)
        if not is_usable(name)
    ]


def is_usable(name: str) -> bool:
    """Whether a variable may have this name."""
    is_plain = name.isidentifier() and name.isascii() and not name.startswith("_")
    return is_plain and name not in RESERVED and not name.startswith("spiff")
