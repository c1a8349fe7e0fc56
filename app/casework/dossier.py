"""The dossier of a proposed termination (拟解除卷宗): every deduction, notice, receipt, answer and clause, in order."""

from __future__ import annotations

from collections.abc import Iterator

from app.cases.queries import list_cases_of_contract
from app.casework.accounts import Account
from app.casework.paper_words import name_indicators, name_period, show
from app.casework.work import QUARTER, Work, get_part_scorer
from app.clock import CHINA
from app.papers.content import Block, Heading, Paragraph, Table
from app.papers.queries import list_papers_of_contract, map_services
from app.scores.queries import list_sheets
from app.scoring.consequences.quarters import QuarterAccount
from app.scoring.model import ZERO

MANNERS = {"portal": "平台签收", "mail": "电子邮件", "receipt": "书面签收", "announcement": "公告"}
LAW = (
    "《中华人民共和国政府采购法》第五十条：政府采购合同的双方当事人不得擅自变更、中止或者终止合同。",
    "《中华人民共和国民法典》第五百六十五条：当事人一方依法主张解除合同的，应当通知对方；合同自通知到达对方时解除。",
)


def make_dossier(work: Work, account: Account) -> list[Block]:
    """Return the dossier as blocks of a paper, from what stands in the tables now."""
    blocks: list[Block] = [Heading("一、扣分明细")]
    rows = tuple(row for one in account.term.accounts for row in _list_lost(one))
    blocks.append(Table(("考核期", "指标", "扣分", "评分标准"), rows, ("left", "left", "right", "left")))
    blocks += [Heading("二、通知和送达"), *_list_notices(work)]
    blocks += [Heading("三、陈述申辩和答复"), *_list_answers(work)]
    blocks.append(Heading("四、条款"))
    criteria = (work.parameters.termination.criterion, work.parameters.money.criterion)
    blocks += [Paragraph(f"《{work.programme.source_title}》：{one}。") for one in criteria]
    blocks += [Paragraph(one) for one in LAW]
    return blocks


def _list_lost(account: QuarterAccount) -> Iterator[tuple[str, ...]]:
    period, names = name_period(account.code), name_indicators(account.scorer)
    for _section, indicator in account.scorer.part.list_indicators():
        lost = indicator.max - account.earned[indicator.code]
        if lost > ZERO:
            held = "（暂记）" if indicator.code in account.held else ""
            yield period, names[indicator.code], f"{show(lost)}{held}", "\n".join(indicator.criterion)
    if account.special.net:
        yield period, "特殊分", show(-account.special.net), "加分项和减分项相抵"


def _list_notices(work: Work) -> Iterator[Block]:
    services = map_services(work.connection, work.contract.id)
    rows = []
    for paper in list_papers_of_contract(work.connection, work.contract.id):
        service = services.get(paper.id)
        arrived = (
            "尚无送达记录"
            if service is None
            else f"{MANNERS[service.manner]}，{service.arrived_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        )
        rows.append((f"{paper.issued_at.astimezone(CHINA):%Y-%m-%d}", paper.title, paper.number, arrived))
    if rows:
        yield Table(("制发日期", "文书", "文号", "送达"), tuple(rows), ("left", "left", "left", "left"))
    else:
        yield Paragraph("此前未制发文书。")


def _list_answers(work: Work) -> Iterator[Block]:
    rows = []
    for case in list_cases_of_contract(work.connection, work.contract.id):
        if case.process != QUARTER:
            continue
        for sheet in list_sheets(work.connection, case.id):
            names = name_indicators(get_part_scorer(case.rubric, case.rubric_version, case.part))
            rows += [
                (name_period(case.period), names[code], str(line["reason"]), sheet.answers.get(code, "尚未答复"))
                for code, line in sheet.contested.items()
            ]
    if rows:
        yield Table(("考核期", "指标", "申辩理由", "答复"), tuple(dict.fromkeys(rows)), ("left",) * 4)
    else:
        yield Paragraph("各期未提出陈述申辩。")
