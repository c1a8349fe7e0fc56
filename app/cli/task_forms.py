"""What a step's form holds, for a person who fills it in as a file: its fields, and a form to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.forms import (
    Form,
    HandleForm,
    JointLookForm,
    LateForm,
    OpinionForm,
    PlanForm,
    ProofForm,
    ReportForm,
    RepresentForm,
    ReviewForm,
    ScoreForm,
    StatementForm,
    SubmitForm,
    TerminationForm,
    UnfiledForm,
    VerifyForm,
)
from app.casework.paper_words import name_indicators
from app.casework.sheets import list_judged
from app.casework.work import get_part_scorer
from app.cli.words import _
from app.evidence.queries import list_latest_facts
from app.i18n import format_number
from app.scores.queries import find_sheet
from app.scoring.scorer import PartScorer
from app.submissions.queries import list_rectification_items
from app.tasks.models import Task

FORMS: dict[str, type[Form]] = {
    "submit": SubmitForm,
    "sign_submission": OpinionForm,
    "decide_unfiled": UnfiledForm,
    "check_completeness": OpinionForm,
    "review": ReviewForm,
    "score": ScoreForm,
    "joint_look": JointLookForm,
    "represent": RepresentForm,
    "handle_representation": HandleForm,
    "approve": OpinionForm,
    "second_sign": OpinionForm,
    "plan_rectification": PlanForm,
    "approve_plan": OpinionForm,
    "decide_late_plan": LateForm,
    "report_rectification": ReportForm,
    "decide_late_work": LateForm,
    "verify_rectification": VerifyForm,
    "receive_proposal": OpinionForm,
    "prove_proposal": ProofForm,
    "represent_termination": StatementForm,
    "decide_termination": TerminationForm,
    "receive_termination": OpinionForm,
    "prove_termination": ProofForm,
    "file_appeal": RepresentForm,
    "handle_appeal": HandleForm,
    "approve_appeal": OpinionForm,
    "confirm_settlement": OpinionForm,
    "sign_settlement": OpinionForm,
    "register_payment": OpinionForm,
}
FIELDS = {
    "facts": _("facts by name"),
    "note": _("a note for the reviewer"),
    "opinion": _("an opinion"),
    "notes": _("by fact: why it differs from what was filed"),
    "evidence": _("by indicator: numbers of the evidence it rests on; not named: all that stands there"),
    "scorers": _("numbers of the people who score; nobody named: everybody who holds the role"),
    "corrections": _("corrected facts and marks, by name"),
    "reasons": _("the reason of each of them, by name"),
    "agreed": _("the agreed value of every fact on which the scorers differ"),
    "contested": _("by indicator: reason, and facts as they should be; none: no objection"),
    "answers": _("by contested indicator: facts that are accepted, and the reason"),
    "decision": _("the decision"),
    "days": _("days, where more time is given"),
    "defer": _("by indicator to be deferred: the reason"),
    "made_up": _("in a fourth quarter, by earlier quarter and deferred indicator: the facts made up"),
    "deferrals": _("by indicator that the party asks to defer: granted (yes, no), and the reason"),
    "items": _("by failed criterion: what is planned (measure, responsible, finish_on), or what was done"),
    "verdicts": _("by failed criterion: passed (yes, no), and the reason"),
    "then": _("where one failed: again (another round) or close"),
    "manner": _("how the notice arrived: mail, receipt, announcement"),
    "arrived_on": _("the day on which it arrived"),
    "statement": _("the party's statement; none: no objection"),
    "basis": _("to end: the document that decided it"),
}
CHOICES = {
    "decide_unfiled": "proceed | extend",
    "decide_late_plan": "proceed | extend",
    "decide_late_work": "proceed | extend",
    "prove_proposal": "served | again",
    "prove_termination": "served | again",
    "decide_termination": "continue | end",
}
SCAN = _("number of the scan that proves it; “kaohe evidence add ID FILE” uploads it and prints its number")
"""What `evidence` holds where a notice's arrival is proven."""
INDENT = "  "
ITEM_LINES = {
    "plan_rectification": ("items", '{measure: "", responsible: "", finish_on: ""}'),
    "report_rectification": ("items", '""'),
    "verify_rectification": ("verdicts", '{passed: yes, reason: ""}'),
}
"""How a rectification's form begins: its group, and a criterion's line."""


def list_fields(step: str) -> list[tuple[str, bool, str]]:
    """Return a form's fields: name, whether it must be filled in, what it holds."""
    return [(name, field.is_required(), _describe(step, name)) for name, field in FORMS[step].model_fields.items()]


def _describe(step: str, name: str) -> str:
    if name == "decision":
        return CHOICES[step]
    return SCAN if name == "evidence" and FORMS[step] is ProofForm else FIELDS[name]


def get_scorer(case: Case) -> PartScorer:
    """Return the rubric part by which a case is scored."""
    return get_part_scorer(case.rubric, case.rubric_version, case.part)


def list_facts(scorer: PartScorer) -> dict[str, str]:
    """Return the facts that a part reads, with what they mean."""
    return {name: scorer.facts[name].label for name in scorer.list_fact_names() if name in scorer.facts}


def write_template(connection: Connection, task: Task, case: Case) -> Iterator[str]:
    """Yield the lines of a form to begin with, as YAML: what is known filled in, the rest to be completed."""
    scorer = get_scorer(case)
    if task.step == "submit":
        yield from _write_facts(scorer, {})
    elif task.step == "review":
        filed = list_latest_facts(connection, case.id, "filed")
        yield from _write_facts(scorer, {name: one.value for name, one in filed.items()})
    elif task.step == "score":
        yield from _write_group("corrections", list_judged(scorer))
        yield "reasons: {}"
    elif task.step in ("joint_look", "handle_representation", "handle_appeal"):
        yield from _write_sheet(connection, task.step, case)
    elif task.step in ("represent", "file_appeal"):
        yield "contested: {}"
    elif task.step in ITEM_LINES:
        yield from _write_items(connection, task.step, case)
    for name, is_required, holds in list_fields(task.step):
        if name == "decision" or (name == "opinion" and is_required):
            yield f"{name}:  # {holds}"


def _write_items(connection: Connection, step: str, case: Case) -> Iterator[str]:
    """Yield a line for every failed criterion of a rectification's round."""
    group, line = ITEM_LINES[step]
    names = name_indicators(get_scorer(case))
    yield f"{group}:"
    for item in list_rectification_items(connection, case.id):
        yield f"{INDENT}{item.indicator}: {line}  # {names[item.indicator]}"


def _write_facts(scorer: PartScorer, known: Mapping[str, object]) -> Iterator[str]:
    """Yield every fact with its name; one that isn't known is left open behind a comment sign."""
    yield "facts:"
    for name in scorer.list_fact_names():
        fact = scorer.facts.get(name)
        label = "" if fact is None else f"  # {fact.label}" + (f"（{fact.unit}）" if fact.unit else "")
        if name in known:
            yield f"{INDENT}{name}: {_write_value(known[name])}{label}"
        elif fact is not None:
            yield f"{INDENT}# {name}:{label}"


def _write_sheet(connection: Connection, step: str, case: Case) -> Iterator[str]:
    sheet = find_sheet(connection, case.id)
    if sheet is None:
        return
    if step == "joint_look":
        values = {**sheet.reviewed, **sheet.facts}
        yield from _write_group("agreed", {name: values.get(name, 0) for name in sheet.differing})
        yield from _write_group("reasons", dict.fromkeys(sheet.differing, ""))
        return
    yield "answers:"
    for code, line in sheet.contested.items():
        yield f"{INDENT}{code}:  # {line.get('reason', '')}"
        facts = line.get("facts", {})
        shown = [f"{name}: {_write_value(one)}" for name, one in facts.items()] if isinstance(facts, Mapping) else []
        yield f"{INDENT * 2}facts: {{{', '.join(shown)}}}"
        yield f'{INDENT * 2}reason: ""'


def _write_group(name: str, values: Mapping[str, object]) -> Iterator[str]:
    if not values:
        yield f"{name}: {{}}"
        return
    yield f"{name}:"
    for one, value in values.items():
        yield f"{INDENT}{one}: {_write_value(value)}"


def _write_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_number(value) if isinstance(value, int | Decimal) else f'"{value}"'
