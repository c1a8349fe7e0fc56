"""One piece of background work that fails doesn't hold up the others."""

from __future__ import annotations

import logging

from sqlalchemy.exc import InterfaceError, OperationalError

from app.processes.values import InstanceChanged

LOG = logging.getLogger("kaohe.jobs")
PASSING = (OperationalError, InterfaceError, InstanceChanged)
"""What says nothing of the work itself: the database was away or busy, somebody else was first."""


class guard:  # noqa: N801  # reads as a statement
    """Logs what one piece of work raises, so that the others go on; `fault` is what it raised, if that will stay."""

    def __init__(self, what: str, number: int) -> None:
        self.what, self.number = what, number
        self.has_failed = False
        self.fault: Exception | None = None

    def __enter__(self) -> guard:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        """Log an error and go on; leave what stops the whole process."""
        if isinstance(error, Exception):
            LOG.error("%s %s failed", self.what, self.number, exc_info=error)
            self.has_failed = True
            self.fault = None if isinstance(error, PASSING) else error
            return True
        return False
