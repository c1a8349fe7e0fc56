"""Withdraw a case (撤销): it ends where it stands, with the reason; what was done in it stays on record."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from app.audit.operations import append
from app.cases.models import WITHDRAWN, Case
from app.cases.operations import move_case
from app.cases.queries import list_live_cases, lock_case
from app.casework.accounts import get_year
from app.casework.notices import PARTY, notify
from app.casework.work import SETTLEMENT, Work
from app.errors import Message
from app.i18n import render
from app.outbox.operations import add
from app.processes.operations import cancel
from app.tasks.operations import cancel_tasks


def list_cases_to_end(connection: Connection, ending: Case, settled: Collection[int]) -> list[Case]:
    """Return the open cases of a contract that end with it.

    A year that was settled before stays owed: its settlement goes on to its signature and payment. `settled`: such
    years.
    """
    live = list_live_cases(connection, ending.contract_id)
    return [one for one in live if one.id != ending.id and not (one.process == SETTLEMENT and _is_of(one, settled))]


def _is_of(case: Case, years: Collection[int]) -> bool:
    return get_year(case.period) in years


def withdraw_case(work: Work, case: Case, reason: Message) -> None:
    """Withdraw another case of the contract at work, which stays locked: its tasks close, its timers never fire."""
    locked = lock_case(work.connection, case.id)
    if locked.closed_at is not None:
        return
    other = Work(work.connection, locked, work.now, work.doer)
    other.contract, other.holders = work.contract, work.holders
    text = render(reason, "zh")
    notify(other, PARTY, "case_withdrawn", "final", {"process": locked.process, "reason": text})
    end_withdrawn(other, "case_withdrawn", {"reason": text, "by_case": work.case.code})


def end_withdrawn(work: Work, action: str, details: Mapping[str, object]) -> None:
    """End the locked case at work where it stands, and tell whom it concerns; its audit chain keeps the reason."""
    cancel(work.connection, work.case.instance_id)
    cancel_tasks(work.connection, work.case.id, work.now)
    actor = None if work.doer is None else work.doer.actor
    head = append(work.connection, work.case.head, work.case.chain, [(actor, action, details)], work.now)
    move_case(
        work.connection,
        work.case,
        status=WITHDRAWN,
        round_=work.case.round,
        filing_due=work.case.filing_due,
        closed_at=work.now,
        head=head,
    )
    add(work.connection, work.messages, work.now)
