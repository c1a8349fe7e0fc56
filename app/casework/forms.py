"""What each human step's form holds, checked: plain values in, one refusal naming every field that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import KaoheError, Message
from app.scoring.facts import FactRefused, Value
from app.scoring.scorer import PartScorer

Opinion = Annotated[str, Field(max_length=4000)]
Reason = Annotated[str, Field(min_length=1, max_length=4000)]
FormType = TypeVar("FormType", bound="Form")


class Refusal(NamedTuple):
    """What is wrong with one field: the field's path, such as `facts.mentor_events`, and the message."""

    field: str
    message: Message


class FormRefused(KaoheError):
    """A form with fields that can't be right; `refusals` names each."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].message)
        self.refusals = tuple(refusals)


class Form(BaseModel):
    """Base of all forms: unknown fields are refused, so that nothing is taken that the form doesn't show."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


MadeUp = dict[str, dict[str, dict[str, object]]]
"""Facts by earlier quarter, indicator and name."""


class SubmitForm(Form):
    """填报: facts as the party claims them, by name, and a note for the reviewer.

    `defer`: the reason for each indicator that the party asks to defer (顺延申请); in a fourth quarter `made_up` holds
    what it made up for those of the earlier quarters.
    """

    facts: dict[str, object] = Field(default_factory=dict)
    note: Opinion = ""
    defer: dict[str, Reason] = Field(default_factory=dict)
    made_up: MadeUp = Field(default_factory=dict)


class OpinionForm(Form):
    """A step that asks for nothing but an optional opinion: signing, completeness, approval."""

    opinion: Opinion = ""


class DeferralAnswer(Form):
    """The answer to one deferral that was asked for: granted or not, and why."""

    granted: bool
    reason: Opinion = ""


class ReviewForm(Form):
    """审核: the facts as reviewed, notes by fact, the evidence they rest on by indicator, and who scores.

    Nobody named means everybody who holds the role; an indicator not named, all the evidence that stands there.
    `deferrals` answers every indicator that the party asks to defer; `made_up` holds what the review finds made up.
    """

    deferrals: dict[str, DeferralAnswer] = Field(default_factory=dict)
    made_up: MadeUp = Field(default_factory=dict)

    facts: dict[str, object]
    notes: dict[str, Opinion] = Field(default_factory=dict)
    evidence: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    scorers: tuple[int, ...] = ()
    opinion: Opinion = ""


class ScoreForm(Form):
    """评分: corrected facts and judged marks by name; each correction needs its reason and rests on evidence."""

    corrections: dict[str, object] = Field(default_factory=dict)
    reasons: dict[str, Opinion] = Field(default_factory=dict)
    evidence: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    opinion: Opinion = ""


class JointLookForm(Form):
    """合议: the agreed value of every fact on which the scorers differ, with reasons."""

    agreed: dict[str, object] = Field(default_factory=dict)
    reasons: dict[str, Opinion] = Field(default_factory=dict)
    opinion: Opinion = ""


class Contested(Form):
    """One contested line: why, and what the facts should be."""

    reason: Reason
    facts: dict[str, object] = Field(default_factory=dict)


class RepresentForm(Form):
    """陈述申辩: contested indicators by code; none means that the party raises no objection."""

    contested: dict[str, Contested] = Field(default_factory=dict)
    opinion: Opinion = ""


class Answer(Form):
    """The answer to one contested line: which of its facts are accepted, as which value, and why."""

    facts: dict[str, object] = Field(default_factory=dict)
    reason: Reason


class HandleForm(Form):
    """申辩处理: an answer to every contested indicator."""

    answers: dict[str, Answer]
    opinion: Opinion = ""


class UnfiledForm(Form):
    """逾期未报督办: score on what is there, or give more time in working days; with the reason."""

    decision: Literal["proceed", "extend"]
    days: Annotated[int, Field(ge=1, le=30)] = 5
    opinion: Reason


class LateForm(Form):
    """整改逾期督办: wait no longer, or give more time in days of the step's own kind; with the reason."""

    decision: Literal["proceed", "extend"]
    days: Annotated[int, Field(ge=1, le=60)] = 5
    opinion: Reason


class Measure(Form):
    """What is planned for one failed criterion: the measure, who answers for it, by which day."""

    measure: Reason
    responsible: Annotated[str, Field(min_length=1, max_length=100)]
    finish_on: dt.date


class PlanForm(Form):
    """整改方案: a measure for every failed criterion, by indicator."""

    items: dict[str, Measure]
    opinion: Opinion = ""


class ReportForm(Form):
    """整改报告: what was done about every failed criterion, by indicator; the proof is uploaded beside it."""

    items: dict[str, Reason]
    opinion: Opinion = ""


class Verdict(Form):
    """Whether one criterion's rectification passes; a failed one needs its reason."""

    passed: bool
    reason: Opinion = ""


class VerifyForm(Form):
    """整改验收: a verdict on every criterion; where one fails, whether another round or the end follows."""

    verdicts: dict[str, Verdict]
    then: Literal["", "again", "close"] = ""
    opinion: Opinion = ""


class ProofForm(Form):
    """登记送达: how and when a notice arrived, or that it is served again.

    `mail` is proven by the delivery record here; a receipt or an announcement by the scan named in `evidence`.
    """

    decision: Literal["served", "again"]
    manner: Literal["", "mail", "receipt", "announcement"] = ""
    arrived_on: dt.date | None = None
    evidence: int | None = None
    opinion: Opinion = ""


class StatementForm(Form):
    """陈述申辩 on a termination proposal: the party's statement; none means no objection."""

    statement: Opinion = ""


class TerminationForm(Form):
    """拟解除决定: a person's decision, with reasons; to end names the document by which the government decided."""

    decision: Literal["continue", "end"]
    basis: Annotated[str, Field(max_length=200)] = ""
    opinion: Reason


class PaymentForm(Form):
    """登记付款: an amount in CNY, the day in China on which it was paid, and the voucher; a note at will."""

    amount: Decimal
    paid_on: dt.date
    voucher: Annotated[str, Field(min_length=1, max_length=100)]
    opinion: Opinion = ""


class ReversalForm(Form):
    """冲销付款: why a recorded payment is taken back."""

    reason: Reason


def read_form(form_type: type[FormType], given: Mapping[str, object]) -> FormType:
    """Return a checked form; raise `FormRefused` naming every field that is wrong."""
    try:
        return form_type.model_validate(dict(given))
    except ValidationError as error:
        refusals = [
            Refusal(".".join(map(str, one["loc"])), _describe(one["type"], str(one["loc"][-1])))
            for one in error.errors()
        ]
        raise FormRefused(refusals) from None


def _describe(kind: str, field: str) -> Message:
    if kind in ("missing", "string_too_short"):
        return Message("{field}: must be filled in", field=field)
    if kind == "extra_forbidden":
        return Message("{field}: this form has no such field", field=field)
    if kind == "string_too_long":
        return Message("{field}: at most 4,000 characters", field=field)
    return Message("{field}: not a value that this field takes", field=field)


def check_facts(scorer: PartScorer, field: str, given: Mapping[str, object]) -> dict[str, Value]:
    """Return checked facts; raise `FormRefused` naming every fact that can't be right or isn't known here."""
    checked: dict[str, Value] = {}
    refusals: list[Refusal] = []
    for name, value in given.items():
        try:
            checked[name] = scorer.check_facts({name: value})[name]
        except FactRefused as error:
            refusals.append(Refusal(f"{field}.{name}", error.message))
    if refusals:
        raise FormRefused(refusals)
    return checked


def require_reasons(field: str, names: Sequence[str], reasons: Mapping[str, str]) -> None:
    """Refuse a change without its reason: 扣分须有依据."""
    missing = [name for name in names if not reasons.get(name, "").strip()]
    if missing:
        texts = [Refusal(f"{field}.{name}", Message("{field}: give the reason", field=name)) for name in missing]
        raise FormRefused(texts)
