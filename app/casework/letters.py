"""What the papers of a case say (通知书、决定书): composed from what stands in the tables, issued under a number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.calendar.due_explained import StepDue
from app.casework.accounts import Account
from app.casework.dossier import make_dossier
from app.casework.paper_words import (
    name_contract,
    name_indicators,
    name_period,
    number,
    show,
    show_due,
    show_earned,
    show_money,
)
from app.casework.work import Work
from app.i18n import format_number
from app.identity.queries import get_organisation
from app.papers.content import Block, Letter, Paragraph, Table
from app.papers.models import Paper
from app.papers.operations import NewPaper, issue_paper, reserve_number
from app.papers.queries import get_paper
from app.scoring.consequences.money import Settlement
from app.scoring.consequences.parameters import MoneyShareOfFee
from app.scoring.consequences.quarters import QuarterAccount
from app.scoring.model import ZERO

WORKING_DAYS, CALENDAR_DAYS = "个工作日", "日"


def issue(
    work: Work, kind: str, title: str, blocks: Sequence[Block], attachment: str = "", annex: Sequence[Block] = ()
) -> Paper:
    """Issue a paper to the party under the authority's next number; its content is frozen as it is now."""
    reserved = reserve_number(work.connection, work.case.authority_id, work.now)
    authority = get_organisation(work.connection, work.case.authority_id)
    letter = Letter(
        organisation=authority.name,
        number=reserved.text,
        title=title,
        addressee=get_organisation(work.connection, work.case.party_id).name,
        blocks=tuple(blocks),
        attachments=(attachment,) if attachment else (),
        sender=authority.name,
        day=work.today,
        annex=tuple(annex),
    )
    new = NewPaper(kind, work.contract.id, work.case.id, title, letter.to_data())
    paper_id = issue_paper(work.connection, reserved, new, None if work.doer is None else work.doer.id, work.now)
    work.audit("paper_issued", number=reserved.text, kind=kind, title=title)
    return get_paper(work.connection, paper_id)


def issue_rectification_notice(
    work: Work, quarter: QuarterAccount, items: Sequence[tuple[str, Decimal, bool]], due: StepDue
) -> Paper:
    """Issue the notice of rectification (整改通知书) with the failed criteria."""
    names = name_indicators(quarter.scorer)
    rows = [(names[code], show(lost), "是" if again else "否") for code, lost, again in items]
    text = (
        f"{name_contract(work)}{name_period(quarter.code)}考核得分 {show(quarter.effective)} 分，低于整改分数线 "
        f"{show(work.parameters.rectification_below)} 分。现就下列失分指标通知整改。请于{show_due(due)}前报送整改方案，"
        "逐项写明措施、责任人和完成日期；方案审定后落实整改，逐项提交佐证材料，由未参与评分的验收员验收。"
    )
    blocks: list[Block] = [
        Paragraph(text),
        Table(("指标", "扣分", "上季度同样失分"), tuple(rows), ("left", "right", "center")),
    ]
    return issue(work, "rectification_notice", "整改通知书", blocks)


def issue_deduction_notice(work: Work, account: Account, quarter: QuarterAccount, money: Decimal) -> Paper:
    """Issue the notice of a deduction (扣款通知书) in CNY with its working, and what share of the fee it comes to."""
    year = quarter.quarter.year
    fee, parameters = work.contract.get_fee(year), work.parameters.money
    of_year = sum((account.term.ledger.sum_money(one.code) for one in account.term.list_year(year)), Decimal(0))
    if isinstance(parameters, MoneyShareOfFee):
        working = f"本年服务费 {show_money(fee)} 元的 {format_number(parameters.percent)}%"
    else:
        missing = parameters.below - quarter.effective
        rate = show_money(parameters.cny_per_point)
        working = f"{show(parameters.below)}－{show(quarter.effective)}＝{show(missing)} 分，每分 {rate} 元"
    share = (of_year * 100 / fee).quantize(Decimal("0.01"))
    warns = share >= work.parameters.warn_share_percent
    blocks: list[Block] = [
        Paragraph(
            f"{name_contract(work)}{name_period(quarter.code)}考核有效得分 {show(quarter.effective)} 分，"
            f"依据“{parameters.criterion}”，扣除服务费 {show_money(money)} 元（{working}）。"
        ),
        Paragraph(
            f"本年累计扣款 {show_money(of_year)} 元，占本年服务费 {show_money(fee)} 元的 {format_number(share)}%。"
            + (
                f"累计扣款已达服务费的 {format_number(work.parameters.warn_share_percent)}%，提请注意。"
                if warns
                else ""
            )
        ),
        Paragraph("对本结果有异议的，可以自公示之日起在规定期限内申请复核；申请复核不会使结果更为不利。"),
    ]
    return issue(work, "deduction_notice", "扣款通知书", blocks)


def issue_termination_notice(work: Work, account: Account) -> Paper:
    """Issue the notice of a proposed termination (拟解除通知书) with its dossier; its time runs from its arrival."""
    quarter = account.get_quarter(work.case.period)
    due = work.programme.step_times["termination_representation"]
    condition = work.parameters.termination
    total = account.term.sum_window(quarter.quarter.year)
    reached = (
        f"本考核年度累计扣分 {show(total)} 分"
        if condition.kind == "cumulative_deduction"
        else f"{name_period(quarter.code)}考核得分 {show(quarter.effective)} 分"
    )
    unit = CALENDAR_DAYS if due.calendar_days else WORKING_DAYS
    blocks: list[Block] = [
        Paragraph(f"{name_contract(work)}{reached}，已符合“{condition.criterion}”所定条件，现拟解除合同。"),
        Paragraph(
            f"自本通知书送达之日起 {due.days} {unit}内，可以提出陈述申辩；逾期未提出的，视为无异议。"
            "是否解除，由有权机关在听取陈述申辩后决定；解除自解除通知书送达时生效。"
        ),
        Paragraph("据以提出的各项扣分、通知、送达、陈述申辩和条款，见所附卷宗。"),
    ]
    dossier = make_dossier(work, account)
    return issue(work, "termination_notice", "拟解除合同通知书", blocks, "拟解除卷宗", dossier)


def issue_termination_decision(work: Work, reasons: str, basis: str, answer: str) -> Paper:
    """Issue the notice of termination (解除合同通知书); it takes effect when it arrives (民法典 565)."""
    blocks = [
        Paragraph(f"经{basis}决定，解除{name_contract(work)}服务合同。解除自本通知书送达时生效。"),
        Paragraph(f"理由：{reasons}"),
        Paragraph(f"陈述申辩情况：{answer}"),
        Paragraph("合同解除后，顺延未补做的指标计为扣分，当年未付服务费暂不支付，由考核单位另行处理。"),
    ]
    return issue(work, "termination_decision", "解除合同通知书", blocks)


def issue_continuation(work: Work, reasons: str) -> Paper:
    """Issue the decision that the contract goes on (继续履行决定书)."""
    blocks = [
        Paragraph(f"经研究，{name_contract(work)}服务合同继续履行。"),
        Paragraph(f"理由：{reasons}"),
        Paragraph("已登记的扣分、扣款不变；以后考核再次符合解除条件的，另行提出。"),
    ]
    return issue(work, "continuation_decision", "继续履行决定书", blocks)


def issue_appeal_decision(
    work: Work, before: QuarterAccount, after: QuarterAccount, money: tuple[Decimal, Decimal], answers: dict[str, str]
) -> Paper:
    """Issue the decision on an appeal (复核决定书): each contested line, old and new points, and the money."""
    names = name_indicators(after.scorer)
    rows = tuple(
        (names[code], show_earned(before, code), show_earned(after, code), reason) for code, reason in answers.items()
    )
    blocks: list[Block] = [
        Paragraph(f"对{name_contract(work)}{name_period(after.code)}考核结果的复核申请，现决定如下。"),
        Table(("指标", "原得分", "复核后得分", "理由"), rows, ("left", "right", "right", "left")),
        Paragraph(
            f"{name_period(after.code)}考核得分由 {show(before.score)} 分改为 {show(after.score)} 分，"
            f"{_show_change(money)}。"
            if (before.score, money[0]) != (after.score, money[1])
            else f"{name_period(after.code)}考核结果维持不变，得分 {show(after.score)} 分，"
            f"扣款 {show_money(money[1])} 元。"
        ),
    ]
    return issue(work, "appeal_decision", "复核决定书", blocks)


def _sum_deductions(account: Account, year: int) -> Decimal:
    """Return the CNY deducted in a year, in quarters assessed elsewhere too."""
    codes = [one.code for one in account.term.list_year(year)]
    codes += [one.quarter for one in account.term.opening if one.year == year]
    return sum((account.term.ledger.sum_money(code) for code in codes), ZERO)


def _show_change(money: tuple[Decimal, Decimal]) -> str:
    """Return a quarter's money before and after an appeal in words."""
    if money[0] == money[1]:
        return f"扣款 {show_money(money[1])} 元不变"
    return f"扣款由 {show_money(money[0])} 元改为 {show_money(money[1])} 元"


def issue_settlement(work: Work, account: Account, year: int, settlement: Settlement, due: StepDue) -> Paper:
    """Issue a year's settlement (年度结算书): fee, deductions by quarter, paid, released, withheld and why."""
    quarters = account.term.list_year(year)
    rows = tuple(
        (
            name_period(one.code),
            show(one.score),
            show(one.points_deducted),
            show_money(account.term.ledger.sum_money(one.code)),
        )
        for one in quarters
    )
    standard = work.parameters.settlement_above
    why = f"年度得分未超过结算标准 {show(standard)} 分" if standard is not None else "合同已解除"
    blocks: list[Block] = [
        Paragraph(f"{name_contract(work)}第{number(year)}年服务费结算如下，单位为元。"),
        Table(("考核期", "得分", "扣分", "扣款"), rows, ("left", "right", "right", "right")),
        Paragraph(
            f"年服务费 {show_money(work.contract.get_fee(year))} 元，扣款合计 "
            f"{show_money(_sum_deductions(account, year))} 元，"
            f"已付 {show_money(work.contract.paid)} 元，"
            f"应付 {show_money(settlement.released)} 元，暂扣 {show_money(settlement.withheld)} 元。"
            + (f"暂扣原因：{why}，由考核单位另行决定。" if settlement.withheld else "")
        ),
    ]
    if settlement.released:
        blocks.append(Paragraph(f"应付款项于{show_due(due)}前支付（《保障中小企业款项支付条例》）。"))
    return issue(work, "settlement", "年度结算书", blocks)
