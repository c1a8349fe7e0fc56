"""From findings to a sheet: what scorers see alike, what the joint look settles, what the party's answer changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.casework.work import Work
from app.evidence.queries import list_latest_facts
from app.scores.models import Finding, SheetRow
from app.scores.operations import add_sheet, change_sheet, supersede_sheets
from app.scores.queries import find_sheet
from app.scoring.consequences.parameters import Consequences
from app.scoring.facts import Value, Values
from app.scoring.model import ZERO
from app.scoring.panel import find_differences, settle_facts, settle_marks
from app.scoring.rules import Judged
from app.scoring.scorer import PartScorer

SPECIAL = "special"
"""The line of special points (特殊分), contested and rectified like an indicator."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the scorers' findings come to: facts and marks that differ, settled values where they don't."""

    reviewed: dict[str, Value]
    differing: tuple[str, ...]
    settled: dict[str, Value]


def read_reviewed(work: Work) -> dict[str, Value]:
    """Return the facts of the latest review, special facts that nobody named counting 0."""
    reviewed: dict[str, Value] = dict.fromkeys(work.scorer.special_facts, 0)
    entered = list_latest_facts(work.connection, work.case.id, "reviewed")
    return {**reviewed, **{name: one.value for name, one in entered.items()}}


def list_judged(scorer: PartScorer) -> dict[str, Decimal]:
    """Return the judged indicators of a part with their base points."""
    indicators = [indicator for _section, indicator in scorer.part.list_indicators()]
    return {one.code: one.max for one in indicators if isinstance(one.rule, Judged)}


def compare(work: Work) -> Compared:
    """Return where the scorers of the latest round agree and where a joint look is needed (合议)."""
    reviewed = read_reviewed(work)
    return settle(work.scorer, work.parameters, reviewed, work.findings, {})


def settle(
    scorer: PartScorer,
    parameters: Consequences,
    reviewed: Mapping[str, Value],
    found: Sequence[Finding],
    agreed: Values,
) -> Compared:
    """Settle facts and marks: alike as seen, else as agreed; marks take their mean unless their spread is too wide."""
    judged = list_judged(scorer)
    corrections: list[dict[str, Value]] = [dict(one.corrections) for one in found]  # type: ignore[arg-type]  # checked when recorded
    facts = [{name: value for name, value in one.items() if name not in judged} for one in corrections]
    differing = list(find_differences(reviewed, facts))
    settled = settle_facts(reviewed, facts, agreed)
    for code, full in judged.items():
        marks = [Decimal(one[code]) for one in corrections if code in one]
        if not marks:
            continue
        mark = settle_marks(marks, full, parameters.joint_look_spread_percent, parameters.trim_marks_from)
        settled[code] = agreed.get(code, mark.points) if mark.needs_joint_look else mark.points
        if mark.needs_joint_look:
            differing.append(code)
    return Compared(dict(reviewed), tuple(differing), settled)


def require_sheet(work: Work) -> SheetRow:
    """Return the case's newest sheet, read once; scoring always leaves one."""
    if work.sheet is None:
        work.sheet = find_sheet(work.connection, work.case.id)
    if work.sheet is None:
        raise LookupError(f"case {work.case.code} has no sheet")
    return work.sheet


def open_draft(work: Work) -> SheetRow:
    """Return the newest sheet where its points are still open; one that the party was told of stays as it was told.

    Then a new version follows with the same facts, to which nothing was answered yet.
    """
    told = require_sheet(work)
    if told.score is None:
        return told
    supersede_sheets(work.connection, work.case.id)
    kept = ("case_id", "reviewed", "differing", "agreed", "reasons", "facts")
    values = {name: getattr(told, name) for name in kept}
    add_sheet(work.connection, {**values, **make_blank(work, told.number + 1)})
    work.sheet = None
    return require_sheet(work)


def make_blank(work: Work, number: int) -> dict[str, object]:
    """Return what a new version of the sheet holds before its points are computed and anybody has answered."""
    empty: dict[str, object] = {name: {} for name in ("contested", "accepted", "answers", "indicators")}
    return {**empty, "number": number, "round": work.round, "state": "draft", "special": ZERO, "made_at": work.now}


def write_sheet(work: Work, sheet: SheetRow, **columns: object) -> None:
    """Write what a sheet learns."""
    change_sheet(work.connection, sheet.id, **columns)
    work.sheet = replace(sheet, **columns)  # type: ignore[arg-type]  # the columns are the fields
