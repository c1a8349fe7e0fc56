"""Files that no row names, uploads that never ended in a commit, removed once a day."""

from __future__ import annotations

import datetime as dt

from app.clock import SystemClock, get_china_day
from app.db import reading, transaction
from app.evidence.queries import list_hashes
from app.evidence.store import FileStore
from app.jobs.guarding import guard
from app.jobs.marks import find_moment, put_mark

MARK = "orphans removed"
AGE = dt.timedelta(days=1)
"""How old a file must be: far more than any transaction that stores one lasts."""


def remove_orphans_daily(store: FileStore, now: dt.datetime) -> int:
    """Remove old files that no row names, once a day; return how many.

    The mark comes first: a folder that can't be cleaned waits for the next day. A database that names no file at all
    removes none: it is likelier the wrong one. A file's age is told by the machine, whatever a simulated clock says.
    """
    removed = 0
    with guard("remove orphans", 0):
        with reading() as connection:
            last = find_moment(connection, MARK)
        if last is not None and get_china_day(last) == get_china_day(now):
            return 0
        with transaction() as connection:
            put_mark(connection, MARK, now.isoformat())
        with reading() as connection:
            known = list_hashes(connection)
        if known:
            removed = store.remove_orphans(known, min(now, SystemClock().now()) - AGE)
    return removed
