"""Hashing passwords (argon2id): the parameters in one place, and the same work for an account that isn't there."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""OWASP's parameters for argon2id: 19 MiB, two passes, one lane."""


class Hasher:
    """Hashes passwords and compares them; `verify` does the same work with a hash as without one."""

    def __init__(self, memory_kib: int, passes: int, lanes: int) -> None:
        self._argon2 = PasswordHasher(passes, memory_kib, lanes, type=Type.ID)
        # Made here and not when first needed: the first unknown name would take twice as long as the others.
        self._dummy = self.hash("no account has this password")

    def hash(self, password: str) -> str:
        """Return the hash to store, with its parameters and a salt of its own."""
        return self._argon2.hash(_encode(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password is the one hashed; without a hash the work is done on a dummy, and it never is."""
        try:
            matches = self._argon2.verify(stored or self._dummy, _encode(password))
        except (VerificationError, InvalidHashError):
            return False
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)


@lru_cache
def make_hasher(*, cheap: bool = False) -> Hasher:
    """Return the hasher of the product, or a cheap one, which protects nothing, for tests and simulations."""
    return Hasher(8, 1, 1) if cheap else Hasher(MEMORY_KIB, PASSES, LANES)


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
