"""Open an appeal (复核) against a published result within its time; a refusal stays on record."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.audit.operations import append
from app.cases.models import Case
from app.cases.operations import set_heads
from app.cases.queries import list_cases_about, lock_case
from app.casework.obstacles import find_appeal_due, find_appeal_refusal
from app.casework.open_case import open_following_case
from app.casework.sheets import require_sheet
from app.casework.work import APPEAL, ONE_SECOND, Doer, Work, make_case_target
from app.errors import KaoheError, Message
from app.i18n import render
from app.outbox.operations import add
from app.permissions import Permission, require
from app.scores.operations import add_sheet


class AppealRefused(KaoheError):
    """A result that can't be appealed, and why."""


def open_appeal(connection: Connection, doer: Doer, case_id: int, now: dt.datetime) -> Case | AppealRefused:
    """Open the appeal against a quarter's result; the party then names the contested lines.

    Returns the refusal instead of raising it, so that it stays on the case's record. Raises `NotPermitted`.
    """
    case = lock_case(connection, case_id)
    require(doer.viewer, Permission.APPEAL, make_case_target(case))
    work = Work(connection, case, now, doer)
    refusal = find_appeal_refusal(connection, case, now)
    due = find_appeal_due(case)
    if refusal is not None or due is None:
        reason = refusal or Message("only a published result can be appealed")
        _record(work, "appeal_refused", {"reason": render(reason, "zh")})
        return AppealRefused(reason)
    sheet = require_sheet(work)

    def prepare(following: Work) -> None:
        following.dues["file_appeal"] = due
        kept = {name: getattr(sheet, name) for name in ("indicators", "special", "score")}
        values = {
            **kept,
            "case_id": following.case.id,
            "number": 1,
            "round": 1,
            "state": "draft",
            "reviewed": sheet.reviewed,
            "differing": [],
            "agreed": {},
            "reasons": {},
            "facts": {**sheet.facts, **sheet.accepted},
            "contested": {},
            "accepted": {},
            "answers": {},
            "made_at": now,
        }
        add_sheet(connection, values)

    variables = {"unfiled_at": (due.due + ONE_SECOND).isoformat()}
    ordinal = len(list_cases_about(connection, APPEAL, case.contract_id, case.period)) + 1
    following = open_following_case(work, APPEAL, "under_appeal", variables, ordinal=ordinal, prepare=prepare)
    _record(work, "appeal_opened", {"case": following.case.code})
    return following.case


def _record(work: Work, action: str, details: dict[str, object]) -> None:
    actor = None if work.doer is None else work.doer.actor
    head = append(work.connection, work.case.head, work.case.chain, [(actor, action, details)], work.now)
    set_heads(work.connection, {work.case.id: head})
    add(work.connection, work.messages, work.now)
