"""Whom a letter goes to: looked up when it leaves, so that it follows a changed address."""

from __future__ import annotations

from app.channels.letters import Recipient
from app.db import reading
from app.errors import UnknownName
from app.identity.queries import get_person


def find_address(person_id: int) -> Recipient | None:
    """Return a person's name, address and language; None without an address or an account in use."""
    try:
        with reading() as connection:
            person = get_person(connection, person_id)
    except UnknownName:
        return None
    if not person.email or not person.is_active:
        return None
    return Recipient(person.name, person.email, person.language)
