"""Values that others hand to the audit trail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, by number and by the name borne at that time; no number for what is no account."""

    id: int | None
    name: str
