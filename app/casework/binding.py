"""Let what binds points or money be recorded and posted: an approval, an appeal, a decision, a settlement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.casework.accounts import Account
from app.casework.work import Work
from app.contracts.operations import set_contract_state
from app.ledger.operations import add_event, post_entries


def bind_event(
    work: Work, account: Account, kind: str, data: Mapping[str, object], settles: Sequence[str] = ()
) -> None:
    """Record an event that the account has taken in, settle the years of the quarters named, and post the entries."""
    for last in settles:
        account.settle(last)
    event = {**data, "settles": list(settles)}
    add_event(work.connection, work.contract.id, len(account.events), kind, work.case.id, event, work.now)
    new = account.list_new_entries()
    post_entries(work.connection, work.contract.id, len(account.posted), new, work.case.id, work.now)
    work.ledger, work.bound = None, account
    if len(account.term.settlements) == work.contract.years and not account.term.has_ended:
        set_contract_state(work.connection, work.contract.id, "settled")
    work.audit("posted", kind=kind, entries=len(new), places=[len(account.posted), len(account.posted) + len(new)])
