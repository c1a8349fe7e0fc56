"""Open the cases of many periods at once: the same rows as one by one, written set by set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from app.audit.models import audit_entries
from app.audit.rules import chain_entry
from app.cases.models import Case
from app.cases.operations import add_cases, set_heads
from app.casework.follow import make_task
from app.casework.open_case import announce, find_unfiled_at, make_case
from app.casework.work import QUARTER, Work, explain_step
from app.clock import get_china_day
from app.contracts.models import Contract, ContractPeriod, contracts, periods
from app.contracts.operations import bind_rubric_version
from app.outbox.operations import Outgoing, add
from app.processes.operations import start_many
from app.tasks.operations import NewTask, add_tasks

AT_ONCE = 500
_MARK = (
    update(periods)
    .where(periods.c.id.in_(bindparam("ids", expanding=True)), periods.c.opened_at.is_(None))
    .values(opened_at=bindparam("at"))
    .returning(periods.c.id)
)
_CONTRACTS = select(contracts).where(contracts.c.id.in_(bindparam("ids", expanding=True)))
_ADD_ENTRIES = insert(audit_entries)


def open_periods(connection: Connection, wanted: Sequence[ContractPeriod], now: dt.datetime) -> list[Case]:
    """Open the cases of periods that are over; those that somebody else has just opened are left out."""
    opened: list[Case] = []
    for start in range(0, len(wanted), AT_ONCE):
        opened += _open(connection, wanted[start : start + AT_ONCE], now)
    return opened


def _open(connection: Connection, wanted: Sequence[ContractPeriod], now: dt.datetime) -> list[Case]:
    marked = set(connection.execute(_MARK, {"ids": [one.id for one in wanted], "at": now}).scalars())
    found = [bind_rubric_version(connection, one) for one in wanted if one.id in marked]
    ids = sorted({one.contract_id for one in found})
    by_id = {row.id: Contract(*row) for row in connection.execute(_CONTRACTS, {"ids": ids})} if ids else {}
    dues = [explain_step(by_id[one.contract_id].programme, "submission", get_china_day(now)) for one in found]
    advances = start_many(connection, QUARTER, [{"unfiled_at": find_unfiled_at(due).isoformat()} for due in dues], now)
    new = [
        make_case(by_id[one.contract_id], one, advance.instance_id, due.due)
        for one, advance, due in zip(found, advances, dues, strict=True)
    ]
    works = [Work(connection, case, now) for case in add_cases(connection, new, now)]
    tasks: list[NewTask] = []
    for work, one, advance, due in zip(works, found, advances, dues, strict=True):
        work.holders = works[0].holders
        announce(work, by_id[one.contract_id], one, due)
        tasks += [make_task(work, ready) for ready in advance.ready]
    add_tasks(connection, tasks, now)
    _audit(connection, works, now)
    messages: list[Outgoing] = [message for work in works for message in work.messages]
    add(connection, messages, now)
    return [work.case for work in works]


def _audit(connection: Connection, works: Sequence[Work], now: dt.datetime) -> None:
    """Begin the audit chain of each case."""
    rows, heads = [], {}
    for work in works:
        head = work.case.head
        for action, details in work.audited:
            row, head = chain_entry(head, work.case.chain, now, None, action, details)
            rows.append(row)
        heads[work.case.id] = head
    if rows:
        connection.execute(_ADD_ENTRIES, rows)
        set_heads(connection, heads)
