"""What people type into a step's form: flat fields of a page to the values that the step takes, and back.

Fields are named as refusals name them: `facts.mentors`, `reasons.mentors`, `contested.mentoring.reason`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from werkzeug.datastructures import MultiDict

from app.i18n import format_number
from app.scores.models import SheetRow
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer

Flat = Mapping[str, str]
NOT_OURS = frozenset({"csrf_token", "next"})
YES, NO = "yes", "no"
MOST_DIGITS = 30


def read_posted(posted: MultiDict[str, str]) -> dict[str, str]:
    """Return a page's fields as text; of several with one name (ticked boxes) all, with commas."""
    return {name: ",".join(posted.getlist(name)) for name in posted if name not in NOT_OURS}


def show_value(value: object) -> str:
    """Return a value as a field shows it."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | Decimal):
        return format_number(value)
    return "" if value is None else str(value)


def parse_value(text: str) -> object:
    """Return what a text means: yes, no, a number, else the text itself, which the check of its fact refuses by name.

    Full-width digits and separators of thousands are read as people mean them.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if plain in (YES, NO):
        return plain == YES
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text.strip()
    if not number.is_finite() or len(plain) > MOST_DIGITS:
        return text.strip()
    return int(number) if number == number.to_integral_value() else number


def pick(flat: Flat, group: str) -> dict[str, str]:
    """Return the filled fields of a group by their names below it."""
    start = f"{group}."
    return {name.removeprefix(start): text for name, text in flat.items() if name.startswith(start) and text.strip()}


def pick_values(flat: Flat, group: str) -> dict[str, object]:
    """Return a group's filled fields as values."""
    return {name: parse_value(text) for name, text in pick(flat, group).items()}


@dataclass(frozen=True, slots=True)
class Known:
    """What a step's form is read against: the bound part, reviewed values, the sheet."""

    scorer: PartScorer
    reviewed: Mapping[str, Value]
    sheet: SheetRow | None


def shape_form(step: str, flat: Flat, known: Known) -> dict[str, object]:
    """Return a page's fields as the form that the step takes (`casework.forms`)."""
    shape = SHAPES.get(step)
    opinion: dict[str, object] = {"opinion": flat.get("opinion", "")}
    return opinion if shape is None else shape(flat, known, opinion)


def _shape_submit(flat: Flat, _known: Known, _opinion: dict[str, object]) -> dict[str, object]:
    asked = [name for name, text in pick(flat, "defer").items() if "." not in name and text == YES]
    defer = {code: flat.get(f"defer.{code}.reason", "") for code in asked}
    return {
        "facts": pick_values(flat, "facts"),
        "note": flat.get("note", ""),
        "defer": defer,
        "made_up": pick_made_up(flat),
    }


def pick_made_up(flat: Flat) -> dict[str, dict[str, dict[str, object]]]:
    """Return what was made up for deferred indicators, by earlier quarter, indicator and fact."""
    made_up: dict[str, dict[str, dict[str, object]]] = {}
    for name, value in pick_values(flat, "made_up").items():
        quarter, code, fact = name.split(".", 2)
        made_up.setdefault(quarter, {}).setdefault(code, {})[fact] = value
    return made_up


def _shape_review(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    named = [int(one) for one in flat.get("scorers", "").split(",") if one.strip().isdecimal()]
    facts, notes = pick_values(flat, "facts"), pick(flat, "notes")
    return {
        "facts": facts,
        "notes": notes,
        "evidence": _pick_evidence(flat),
        "scorers": tuple(named),
        "deferrals": _pick_lines(flat, "deferrals", "granted", "reason"),
        "made_up": pick_made_up(flat),
        **opinion,
    }


def _shape_score(flat: Flat, known: Known, opinion: dict[str, object]) -> dict[str, object]:
    typed = pick_values(flat, "corrections")
    changed = {name: value for name, value in typed.items() if not _is_same(known.reviewed.get(name), value)}
    evidence = _pick_evidence(flat)
    return {"corrections": changed, "reasons": pick(flat, "reasons"), "evidence": evidence, **opinion}


def _pick_evidence(flat: Flat) -> dict[str, tuple[int, ...]]:
    """Return the ticked evidence by indicator; an indicator whose boxes are all empty has none."""
    boxes = {name.removeprefix("evidence."): text for name, text in flat.items() if name.startswith("evidence.")}
    return {code: tuple(int(one) for one in text.split(",") if one.isdecimal()) for code, text in boxes.items()}


def _shape_joint_look(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    return {"agreed": pick_values(flat, "agreed"), "reasons": pick(flat, "reasons"), **opinion}


def _shape_represent(flat: Flat, known: Known, opinion: dict[str, object]) -> dict[str, object]:
    settled: Mapping[str, object] = {} if known.sheet is None else known.sheet.facts
    contested: dict[str, object] = {}
    for code in [name for name, text in pick(flat, "contested").items() if "." not in name and text == YES]:
        typed = pick_values(flat, f"contested.{code}.facts")
        changed = {name: value for name, value in typed.items() if not _is_same(settled.get(name), value)}
        contested[code] = {"reason": flat.get(f"contested.{code}.reason", ""), "facts": changed}
    return {"contested": contested, **opinion}


def _shape_handle(flat: Flat, known: Known, opinion: dict[str, object]) -> dict[str, object]:
    lines = () if known.sheet is None else tuple(known.sheet.contested)
    answers: dict[str, object] = {}
    for code in lines:
        accepts = flat.get(f"answers.{code}.accept", "")
        if accepts in (YES, NO):
            facts = pick_values(flat, f"answers.{code}.facts") if accepts == YES else {}
            answers[code] = {"facts": facts, "reason": flat.get(f"answers.{code}.reason", "")}
    return {"answers": answers, **opinion}


def _shape_unfiled(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    days = parse_value(flat.get("days", "5"))
    return {"decision": flat.get("decision", ""), "days": days, **opinion}


def _pick_lines(flat: Flat, group: str, *names: str) -> dict[str, dict[str, object]]:
    """Return the lines of a group by indicator, each with its named fields; yes and no as such."""
    lines: dict[str, dict[str, object]] = {}
    for name, text in pick(flat, group).items():
        code, _dot, field = name.rpartition(".")
        if code and field in names:
            lines.setdefault(code, {})[field] = text == YES if text in (YES, NO) else text
    return lines


def _shape_plan(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    return {"items": _pick_lines(flat, "items", "measure", "responsible", "finish_on"), **opinion}


def _shape_report(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    return {"items": pick(flat, "items"), **opinion}


def _shape_verify(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    verdicts = _pick_lines(flat, "verdicts", "passed", "reason")
    return {"verdicts": verdicts, "then": flat.get("then", ""), **opinion}


def _shape_proof(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    named = flat.get("evidence", "")
    return {
        "decision": flat.get("decision", ""),
        "manner": flat.get("manner", ""),
        "arrived_on": flat.get("arrived_on") or None,
        "evidence": int(named) if named.isdecimal() else None,
        **opinion,
    }


def _shape_statement(flat: Flat, _known: Known, _opinion: dict[str, object]) -> dict[str, object]:
    return {"statement": flat.get("statement", "")}


def _shape_termination(flat: Flat, _known: Known, opinion: dict[str, object]) -> dict[str, object]:
    return {"decision": flat.get("decision", ""), "basis": flat.get("basis", ""), **opinion}


Shape = Callable[[Flat, Known, dict[str, object]], dict[str, object]]
SHAPES: dict[str, Shape] = {
    "submit": _shape_submit,
    "review": _shape_review,
    "score": _shape_score,
    "joint_look": _shape_joint_look,
    "represent": _shape_represent,
    "handle_representation": _shape_handle,
    "decide_unfiled": _shape_unfiled,
    "decide_late_plan": _shape_unfiled,
    "decide_late_work": _shape_unfiled,
    "plan_rectification": _shape_plan,
    "report_rectification": _shape_report,
    "verify_rectification": _shape_verify,
    "prove_proposal": _shape_proof,
    "prove_termination": _shape_proof,
    "represent_termination": _shape_statement,
    "decide_termination": _shape_termination,
    "file_appeal": _shape_represent,
    "handle_appeal": _shape_handle,
}


def _is_same(known: object, typed: object) -> bool:
    """Whether a typed value is the known one; yes is not 1."""
    return known is not None and isinstance(known, bool) == isinstance(typed, bool) and known == typed
