"""Evidence of a simulated quarter: a short text for each kind that the rubric asks for, saying that it is invented."""

from __future__ import annotations

import datetime as dt
import io

from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.work import Doer
from app.evidence.operations import add_file, add_link
from app.evidence.store import FileStore
from app.scoring.scorer import PartScorer
from app.submissions.queries import list_rectification_items


def attach_evidence(
    connection: Connection, store: FileStore, case: Case, scorer: PartScorer, doer: Doer, now: dt.datetime
) -> int:
    """Upload a file under every indicator that asks for evidence, but leave the last one open; return how many."""
    indicators = [one for _section, one in scorer.part.list_indicators() if one.evidence]
    for indicator in indicators[:-1]:
        wanted = indicator.evidence[0]
        text = f"{case.code} {indicator.name}\n{wanted.name}\n本文件为演示数据，内容均为虚构。\n"
        name = f"{wanted.name[:40].replace('/', '、')}.txt"
        stream = io.BytesIO(text.encode())
        add_file(connection, store, doer.actor, case.id, indicator.code, 0, name, stream, case.party_id, now)
    return max(0, len(indicators) - 1)


def attach_proof(connection: Connection, case: Case, doer: Doer, now: dt.datetime) -> None:
    """Name an invented page as the proof of every criterion of a rectification."""
    for item in list_rectification_items(connection, case.id):
        link = f"https://proof.invalid/{case.code}/{item.round}/{item.indicator}"
        name = f"{case.code} 整改佐证（演示）"
        add_link(connection, doer.actor, case.id, item.indicator, None, link, case.party_id, now, name=name)
