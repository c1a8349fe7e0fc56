"""Builders of papers: a letter with everything on it, and score sheets of the bundled rubrics."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from app.papers.content import Heading, Letter, Line, Paragraph, Sheet, Table
from app.programmes.catalogue import get_catalogue
from app.scoring.rubric import Indicator, Section

GROUNDS = (
    "经考核，你单位2026年第一季度数字化专业人才实训培训服务项目得分18.50分，依据《赤峰市红山区数字化专业人才实训培训服务项目"
    "绩效考核办法》“每次考核总分值为25分，考核所得分值20分以下每1分扣除10万元服务费”的规定，现将有关事项通知如下："
)
POINTS = Table(
    ("考核内容", "基准分", "得分", "扣分依据"),
    (
        ("数字化专业人才培训", "5", "4", "累计培养42人，未达到50人"),
        ("招生活动", "4", "3.60", "=SUM(A1:A9)"),
        ("服务费（元）", "12,000,000.00", "-150,000.00", "@扣款"),
    ),
    ("left", "right", "right", "left"),
    "表1 第一季度扣分明细",
)


def make_letter(**changes: object) -> Letter:
    letter = Letter(
        organisation="赤峰市红山区人力资源和社会保障局",
        number="红人社考〔2026〕3号",
        title="关于数字化专业人才实训培训服务项目2026年第一季度绩效考核结果的通知",
        addressee="内蒙古某某数字科技有限公司",
        blocks=(
            Paragraph(GROUNDS),
            Heading("一、考核结果"),
            Paragraph("本季度扣款15万元，各项得分见下表。"),
            POINTS,
            Heading("二、整改要求"),
            Heading("（一）期限"),
            Paragraph("请于2026年5月15日前提交整改报告。\n对本通知有异议的，可在5个工作日内书面陈述申辩。"),
        ),
        attachments=("第一季度考核评分表", "扣分说明及佐证材料清单，包括培训人员档案、签到记录与线上招生活动截图汇总"),
        sender="赤峰市红山区人力资源和社会保障局",
        day=dt.date(2026, 4, 20),
    )
    return replace(letter, **changes)  # type: ignore[arg-type]  # the caller names fields of a letter


def make_sheet(rubric: str, part: str, **changes: object) -> Sheet:
    """A sheet of a bundled rubric's part in which every third indicator lost points."""
    version = get_catalogue().get_rubric(rubric)
    indicators = list(version.get_part(part).list_indicators())
    lost = [indicator for place, (_section, indicator) in enumerate(indicators) if place % 3 == 1]
    notes = {one.code: place for place, one in enumerate(lost, start=1)}
    sheet = Sheet(
        title=version.name,
        number=f"红人社考评〔2026〕{part[1]}号",
        party="内蒙古某某数字科技有限公司",
        contract="红山区数字化专业人才实训培训服务合同（2026—2028年）",
        period=f"2026年{version.get_part(part).title}",
        rubric=f"{version.name}第{version.version}版",
        lines=tuple(make_line(section, indicator, notes.get(indicator.code)) for section, indicator in indicators),
        notes=tuple(f"{one.name}：应完成3次，完成2次，少1次，有1项未足额提供扣0.1分，扣0.1分。" for one in lost),
        totals=(("基准分合计", "25"), ("扣分", "-0.5"), ("得分", "24.50"), ("扣款（元）", "150,000.00")),
        signatures=("评分人员", "审批领导", "复签领导", "服务商负责人"),
        day=dt.date(2026, 4, 20),
    )
    return replace(sheet, **changes)  # type: ignore[arg-type]  # the caller names fields of a sheet


def make_line(section: Section, indicator: Indicator, note: int | None) -> Line:
    named = indicator.specifics if indicator.specifics and indicator.name in indicator.specifics else indicator.name
    quotes = dict.fromkeys(one.quote or one.name for one in indicator.evidence)
    return Line(
        section=f"{section.name}（{section.points}）",
        indicator=named,
        evidence="\n".join(quotes),
        criterion="\n".join(indicator.criterion),
        max=str(indicator.max),
        points=str(indicator.max if note is None else indicator.max - Decimal("0.1")),
        value="=累计42人\n线上活动2次",
        reason="" if note is None else "少1次，扣0.1分",
        note=note,
    )
