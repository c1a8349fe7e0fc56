"""One piece of background work that fails doesn't hold up the others."""

from __future__ import annotations

import logging

LOG = logging.getLogger("kaohe.jobs")


class guard:  # noqa: N801  # reads as a statement
    """Logs what one piece of work raises, so that the others go on."""

    def __init__(self, what: str, number: int) -> None:
        self.what, self.number = what, number

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        """Log an error and go on; leave what stops the whole process."""
        if isinstance(error, Exception):
            LOG.error("%s %s failed", self.what, self.number, exc_info=error)
            return True
        return False
