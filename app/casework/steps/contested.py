"""Contested lines and their answers, alike before the approval (陈述申辩) and after publication (复核)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.casework.forms import FormRefused, HandleForm, Refusal, RepresentForm, check_facts
from app.casework.sheets import SPECIAL
from app.casework.work import Work
from app.errors import Message, find_nearest
from app.scores.models import SheetRow
from app.scoring.facts import Value


def read_contested(work: Work, form: RepresentForm) -> dict[str, dict[str, object]]:
    """Return the contested lines by indicator, with reasons and the facts as the party sees them."""
    _require_known(work, list(form.contested))
    contested: dict[str, dict[str, object]] = {}
    for code, line in form.contested.items():
        facts = check_facts(work.scorer, f"contested.{code}.facts", line.facts)
        _require_read(work, code, f"contested.{code}.facts", facts)
        contested[code] = {"reason": line.reason, "facts": facts}
    return contested


def read_answers(work: Work, form: HandleForm, sheet: SheetRow) -> dict[str, Value]:
    """Return the facts accepted in the answers; every contested line has one, and no other line."""
    strange = [code for code in form.answers if code not in sheet.contested]
    missing = [code for code in sheet.contested if code not in form.answers]
    if strange or missing:
        refusals = [Refusal(f"answers.{code}", Message("this line wasn't contested")) for code in strange]
        refusals += [Refusal(f"answers.{code}", Message("this line still needs an answer")) for code in missing]
        raise FormRefused(refusals)
    accepted: dict[str, Value] = {}
    for code, answer in form.answers.items():
        facts = check_facts(work.scorer, f"answers.{code}.facts", answer.facts)
        _require_read(work, code, f"answers.{code}.facts", facts)
        accepted |= facts
    return accepted


def list_names(work: Work, codes: Iterable[str]) -> list[str]:
    """Return the names of indicators, as letters tell them."""
    names = {indicator.code: indicator.name for _section, indicator in work.scorer.part.list_indicators()}
    return [names.get(code, "特殊分") for code in codes]


def _require_known(work: Work, codes: list[str]) -> None:
    known = (*work.scorer.codes, *([SPECIAL] if work.scorer.special_facts else []))
    for code in codes:
        if code not in known:
            text = Message("unknown indicator {code}; nearest: {nearest}", code=code, nearest=find_nearest(code, known))
            raise FormRefused([Refusal(f"contested.{code}", text)])


def _require_read(work: Work, code: str, field: str, facts: Mapping[str, Value]) -> None:
    reads = work.scorer.special_facts if code == SPECIAL else work.scorer.reads.get(code, ())
    for name in facts:
        if name not in reads:
            text = Message("{code} doesn't read {fact}", code=code, fact=name)
            raise FormRefused([Refusal(f"{field}.{name}", text)])
