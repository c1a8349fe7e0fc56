"""Scorers, blind to each other, and the joint look where they differ."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.forms import (
    FormRefused,
    JointLookForm,
    Refusal,
    ScoreForm,
    check_facts,
    read_form,
    require_reasons,
)
from app.casework.proof import find_proof
from app.casework.sheets import list_judged, open_draft, write_sheet
from app.casework.work import Outcome, Work
from app.errors import Message
from app.scores.operations import record_finding


def score(work: Work, given: Mapping[str, object]) -> Outcome:
    """Record what one scorer corrects and marks; each correction and each mark below the base points has its reason."""
    form = read_form(ScoreForm, given)
    corrections = check_facts(work.scorer, "corrections", form.corrections)
    judged = list_judged(work.scorer)
    full_marks = {code for code, full in judged.items() if corrections.get(code) == full}
    require_reasons("reasons", [name for name in corrections if name not in full_marks], form.reasons)
    unmarked = [code for code in judged if code not in corrections]
    if unmarked:
        template = "{field}: give the mark"
        raise FormRefused([Refusal(f"corrections.{code}", Message(template, field=code)) for code in unmarked])
    case, reasons = work.case, {name: form.reasons[name] for name in corrections if name in form.reasons}
    proof = find_proof(work, form.evidence) if corrections else {}
    evidence = {name: list(proof.get(name, ())) for name in corrections}
    record_finding(work.connection, case.id, work.round, work.person.id, corrections, reasons, evidence, work.now)
    work.audit("scored", corrections=len(corrections))
    return Outcome(decision="corrected" if corrections else "confirmed", opinion=form.opinion)


def joint_look(work: Work, given: Mapping[str, object]) -> Outcome:
    """Settle the facts on which the scorers differ, and only those, with reasons (合议)."""
    form, sheet = read_form(JointLookForm, given), open_draft(work)
    if work.person.id not in {one.scorer_id for one in work.findings}:
        raise FormRefused([Refusal("agreed", Message("the joint look is held by those who scored the case"))])
    agreed = check_facts(work.scorer, "agreed", form.agreed)
    strange = [name for name in agreed if name not in sheet.differing]
    if strange:
        template = "{field}: the scorers see this alike; it isn't open here"
        raise FormRefused([Refusal(f"agreed.{name}", Message(template, field=name)) for name in strange])
    missing = [name for name in sheet.differing if name not in agreed]
    if missing:
        template = "{field}: must be filled in"
        raise FormRefused([Refusal(f"agreed.{name}", Message(template, field=name)) for name in missing])
    require_reasons("reasons", list(agreed), form.reasons)
    write_sheet(work, sheet, agreed=agreed, reasons=form.reasons)
    work.audit("agreed", facts=list(agreed))
    return Outcome(decision="agreed", opinion=form.opinion)
