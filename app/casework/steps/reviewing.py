"""The authority's reviewer: completeness, then the facts one by one and who scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.casework.deferral import review_deferrals
from app.casework.exclusions import SIGNING, find_exclusion
from app.casework.forms import FormRefused, OpinionForm, Refusal, ReviewForm, check_facts, read_form
from app.casework.intake import Counted, cite, count_valid, read_counted
from app.casework.proof import find_proof
from app.casework.work import Outcome, Work
from app.errors import Message
from app.evidence.operations import EnteredFact, enter_facts
from app.evidence.queries import list_latest_facts
from app.identity.queries import list_holders
from app.occurrences.operations import mark_counted
from app.scoring.facts import Value
from app.submissions.operations import receive_submission


def check_completeness(work: Work, given: Mapping[str, object]) -> Outcome:
    """Find the filing complete; an incomplete one is returned with reasons instead (退回)."""
    form = read_form(OpinionForm, given)
    return Outcome(decision="complete", opinion=form.opinion)


def review(work: Work, given: Mapping[str, object]) -> Outcome:
    """Enter the facts as reviewed, all of them, with a note where one differs from what was filed; name the scorers."""
    form, counted = read_form(ReviewForm, given), read_counted(work.connection, work.case)
    by_intake = {name: count for name, count in count_valid(counted).items() if count}
    facts = {**by_intake, **check_facts(work.scorer, "facts", form.facts)}
    _require_complete(work, facts)
    _require_notes(work, facts, counted, form)
    review_deferrals(work, form)
    scorers = _find_scorers(work, form.scorers)
    proof = find_proof(work, form.evidence)
    notes = {**cite(counted), **form.notes}
    entered = {name: EnteredFact(value, notes.get(name, ""), proof.get(name, ())) for name, value in facts.items()}
    enter_facts(work.connection, work.person.actor, work.case.id, work.round, "reviewed", entered, work.now)
    mark_counted(work.connection, [one.id for ones in counted.valid.values() for one in ones], work.case.id)
    receive_submission(work.connection, work.case.id, "accepted")
    work.audit("reviewed", facts=len(facts), scorers=list(scorers))
    return Outcome({"scorers": [str(one) for one in scorers]}, "passed", form.opinion)


def _require_complete(work: Work, facts: Mapping[str, Value]) -> None:
    """Refuse a review that leaves a fact open: a fact that is missing is not zero."""
    missing = work.scorer.score({**dict.fromkeys(work.scorer.special_facts, 0), **facts}).missing
    if missing:
        raise FormRefused([Refusal(f"facts.{name}", _name_missing(work, name)) for name in missing])


def _name_missing(work: Work, name: str) -> Message:
    return Message("{field}: must be filled in", field=_get_label(work, name))


def _get_label(work: Work, name: str) -> str:
    fact = work.scorer.facts.get(name)
    return name if fact is None else fact.label


def _require_notes(work: Work, facts: Mapping[str, Value], counted: Counted, form: ReviewForm) -> None:
    """Refuse a value that the party didn't file, or special points, without the reason (rules.md, §2).

    Complaints and safety incidents as their intake counts them need none: the check gave it.
    """
    filed = {name: one.value for name, one in list_latest_facts(work.connection, work.case.id, "filed").items()}
    by_intake, refusals = count_valid(counted), []
    for name, value in facts.items():
        if name in by_intake:
            ask = _ask_difference(work, name, value, by_intake[name])
        else:
            ask = _ask_reason(work, name, value, filed, form)
        if ask and not form.notes.get(name, "").strip():
            refusals.append(Refusal(f"notes.{name}", ask))
    if refusals:
        raise FormRefused(refusals)


def _ask_difference(work: Work, name: str, value: Value, counted: int) -> Message | None:
    """Return what asks for the reason of a number that isn't the intake's."""
    if value == counted:
        return None
    template = "{field}: {count} are checked and valid in the intake; give the reason for another number"
    return Message(template, field=_get_label(work, name), count=counted)


def _ask_reason(work: Work, name: str, value: Value, filed: Mapping[str, object], form: ReviewForm) -> Message | None:
    """Return what asks for a value's reason, None where it needs none of its own."""
    label = _get_label(work, name)
    if name in work.scorer.special_facts:
        return Message("{field}: special points need their reason", field=label) if value else None
    if name in filed:
        is_same = filed[name] == value
        return None if is_same else Message("{field}: differs from what was filed; give the reason", field=label)
    if form.opinion.strip():
        return None
    template = "{field}: wasn't filed; give the reason here, or once for all of them in your opinion"
    return Message(template, field=label)


def _find_scorers(work: Work, named: Sequence[int]) -> list[int]:
    """Return who scores: those named, else everybody who holds the role and isn't excluded on this case."""
    case = work.case
    people = list_holders(work.connection, "scorer", case.authority_id, case.programme, work.today)
    done = work.done
    free = [person.id for person in people if find_exclusion("score", person.id, done) is None]
    signed = {person for person, step in done if step in SIGNING}
    strangers = [one for one in named if one not in free or one in signed]
    if strangers:
        raise FormRefused([Refusal("scorers", Message("not everybody named here may score this case"))])
    chosen = list(dict.fromkeys(named)) or free
    if not chosen:
        raise FormRefused([Refusal("scorers", Message("nobody holds the role of scorer who may score this case"))])
    return chosen
