"""What the page of a task is made from: the case as its reader may see it, and the form as far as it is filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import find_case, list_doers
from app.casework.accounts import name_before
from app.casework.estimate import Estimate, estimate
from app.casework.exclusions import find_exclusion
from app.casework.intake import Counted, count_valid, read_counted
from app.casework.preview import Odometer, preview_approval
from app.casework.return_case import list_targets
from app.casework.sheets import SPECIAL
from app.casework.work import get_part_scorer, make_task_target
from app.errors import Message
from app.evidence.queries import list_latest_facts
from app.identity.queries import list_holders
from app.permissions import Permission, Viewer, may
from app.scores.models import SheetRow
from app.scores.queries import find_own_finding, find_sheet, list_findings
from app.scoring.facts import FactRefused, Value
from app.scoring.scorer import PartScorer
from app.scoring.special import SpecialGroup
from app.submissions.models import MadeUp
from app.tasks.models import Draft, Task
from app.tasks.queries import find_draft
from app.web.case_page import CasePage, read_case_page
from app.web.following import FollowingView, read_following
from app.web.periods import show_quarter
from app.web.task_values import YES, Flat, Known, parse_value, pick, show_value

WITH_FACTS = ("submit", "review", "score")
ANSWERING = ("represent", "handle_representation", "file_appeal", "handle_appeal")
GROUP_OF_STEP = {"submit": "facts", "review": "facts", "score": "corrections"}


@dataclass(frozen=True, slots=True)
class ScorerView:
    """Somebody who may score, or may not, with the reason."""

    id: int
    name: str
    excluded: Message | None


@dataclass(frozen=True, slots=True)
class SeenView:
    """How one scorer sees a fact on which they differ."""

    who: str
    value: object
    reason: str

    @property
    def typed(self) -> str:
        """The value as its field would show it."""
        return show_value(self.value)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Everything that a task's page shows. `values`: fields by name as text; `wrong`: what is wrong with them."""

    task: Task
    page: CasePage
    scorer: PartScorer
    values: Flat
    wrong: Mapping[str, Message]
    draft: Draft | None
    filed: Mapping[str, Value]
    reviewed: Mapping[str, Value]
    earlier: Mapping[str, Value]
    estimate: Estimate | None
    scorers: tuple[ScorerView, ...]
    targets: tuple[str, ...]
    seen: Mapping[str, tuple[SeenView, ...]]
    odometer: Odometer | None
    specials: tuple[SpecialGroup, ...]
    may_work: bool
    more: FollowingView
    counted: Counted

    def find_label(self, name: str) -> str:
        """Return what a fact or a judged indicator is called."""
        fact = self.scorer.facts.get(name)
        if fact is not None:
            return fact.label
        return next((one.name for _section, one in self.scorer.part.list_indicators() if one.code == name), name)

    def list_gauge_parts(self) -> list[tuple[str, Decimal]]:
        """Return the points deducted so far by quarter in words, for the gauge."""
        return [] if self.odometer is None else [(show_quarter(code), lost) for code, lost in self.odometer.quarters]

    def find_indicator(self, name: str) -> str:
        """Return what the indicator is called that reads a fact, empty for special points."""
        lines = ((line.name, line.code) for _section, line in self.scorer.part.list_indicators())
        return next((words for words, code in lines if name in self.scorer.reads.get(code, ())), "")

    def find_unit(self, name: str) -> str:
        """Return a fact's unit."""
        fact = self.scorer.facts.get(name)
        return "" if fact is None else fact.unit

    def is_yes_no(self, name: str) -> bool:
        """Whether a fact is answered with yes or no."""
        fact = self.scorer.facts.get(name)
        return fact is not None and fact.type.value == "yes_no"

    def count_changed(self) -> int:
        """Return how many reviewed values a scorer's form corrects."""
        typed = pick(self.values, "corrections")
        return sum(show_value(self.reviewed.get(name)) != text for name, text in typed.items())


def read_task_page(
    connection: Connection,
    task: Task,
    case: Case,
    viewer: Viewer,
    now: dt.datetime,
    posted: Flat | None = None,
    wrong: Mapping[str, Message] | None = None,
) -> TaskPage:
    """Return a task's page: fields as posted, else as in the reader's draft, else from what is on record."""
    page = read_case_page(connection, case, viewer, now)
    scorer = get_part_scorer(case.rubric, case.rubric_version, case.part)
    draft = find_draft(connection, task.id, viewer.person_id)
    unnamed: dict[str, Value] = dict.fromkeys(scorer.special_facts, 0)
    filed, reviewed = _read_facts(connection, case.id, "filed"), _read_reviewed(connection, case.id, scorer)
    sheet = find_sheet(connection, case.id)
    more = read_following(connection, case, now)
    recorded = _Recorded(connection, task, case, viewer, filed, reviewed, sheet, more)
    values = {**recorded.fill(), **_get_typed(draft, posted)}
    if task.step in ("submit", "review") and posted is None:
        values = {**_name("facts", unnamed), **values}
    proven = {row.code for row in page.sheet.rows if row.evidence}
    can_return = may(viewer, Permission.RETURN_CASE, recorded.target)
    return TaskPage(
        task=task,
        page=page,
        scorer=scorer,
        values=values,
        wrong=wrong or {},
        draft=draft if posted is None else None,
        filed=filed,
        reviewed=reviewed,
        earlier=_read_earlier(connection, case),
        estimate=make_estimate(scorer, task.step, values, proven) if task.step in WITH_FACTS else None,
        scorers=tuple(list_scorers(connection, case, now)) if task.step == "review" else (),
        targets=list_targets(connection, case.instance_id, task.engine_id) if can_return else (),
        seen=list_seen(connection, case, page, sheet) if task.step == "joint_look" else {},
        odometer=preview_approval(connection, case, sheet) if task.step in SIGNING and sheet is not None else None,
        specials=list_special_groups(scorer),
        may_work=may(viewer, Permission.WORK_ON_TASK, recorded.target),
        more=more,
        counted=recorded.counted,
    )


SIGNING = ("approve", "second_sign")


def _get_typed(draft: Draft | None, posted: Flat | None) -> dict[str, str]:
    if posted is not None:
        return dict(posted)
    return {} if draft is None else {name: str(text) for name, text in draft.form.items()}


def _read_facts(connection: Connection, case_id: int, stage: str) -> dict[str, Value]:
    return {name: one.value for name, one in list_latest_facts(connection, case_id, stage).items()}


def _read_reviewed(connection: Connection, case_id: int, scorer: PartScorer) -> dict[str, Value]:
    """Return the reviewed facts, special ones that nobody named counting 0; nothing before the review."""
    found = _read_facts(connection, case_id, "reviewed")
    return {**dict.fromkeys(scorer.special_facts, 0), **found} if found else {}


def _read_earlier(connection: Connection, case: Case) -> dict[str, Value]:
    """Return the reviewed values of the quarter before: last time's answer at hand."""
    before = name_before(case.period)
    found = None if before is None else find_case(connection, case.process, case.contract_id, before)
    return {} if found is None else _read_facts(connection, found.id, "reviewed")


def make_estimate(scorer: PartScorer, step: str, values: Flat, proven: set[str]) -> Estimate:
    """Return what the fields as typed would score; a value that can't be right counts as missing."""
    checked: dict[str, Value] = {}
    for name, text in pick(values, GROUP_OF_STEP[step]).items():
        try:
            checked[name] = scorer.check_facts({name: parse_value(text)})[name]
        except FactRefused:
            continue
    return estimate(scorer, checked, proven)


def list_scorers(connection: Connection, case: Case, now: dt.datetime) -> list[ScorerView]:
    """Return who holds the role of scorer, those who may not score this case with the reason."""
    on = now.date()
    done = list_doers(connection, case.id, case.parent_id)
    people = list_holders(connection, "scorer", case.authority_id, case.programme, on)
    return [ScorerView(one.id, one.name, find_exclusion("score", one.id, done)) for one in people]


def list_special_groups(scorer: PartScorer) -> tuple[SpecialGroup, ...]:
    """Return a programme's kinds of special points, deductions first; none where it has none."""
    special = scorer.rubric.special_points
    return () if special is None else (*special.deductions, *special.additions)


def list_seen(
    connection: Connection, case: Case, page: CasePage, sheet: SheetRow | None
) -> dict[str, tuple[SeenView, ...]]:
    """Return how each scorer sees the facts on which they differ."""
    if sheet is None:
        return {}
    found, names = list_findings(connection, case.id), {}
    for view, one in zip(page.findings, found, strict=False):
        names[one.scorer_id] = view.who
    return {
        name: tuple(
            SeenView(
                names.get(one.scorer_id, ""),
                one.corrections.get(name, sheet.reviewed.get(name)),
                one.reasons.get(name, ""),
            )
            for one in found
        )
        for name in sheet.differing
    }


class _Recorded:
    """Fills a form from what is on record: what was filed, reviewed, found last time, settled, contested."""

    def __init__(
        self,
        connection: Connection,
        task: Task,
        case: Case,
        viewer: Viewer,
        filed: Mapping[str, Value],
        reviewed: Mapping[str, Value],
        sheet: SheetRow | None,
        more: FollowingView,
    ) -> None:
        self.connection, self.task, self.case, self.viewer = connection, task, case, viewer
        self.filed, self.reviewed, self.sheet, self.more = filed, reviewed, sheet, more
        self.target = make_task_target(task, case)
        self.counted = read_counted(connection, case) if task.step == "review" else Counted({}, ())

    def fill(self) -> dict[str, str]:
        """Return the fields of the task's step."""
        filler = {
            "submit": self._fill_submit,
            "review": self._fill_review,
            "score": self._fill_score,
            "represent": self._fill_represent,
            "handle_representation": self._fill_handle,
            "file_appeal": self._fill_represent,
            "handle_appeal": self._fill_handle,
            "plan_rectification": self._fill_plan,
            "report_rectification": self._fill_report,
            "register_payment": self._fill_payment,
        }.get(self.task.step)
        return {} if filler is None else filler()

    def _fill_submit(self) -> dict[str, str]:
        filled = _name("facts", self.filed)
        filed = self.more.filed
        for code, reason in ({} if filed is None else filed.defer).items():
            filled |= {f"defer.{code}": YES, f"defer.{code}.reason": reason}
        return {**filled, **_name_made_up({} if filed is None else filed.made_up)}

    def _fill_plan(self) -> dict[str, str]:
        filled: dict[str, str] = {}
        for one in self.more.latest:
            values = {"measure": one.measure, "responsible": one.responsible, "finish_on": one.finish_on}
            filled |= _name(f"items.{one.indicator}", {name: text for name, text in values.items() if text})
        return filled

    def _fill_report(self) -> dict[str, str]:
        return {f"items.{one.indicator}": one.report for one in self.more.latest if one.report}

    def _fill_payment(self) -> dict[str, str]:
        settlement = self.more.settlement
        return {"amount": f"{settlement.owed.open:,.2f}"} if settlement is not None and settlement.owed.open else {}

    def _fill_review(self) -> dict[str, str]:
        entered = list_latest_facts(self.connection, self.case.id, "reviewed")
        notes = {name: one.note for name, one in entered.items() if one.note}
        by_intake = {name: count for name, count in count_valid(self.counted).items() if count}
        filled = {**_name("facts", {**(self.reviewed or self.filed), **by_intake}), **_name("notes", notes)}
        if self.more.filed is None:
            return filled
        known = self.more.filed.verified or self.more.filed.made_up
        return {**filled, **_name_made_up(self.more.proposed), **_name_made_up(known)}

    def _fill_score(self) -> dict[str, str]:
        own = find_own_finding(self.connection, self.case.id, self.viewer.person_id)
        corrected = {} if own is None else own.corrections
        reasons = {} if own is None else own.reasons
        return {**_name("corrections", {**self.reviewed, **corrected}), **_name("reasons", reasons)}

    def _fill_represent(self) -> dict[str, str]:
        if self.sheet is None:
            return {}
        filled: dict[str, str] = {}
        scorer = get_part_scorer(self.case.rubric, self.case.rubric_version, self.case.part)
        lines = {**scorer.reads, **({SPECIAL: scorer.special_facts} if scorer.special_facts else {})}
        for code, reads in lines.items():
            facts = {name: self.sheet.facts[name] for name in reads if name in self.sheet.facts}
            filled |= _name(f"contested.{code}.facts", facts)
        return filled

    def _fill_handle(self) -> dict[str, str]:
        filled: dict[str, str] = {}
        for code, line in ({} if self.sheet is None else self.sheet.contested).items():
            facts = line.get("facts")
            filled |= _name(f"answers.{code}.facts", facts if isinstance(facts, Mapping) else {})
        return filled


def _name_made_up(made_up: MadeUp) -> dict[str, str]:
    filled: dict[str, str] = {}
    for quarter, lines in made_up.items():
        for code, facts in lines.items():
            filled |= _name(f"made_up.{quarter}.{code}", facts)
    return filled


def _name(group: str, values: Mapping[str, object]) -> dict[str, str]:
    return {f"{group}.{name}": show_value(value) for name, value in values.items()}


def read_known(connection: Connection, task: Task, case: Case) -> Known:
    """Return what a step's posted form is read against."""
    scorer = get_part_scorer(case.rubric, case.rubric_version, case.part)
    reviewed = _read_reviewed(connection, case.id, scorer) if task.step == "score" else {}
    sheet = find_sheet(connection, case.id) if task.step in ANSWERING else None
    return Known(scorer, reviewed, sheet)
