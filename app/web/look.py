"""The page of the look: every macro with data as they come, to judge the design by. In demonstrations only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template
from wtforms import DecimalField, RadioField, TextAreaField

from app.calendar.working_days import add_working_days, get_end_of_day
from app.clock import get_china_day
from app.permissions import Permission
from app.web.access import needs
from app.web.forms import Choice, Filled, SiteForm
from app.web.site import get_now, get_site
from app.web.states import STATES

blueprint = Blueprint("look", __name__)


class LookForm(SiteForm):
    """Fields of each kind."""

    trainees = DecimalField("本季完成培训人数", [Filled()])
    opinion = TextAreaField("审核意见", render_kw={"rows": 3})
    decision = RadioField("结论", [Filled()], choices=[Choice("approve", "同意"), Choice("reject", "不同意，退回填报")])


TRAINING = ("学员花名册、签到表、结业证书", "每季度培训100人以上得5分，每少1人扣0.1分，扣完为止")
CONTENT = ("满意度调查表", "满意度达到95%以上得2分，每低1个百分点扣0.5分")
WORK = ("劳动合同或社保缴纳记录", "就业率不低于60%得5分，每低1个百分点扣0.5分")
FAIRS = ("招聘活动通知、照片、签到表", "每季度举办招聘活动不少于2场得5分，每少1场扣2.5分")


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row of an inbox."""

    step: str
    party: str
    period: str
    state: str
    points: Decimal | None
    due_at: dt.datetime
    why: str
    whose: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a score sheet, as `macros.sheet_row` wants it."""

    content: str
    content_rows: int
    indicator: str
    indicator_rows: int
    evidence_wanted: str
    criterion: str
    max: Decimal
    points: Decimal
    lost: Decimal
    fact: Decimal | None
    unit: str
    grounds: str
    evidence: int
    href: str = "#working"


SHEET = (
    SheetRow(
        "人才培训",
        2,
        "培训人数",
        1,
        *TRAINING,
        Decimal(5),
        Decimal("3.8"),
        Decimal("1.2"),
        Decimal(88),
        "人",
        "少 12 人 × 0.1 分",
        3,
    ),
    SheetRow("", 0, "培训满意度", 1, *CONTENT, Decimal(2), Decimal(2), Decimal(0), Decimal("96.4"), "%", "", 1),
    SheetRow(
        "就业服务",
        2,
        "就业率",
        2,
        *WORK,
        Decimal(5),
        Decimal("2.5"),
        Decimal("2.5"),
        Decimal(55),
        "%",
        "低 5 个百分点 × 0.5 分",
        2,
    ),
    SheetRow("", 0, "", 0, *FAIRS, Decimal(5), Decimal(5), Decimal(0), Decimal(2), "场", "", 0),
)
PARTIES = (
    "赤峰启航职业培训学校",
    "红山区数智人才服务有限公司",
    "内蒙古创业孵化园运营有限公司",
    "松山区中小企业服务中心",
)
PERIODS = ("第1季度", "第2季度", "第3季度", "第4季度")


@blueprint.get("/_look")
@needs(Permission.SIGN_IN)
def show_look() -> str:
    """Show every macro."""
    return render_template(
        "look.html",
        rows=_list_rows(),
        sheet=SHEET,
        form=LookForm(formdata=None),
        states=list(STATES),
        gauge_parts=[("第1季度", Decimal("6.5")), ("第2季度", Decimal("9.25")), ("第3季度", Decimal("12"))],
        gauge_new=Decimal("3.7"),
        gauge_held=Decimal(4),
        gauge_parts_over=[("第1季度", Decimal(16)), ("第2季度", Decimal(14)), ("第3季度", Decimal("8.5"))],
        gauge_new_over=Decimal("3.7"),
        quarters=list(zip(PERIODS, (Decimal("23.5"), Decimal("18.75"), Decimal("21.3"), None), strict=True)),
    )


def _list_rows() -> list[InboxRow]:
    today = get_china_day(get_now())
    steps = (
        ("审核", "review", -2, "原为 11月15日，周末顺延", "考核方"),
        ("签批", "approve", 0, "", "考核方"),
        ("填报完成情况", "submit", 3, "原为 2月3日，春节顺延", "服务商"),
        ("陈述申辩", "represent", 5, "", "服务商"),
    )
    return [
        InboxRow(step, party, "2026 年第 3 季度", state, Decimal("21.3"), _find_due(today, days), why, whose)
        for party, (step, state, days, why, whose) in zip(PARTIES, steps, strict=True)
    ]


def _find_due(today: dt.date, days: int) -> dt.datetime:
    return get_end_of_day(add_working_days(get_site().calendar, today, days))
