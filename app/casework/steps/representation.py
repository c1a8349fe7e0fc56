"""The party's answer to the draft result, and its hearing by someone else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.calendar.due_explained import pack_step_due
from app.casework.accounts import read_account
from app.casework.forms import FormRefused, HandleForm, Refusal, RepresentForm, check_facts, read_form
from app.casework.notices import notify
from app.casework.services.results import preview_quarter, write_points
from app.casework.sheets import require_sheet, write_sheet
from app.casework.work import Outcome, Work
from app.errors import Message, find_nearest
from app.scoring.facts import Value


def represent(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the contested lines with their reasons; none contested means no objection."""
    form, sheet = read_form(RepresentForm, given), require_sheet(work)
    _require_known(work, list(form.contested))
    contested = {}
    for code, line in form.contested.items():
        facts = check_facts(work.scorer, f"contested.{code}.facts", line.facts)
        _require_read(work, code, f"contested.{code}.facts", facts)
        contested[code] = {"reason": line.reason, "facts": facts}
    if contested:
        write_sheet(work, sheet, contested=contested)
        payload = {"contested": list_names(work, contested), "due": pack_step_due(work.explain_due(HANDLING))}
        notify(work, ["appeal_handler"], "representation_received", sheet.number, payload)
    work.audit("represented", contested=list(contested))
    decision = "contested" if contested else "no_objection"
    return Outcome({"represented": bool(contested)}, decision, form.opinion)


def handle_representation(work: Work, given: Mapping[str, object]) -> Outcome:
    """Answer every contested line; accepted facts are laid over the settled ones, and no indicator is worse for it."""
    form, sheet = read_form(HandleForm, given), require_sheet(work)
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
    before = read_account(work.connection, work.contract)
    account = preview_quarter(work, before, {"facts": sheet.facts, "accepted": accepted})
    answers = {code: answer.reason for code, answer in form.answers.items()}
    write_points(work, sheet, account, accepted=accepted, answers=answers)
    work.audit("representation_handled", accepted=list(accepted), answers=len(answers))
    return Outcome(decision="accepted" if accepted else "refused", opinion=form.opinion)


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


def list_names(work: Work, codes: Iterable[str]) -> list[str]:
    """Return the names of indicators, as letters tell them."""
    names = {indicator.code: indicator.name for _section, indicator in work.scorer.part.list_indicators()}
    return [names.get(code, "特殊分") for code in codes]


HANDLING = "representation_handling"
SPECIAL = "special"
"""The line of special points (特殊分), contested like an indicator."""
