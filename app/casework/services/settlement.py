"""A year's settlement (年度结算), after finance has confirmed that nothing can change it any more."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.accounts import get_year, lock_account
from app.casework.binding import bind_event
from app.casework.work import Work


def settle_year(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Post the year's settlement; one that came back from its signature is posted already."""
    account, year = lock_account(work), get_year(work.case.period)
    waiting = [code for code in account.list_unsettled() if get_year(code) == year]
    if waiting:
        bind_event(work, account, "settled", {"quarter": work.case.period}, waiting)
    return {}
