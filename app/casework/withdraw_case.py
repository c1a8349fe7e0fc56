"""Withdraw a case (撤销): it ends where it stands, with the reason; what was done in it stays on record."""

from __future__ import annotations

from app.audit.operations import append
from app.cases.models import Case
from app.cases.operations import move_case
from app.cases.queries import lock_case
from app.casework.notices import PARTY, notify
from app.casework.work import Work
from app.errors import Message
from app.i18n import render
from app.outbox.operations import add
from app.processes.operations import cancel
from app.tasks.operations import cancel_tasks

WITHDRAWN = "withdrawn"


def withdraw_case(work: Work, case: Case, reason: Message) -> None:
    """Withdraw another case of the contract at work, which stays locked: its tasks close, its timers never fire."""
    locked = lock_case(work.connection, case.id)
    if locked.closed_at is not None:
        return
    cancel(work.connection, locked.instance_id)
    cancel_tasks(work.connection, locked.id, work.now)
    other = Work(work.connection, locked, work.now, work.doer)
    other.contract, other.holders = work.contract, work.holders
    text = render(reason, "zh")
    notify(other, PARTY, "case_withdrawn", "final", {"process": locked.process, "reason": text})
    actor = None if work.doer is None else work.doer.actor
    details = {"reason": text, "by_case": work.case.code}
    head = append(work.connection, locked.head, locked.chain, [(actor, "case_withdrawn", details)], work.now)
    move_case(
        work.connection,
        locked,
        status=WITHDRAWN,
        round_=locked.round,
        filing_due=locked.filing_due,
        closed_at=work.now,
        head=head,
    )
    add(work.connection, other.messages, work.now)
