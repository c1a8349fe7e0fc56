"""The intake of complaints and safety incidents (投诉与安全事故): recorded, answered, checked, counted by a review.

What is recorded costs nothing: the party is heard, and a second person finds it valid or unfounded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.audit.operations import record
from app.calendar.due_explained import pack_step_due
from app.cases.models import Case
from app.casework.forms import Form, FormRefused, Opinion, Reason, Refusal
from app.casework.notices import PARTY
from app.casework.work import Doer, explain_step, find_programme, get_part_scorer, make_contract_target
from app.clock import get_china_day
from app.contracts.models import Contract
from app.contracts.queries import get_contract, list_periods, lock_contract
from app.errors import Message
from app.evidence.operations import Received
from app.identity.queries import list_holders
from app.occurrences.models import LONGEST_SOURCE, Occurrence
from app.occurrences.operations import NewOccurrence, add_occurrence, set_answer, set_verdict
from app.occurrences.queries import get_occurrence, list_up_to, lock_occurrence
from app.outbox.operations import Outgoing, add
from app.permissions import Permission, require
from app.scoring.facts import Fact, Origin
from app.scoring.scorer import PartScorer

ANSWER = "occurrence_answer"
CHECKERS = ("reviewer", "supervisor", "verifier")
KINDS = {"valid_complaints": "投诉", "safety_incidents": "安全事故"}
"""What is recorded is called before anybody knows whether it is valid; a fact that isn't here goes by its label."""


class OccurrenceForm(Form):
    """登记: towards which special fact, when it happened, who told (without a complainant's name), what happened."""

    fact: str
    happened_on: dt.date
    source: Reason
    description: Reason


class CheckForm(Form):
    """核查: whether it is valid, with what was found."""

    valid: bool
    finding: Reason


class AnswerForm(Form):
    """服务商说明: the party's answer."""

    answer: Opinion


@dataclass(frozen=True, slots=True)
class Counted:
    """What the intake has for a period's review: by special fact what is valid; what is still unchecked."""

    valid: Mapping[str, tuple[Occurrence, ...]]
    unchecked: tuple[Occurrence, ...]


def has_intake(programme: str) -> bool:
    """Whether a programme keeps this register: it gives the party a time to answer."""
    return ANSWER in find_programme(programme).step_times


def list_kinds(connection: Connection, contract: Contract) -> dict[str, str]:
    """Return what can be recorded about a contract: names by the special fact that each counts towards."""
    if not has_intake(contract.programme):
        return {}
    first = list_periods(connection, contract.id)[0]
    facts = _list_facts(get_part_scorer(first.rubric, first.rubric_version, first.part))
    return {name: KINDS.get(name, fact.label) for name, fact in facts.items()}


def _list_facts(scorer: PartScorer) -> dict[str, Fact]:
    special = scorer.rubric.special_points
    groups = () if special is None else special.deductions
    named = [entry.fact for group in groups for entry in group.entries]
    return {name: scorer.facts[name] for name in named if scorer.facts[name].origin is Origin.REGISTER}


def record_occurrence(
    connection: Connection, doer: Doer, contract_id: int, form: OccurrenceForm, file: Received | None, now: dt.datetime
) -> Occurrence:
    """Record a complaint or safety incident; the party is told and may answer. `FormRefused` names what can't be."""
    contract = lock_contract(connection, contract_id)
    require(doer.viewer, Permission.RECORD_OCCURRENCE, make_contract_target(contract))
    _check_new(connection, contract, form, now)
    due = explain_step(contract.programme, ANSWER, get_china_day(now))
    new = NewOccurrence(form.fact, form.happened_on, form.source, form.description, file)
    made = get_occurrence(connection, add_occurrence(connection, contract.id, new, doer.id, due.due, now))
    details = {"number": made.number, "fact": made.fact, "happened_on": str(made.happened_on)}
    record(connection, name_chain(contract), doer.actor, "occurrence_recorded", details, now)
    _tell(connection, contract, made, PARTY, "occurrence_recorded", {"due": pack_step_due(due)}, now)
    return made


def answer_occurrence(
    connection: Connection, doer: Doer, occurrence_id: int, form: AnswerForm, file: Received | None, now: dt.datetime
) -> Occurrence:
    """Take the party's answer, as often as it likes until the check is over; the newest stands, all are on record."""
    found, contract = _take_up(connection, doer, occurrence_id, Permission.ANSWER_OCCURRENCE)
    if not form.answer:
        raise FormRefused([Refusal("answer", Message("write what you have to say on it"))])
    set_answer(connection, found.id, form.answer, file, doer.id, now)
    details = {"number": found.number, "answer": form.answer, "file": "" if file is None else file.stored.sha256}
    record(connection, name_chain(contract), doer.actor, "occurrence_answered", details, now)
    if found.answered_at is None:
        _tell(connection, contract, found, CHECKERS, "occurrence_answered", {"answer": form.answer}, now)
    return get_occurrence(connection, found.id)


def check_occurrence(
    connection: Connection, doer: Doer, occurrence_id: int, form: CheckForm, now: dt.datetime
) -> Occurrence:
    """Find an occurrence valid or unfounded, once, by somebody who didn't record it, after the party was heard."""
    found, contract = _take_up(connection, doer, occurrence_id, Permission.CHECK_OCCURRENCE)
    if found.recorded_by == doer.id:
        raise FormRefused([Refusal("valid", Message("whoever recorded it can't check it"))])
    if not found.can_be_checked(now):
        text = Message("the party may still answer, until the end of {day}", day=get_china_day(found.answer_due))
        raise FormRefused([Refusal("valid", text)])
    verdict = "valid" if form.valid else "unfounded"
    set_verdict(connection, found.id, verdict, form.finding, doer.id, now)
    details = {"number": found.number, "verdict": verdict, "finding": form.finding}
    record(connection, name_chain(contract), doer.actor, "occurrence_checked", details, now)
    payload = {"valid": form.valid, "finding": form.finding}
    _tell(connection, contract, found, PARTY, "occurrence_checked", payload, now)
    return get_occurrence(connection, found.id)


def read_counted(connection: Connection, case: Case) -> Counted:
    """Return what the review of a case's period counts: found valid, not later than its last day, counted by no other.

    What is found valid after its own quarter's review counts in the next one's.
    """
    if not has_intake(case.programme):
        return Counted({}, ())
    found = list_up_to(connection, case.contract_id, case.period, case.id)
    kinds = _list_facts(get_part_scorer(case.rubric, case.rubric_version, case.part))
    valid = {name: tuple(one for one in found if one.fact == name and one.verdict == "valid") for name in kinds}
    return Counted(valid, tuple(one for one in found if not one.is_checked))


def count_valid(counted: Counted) -> dict[str, int]:
    """Return how many of each kind count, as values of their special facts."""
    return {name: len(ones) for name, ones in counted.valid.items()}


def cite(counted: Counted) -> dict[str, str]:
    """Return the note that names what was counted, by special fact."""
    return {
        name: "投诉与安全事故台账第" + "、".join(str(one.number) for one in ones) + "号，经核查属实"
        for name, ones in counted.valid.items()
        if ones
    }


def name_chain(contract: Contract) -> str:
    """Return the audit chain of what concerns a contract as a whole."""
    return f"contract:{contract.id}"


def _take_up(
    connection: Connection, doer: Doer, occurrence_id: int, permission: Permission
) -> tuple[Occurrence, Contract]:
    contract = get_contract(connection, get_occurrence(connection, occurrence_id).contract_id)
    require(doer.viewer, permission, make_contract_target(contract))
    found = lock_occurrence(connection, occurrence_id)
    if found.is_checked:
        raise FormRefused([Refusal("valid", Message("the check of this occurrence is over"))])
    return found, contract


def _check_new(connection: Connection, contract: Contract, form: OccurrenceForm, now: dt.datetime) -> None:
    refusals, periods = [], list_periods(connection, contract.id)
    if form.fact not in list_kinds(connection, contract):
        refusals.append(Refusal("fact", Message("this contract's assessment doesn't count such occurrences")))
    if contract.state in ("terminated", "settled"):
        refusals.append(Refusal("fact", Message("this contract is over")))
    if not periods[0].start <= form.happened_on <= min(periods[-1].end, get_china_day(now)):
        refusals.append(Refusal("happened_on", Message("the day lies within the contract's term, and not ahead")))
    if len(form.source) > LONGEST_SOURCE:
        refusals.append(Refusal("source", Message("at most {most} characters", most=LONGEST_SOURCE)))
    if refusals:
        raise FormRefused(refusals)


def _tell(
    connection: Connection,
    contract: Contract,
    found: Occurrence,
    roles: Iterable[str],
    template: str,
    payload: Mapping[str, object],
    now: dt.datetime,
) -> None:
    """Write to everybody who holds one of the roles, once each."""
    kinds = list_kinds(connection, contract)
    about = {
        "occurrence_id": found.id,
        "number": found.number,
        "kind": kinds.get(found.fact, found.fact),
        "happened_on": str(found.happened_on),
        "description": found.description,
        "contract": contract.name,
        "programme": find_programme(contract.programme).name,
    }
    people: dict[int, None] = {}
    for role in roles:
        place = contract.vendor_id if role in PARTY else contract.authority_id
        people |= dict.fromkeys(
            one.id for one in list_holders(connection, role, place, contract.programme, get_china_day(now))
        )
    messages = [
        Outgoing(f"{template}:{found.id}:{person}", "notice", person, template, {**about, **payload})
        for person in people
    ]
    add(connection, messages, now)
