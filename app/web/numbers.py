"""Row numbers in addresses: none so large that a database can't hold it."""

from __future__ import annotations

from flask import request

MOST = 2**62
ID = f"int(min=1, max={MOST})"
"""The converter of a row's number in a route; any other number is no such page."""


def read_number(name: str) -> int | None:
    """Return a row's number from the address's query, None for what is none."""
    return parse_number(request.args.get(name, ""))


def parse_number(text: str) -> int | None:
    """Return a row's number from a text, None for what is none."""
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(MOST)):
        return None
    return int(text) if 0 < int(text) <= MOST else None
