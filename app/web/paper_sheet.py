"""The score sheet of a case on paper: the source's table with values, grounds and a note for each deduction."""

from __future__ import annotations

from app.casework.paper_words import name_period, show
from app.errors import Message
from app.i18n import render
from app.papers.content import Line, Sheet
from app.scoring.model import ZERO
from app.web.case_page import CasePage
from app.web.sheets import FactView, LossView, RowView, show_value

SIGNATURES = ("评分人员", "审批领导", "复签领导", "服务商负责人")
YES, NO = "是", "否"


def make_paper_sheet(page: CasePage) -> Sheet:
    """Return the sheet as the reader of the page may see it."""
    view, notes = page.sheet, list[str]()
    lines = [_make_line(row, notes) for row in view.rows]
    if view.special:
        lines.append(_make_special(view.special, show(view.special_net or ZERO), notes))
    totals = [("基准分合计", show(view.max))]
    if view.score is not None:
        totals += [("得分", show(view.score)), ("扣分", show(view.max - view.score))]
    made = None if page.sheet_row is None else page.sheet_row.made_at
    return Sheet(
        title=f"{view.title}（{view.part}）",
        number=page.case.code,
        party=page.party.name,
        contract=page.contract.name,
        period=name_period(page.case.period),
        rubric=f"{view.title}第{view.version}版",
        lines=tuple(lines),
        notes=tuple(notes),
        totals=tuple(totals),
        signatures=SIGNATURES,
        day=None if made is None else made.date(),
    )


def _make_line(row: RowView, notes: list[str]) -> Line:
    lost = row.lost > ZERO
    if lost:
        notes.append(f"{row.name}：{_describe(row.grounds)}")
    return Line(
        section=f"{row.content}（{show(row.content_points)}）",
        indicator=row.specifics,
        evidence="\n".join(row.evidence_wanted),
        criterion="\n".join(row.criterion),
        max=show(row.max),
        points="" if row.points is None else show(row.points),
        value="\n".join(map(_show_fact, row.facts)),
        reason=f"扣{show(row.lost)}分" if lost else "",
        note=len(notes) if lost else None,
    )


def _make_special(losses: tuple[LossView, ...], net: str, notes: list[str]) -> Line:
    notes.append(f"特殊分：{_describe(losses)}")
    return Line("特殊分", "加分项和减分项", "", "", "", net, "", "", len(notes))


def _show_fact(fact: FactView) -> str:
    return f"{fact.label} {show_value(fact.value, YES, NO)}{fact.unit if fact.value is not None else ''}"


def _describe(losses: tuple[LossView, ...]) -> str:
    """Return the working of a deduction as one sentence: wanted, had, cost, clause."""
    parts = []
    for one in losses:
        what = render(one.requirement, "zh") if isinstance(one.requirement, Message) else one.requirement
        had = show_value(one.had, YES, NO)
        cost = f"，扣{show(one.cost)}分" if one.cost else ""
        parts.append(f"{what}要求{render(one.wanted, 'zh')}，完成{had}{cost}")
    clauses = dict.fromkeys(one.clause for one in losses if one.clause)
    cited = f"（依据：{'；'.join(clauses)}）" if clauses else ""
    return "；".join(parts) + cited + "。"
