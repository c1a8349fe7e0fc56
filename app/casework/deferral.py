"""Deferral (顺延): asked for when a quarter is filed, answered at its review, made up for in the fourth quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.accounts import LedgerDiffers, get_place, get_year, read_account
from app.casework.forms import FormRefused, MadeUp, Refusal, ReviewForm, check_facts
from app.casework.made_up import QuarterValues, propose
from app.casework.work import QUARTER, Work, get_part_scorer
from app.errors import Message, find_nearest
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer
from app.submissions.operations import answer_deferrals
from app.submissions.queries import find_submission

LAST_PART = "Q4"


@dataclass(frozen=True, slots=True)
class Deferred:
    """An earlier quarter of the year with the indicators that were deferred in it, and how they are scored."""

    case: Case
    codes: tuple[str, ...]
    scorer: PartScorer


def can_defer(work: Work) -> bool:
    """Whether indicators can be deferred in this quarter: its programme knows it, and it isn't the fourth."""
    return work.parameters.deferral and work.case.part != LAST_PART


def list_deferred(work: Work) -> list[Deferred]:
    """Return what the earlier quarters of the year deferred; asked in a fourth quarter, which settles it."""
    if not work.parameters.deferral or work.case.part != LAST_PART:
        return []
    return list(_list_deferred(work))


def _list_deferred(work: Work) -> Iterator[Deferred]:
    place = get_place(work.case.period)
    for case in list_cases_of_contract(work.connection, work.case.contract_id):
        is_earlier = case.process == QUARTER and get_place(case.period) < place
        if not is_earlier or get_year(case.period) != get_year(work.case.period):
            continue
        filed = find_submission(work.connection, case.id)
        if filed is not None and filed.granted:
            scorer = get_part_scorer(case.rubric, case.rubric_version, case.part)
            yield Deferred(case, tuple(filed.granted), scorer)


def propose_made_up(work: Work, filed: Mapping[str, Value]) -> dict[str, dict[str, dict[str, object]]]:
    """Return what the deferred indicators' facts may have become, by earlier quarter and indicator, for the review.

    `filed`: the fourth quarter's facts. Nothing where nothing was deferred or the ledger doesn't match its events.
    """
    deferred = list_deferred(work)
    if not deferred:
        return {}
    try:
        accounts = read_account(work.connection, work.contract).term.accounts
    except LedgerDiffers:
        return {}
    mine = get_year(work.case.period)
    year = [QuarterValues(one.code, one.scorer, one.values) for one in accounts if get_year(one.code) == mine]
    known = {one.code: one for one in year}
    year = [*sorted(year, key=lambda one: one.code), QuarterValues(work.case.period, work.scorer, filed)]
    return {
        one.case.period: {code: dict(propose(known[one.case.period], code, year)) for code in one.codes}
        for one in deferred
        if one.case.period in known
    }


def check_deferrals(work: Work, asked: Mapping[str, str]) -> dict[str, str]:
    """Return the indicators that the party asks to defer, each with its reason; refuse what can't be deferred."""
    if not asked:
        return {}
    refusals = []
    for code in asked:
        if not work.parameters.deferral:
            refusals.append(Refusal(f"defer.{code}", Message("this programme knows no deferral")))
        elif work.case.part == LAST_PART:
            text = Message("the fourth quarter settles deferrals; nothing is deferred in it")
            refusals.append(Refusal(f"defer.{code}", text))
        elif code not in work.scorer.codes:
            known = tuple(work.scorer.codes)
            text = Message("unknown indicator {code}; nearest: {nearest}", code=code, nearest=find_nearest(code, known))
            refusals.append(Refusal(f"defer.{code}", text))
    if refusals:
        raise FormRefused(refusals)
    return dict(asked)


def check_made_up(work: Work, given: MadeUp) -> dict[str, dict[str, dict[str, object]]]:
    """Return checked facts that were made up for deferred indicators, by earlier quarter and indicator."""
    if not given:
        return {}
    deferred = {one.case.period: one for one in list_deferred(work)}
    return {period: _check_quarter(period, lines, deferred.get(period)) for period, lines in given.items()}


def _check_quarter(
    period: str, lines: Mapping[str, Mapping[str, object]], deferred: Deferred | None
) -> dict[str, dict[str, object]]:
    checked: dict[str, dict[str, object]] = {}
    for code, facts in lines.items():
        field = f"made_up.{period}.{code}"
        if deferred is None or code not in deferred.codes:
            raise FormRefused([Refusal(field, Message("{code} was not deferred there", code=code))])
        values: dict[str, Value] = check_facts(deferred.scorer, field, facts)
        strange = [name for name in values if name not in deferred.scorer.reads[code]]
        if strange:
            text = Message("{code} doesn't read {fact}", code=code, fact=strange[0])
            raise FormRefused([Refusal(f"{field}.{strange[0]}", text)])
        checked[code] = dict(values)
    return checked


def review_deferrals(work: Work, form: ReviewForm) -> None:
    """Record the review's answers to what the party asked to defer, and what it finds made up; each with its reason."""
    filed = find_submission(work.connection, work.case.id) if work.parameters.deferral else None
    asked = {} if filed is None else filed.defer
    missing = [code for code in asked if code not in form.deferrals]
    refusals = [Refusal(f"deferrals.{code}", Message("say whether the deferral is granted")) for code in missing]
    strange = [code for code in form.deferrals if code not in asked]
    refusals += [Refusal(f"deferrals.{code}", Message("the party didn't ask to defer this")) for code in strange]
    refusals += [
        Refusal(f"deferrals.{code}.reason", Message("{field}: give the reason", field=code))
        for code, answer in form.deferrals.items()
        if not answer.granted and not answer.reason
    ]
    if refusals:
        raise FormRefused(refusals)
    verified = check_made_up(work, form.made_up)
    if filed is not None:
        _require_opinion(form, filed.made_up, verified)
    if filed is None:
        if verified:
            text = Message("nothing was filed, so nothing was made up")
            raise FormRefused([Refusal("made_up", text)])
        return
    answers = {code: answer.model_dump() for code, answer in form.deferrals.items()}
    answer_deferrals(work.connection, work.case.id, answers, verified)
    if answers or verified:
        granted = [code for code, answer in form.deferrals.items() if answer.granted]
        work.audit(
            "deferrals_answered", granted=granted, made_up={period: list(one) for period, one in verified.items()}
        )


def _require_opinion(form: ReviewForm, claimed: MadeUp, verified: MadeUp) -> None:
    """Refuse values other than what the party made up without a word on them."""
    if form.opinion.strip():
        return
    text = Message("differs from what the party made up; give the reason in your opinion")
    refusals = [
        Refusal(f"made_up.{period}.{code}.{name}", text)
        for period, lines in verified.items()
        for code, facts in lines.items()
        for name, value in facts.items()
        if claimed.get(period, {}).get(code, {}).get(name) != value
    ]
    if refusals:
        raise FormRefused(refusals)
