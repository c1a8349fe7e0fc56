"""From findings to the draft result, and from the approved result to its publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.calendar.due_explained import pack_step_due
from app.casework.accounts import Account, make_approval, make_quarter, read_account, read_bound
from app.casework.letters import issue_deduction_notice
from app.casework.notices import PARTY, notify
from app.casework.sheets import compare, make_blank, open_draft, require_sheet, settle, write_sheet
from app.casework.work import ONE_SECOND, Work
from app.i18n import format_money, format_number
from app.scores.models import SheetRow
from app.scores.operations import add_sheet, supersede_sheets
from app.scores.queries import find_sheet
from app.scoring.consequences.quarters import QuarterAccount


def compare_findings(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Begin a sheet from what the scorers found; say whether a joint look is needed (合议)."""
    compared, last = compare(work), find_sheet(work.connection, work.case.id)
    if last is not None:
        supersede_sheets(work.connection, work.case.id)
    values = {
        **make_blank(work, 1 if last is None else last.number + 1),
        "case_id": work.case.id,
        "reviewed": compared.reviewed,
        "differing": list(compared.differing),
        "agreed": {},
        "reasons": {},
        "facts": compared.settled,
    }
    add_sheet(work.connection, values)
    work.sheet = None
    return {"facts_differ": bool(compared.differing)}


def draft_result(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Settle the facts, compute the points once, and tell the party the draft result and until when it may answer."""
    sheet = require_sheet(work)
    compared = settle(work.scorer, work.parameters, sheet.reviewed, work.findings, sheet.agreed)  # type: ignore[arg-type]  # stored only after a check
    return tell_draft(work, sheet, compared.settled)


def reopen_draft(work: Work) -> Mapping[str, object]:
    """Put the draft result before the party once more, as if it hadn't answered; its time begins anew."""
    sheet = open_draft(work)
    return tell_draft(work, sheet, sheet.facts)


def tell_draft(work: Work, sheet: SheetRow, facts: Mapping[str, object]) -> Mapping[str, object]:
    """Compute a draft's points from its facts and tell the party; return from when silence means no objection."""
    before = read_account(work.connection, work.contract)
    account = preview_quarter(work, before, replace(sheet, facts=dict(facts), accepted={}))
    write_points(work, sheet, account, facts=dict(facts))
    due = work.explain_due("representation")
    payload = {
        "score": format_number(account.score),
        "max": format_number(work.scorer.part.max),
        "held": format_number(account.held_points),
        "lost": describe_lost(work, account),
        "due": pack_step_due(due),
        "again": sheet.number > 1,
    }
    notify(work, PARTY, "draft_result", sheet.number, payload)
    return {"silence_at": (due.due + ONE_SECOND).isoformat(), "represented": False}


def publish_result(work: Work, _variables: Mapping[str, object]) -> Mapping[str, object]:
    """Tell the party the approved result with its points, money and what it opens (公示)."""
    account = read_bound(work)
    quarter = account.get_quarter(work.case.period)
    money = account.term.ledger.sum_money(work.case.period)
    if money:
        issue_deduction_notice(work, account, quarter, money)
    payload = {
        "score": format_number(quarter.score),
        "max": format_number(work.scorer.part.max),
        "points_deducted": format_number(quarter.points_deducted),
        "money_deducted": format_money(money),
        "cumulative_deduction": format_number(account.term.sum_window(quarter.quarter.year)),
        "rectification": bool(_variables.get("open_rectification")),
        "termination_proposal": bool(_variables.get("open_proposal")),
        "lost": describe_lost(work, quarter),
    }
    notify(work, PARTY, "result_published", "final", payload)
    work.audit("published", score=payload["score"], points_deducted=payload["points_deducted"])
    return {}


def preview_quarter(work: Work, account: Account, sheet: SheetRow) -> QuarterAccount:
    """Return a quarter's points as they would be now: the caps that the year's approved quarters used are gone."""
    quarter = make_quarter(work.case.period, make_approval(work.connection, work.case, sheet))
    return QuarterAccount(quarter, account.term.find_used_caps(quarter.year))


def write_points(work: Work, sheet: SheetRow, account: QuarterAccount, **columns: object) -> None:
    """Write a quarter's points on its sheet."""
    points = {"indicators": account.earned, "special": account.special.net, "score": account.score}
    write_sheet(work, sheet, **points, **columns)


def describe_lost(work: Work, account: QuarterAccount) -> list[dict[str, str]]:
    """Return the indicators that lost points: name, points, base points and the criterion of the source."""
    lost = []
    for _section, indicator in work.scorer.part.list_indicators():
        points = account.earned[indicator.code]
        if points < indicator.max:
            lost.append(
                {
                    "code": indicator.code,
                    "name": indicator.name,
                    "points": format_number(points),
                    "max": format_number(indicator.max),
                    "lost": format_number(indicator.max - points),
                }
            )
    return lost
