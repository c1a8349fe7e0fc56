"""The demonstration's complaints and safety incidents: one to be answered, one to be checked, one found valid."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.casework.intake import (
    AnswerForm,
    CheckForm,
    OccurrenceForm,
    answer_occurrence,
    check_occurrence,
    record_occurrence,
)
from app.clock import get_china_day
from app.contracts.models import Contract
from app.simulation.cast import Cast

HAPPENED_AGO = dt.timedelta(days=4)
TOLD = (
    ("valid_complaints", "热线工单 0417 号", "三楼东侧会议室空调停机四天，入驻机构两次报修未处理。"),
    ("valid_complaints", "入驻机构来函", "园区公众号发布的招聘会时间有误，到场企业空跑一趟。"),
    ("safety_incidents", "物业巡查记录", "地下车库消防通道被展具占用，巡查时责令清理。"),
)
ANSWERS = ("报修单系统漏派，已于次日修复并向机构致歉。", "已更正并电话通知，附更正截图。")


def add_register(connection: Connection, contract: Contract, cast: Cast, now: dt.datetime) -> None:
    """Record three occurrences of a contract: the first found valid, the second answered, the third just recorded."""
    day = get_china_day(now - HAPPENED_AGO)
    recorder, vendor, checker = (cast.people[role].on(now) for role in ("supervisor", "party_staff", "reviewer"))
    forms = [OccurrenceForm(fact=fact, happened_on=day, source=source, description=text) for fact, source, text in TOLD]
    found = [record_occurrence(connection, recorder, contract.id, form, None, now) for form in forms]
    for one, answer in zip(found, ANSWERS, strict=False):
        answer_occurrence(connection, vendor, one.id, AnswerForm(answer=answer), None, now)
    form = CheckForm(valid=True, finding="报修单与维修记录显示停机四天，属实。")
    check_occurrence(connection, checker, found[0].id, form, now)
