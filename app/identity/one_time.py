"""One-time passwords that administrators hand out."""

from __future__ import annotations

import secrets
import string

from app.identity.rules import list_password_problems, normalise_username

CHARACTERS = 16
LOOK_ALIKE = "Il1O0o"
ALPHABET = "".join(one for one in string.ascii_letters + string.digits if one not in LOOK_ALIKE)


def make_password(username: str) -> str:
    """Return a random password that the rules allow, without characters that look alike."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _place in range(CHARACTERS))
        if not list(list_password_problems(password, normalise_username(username))):
            return password
