"""What people fill in at each step of a scenario's quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.cases.models import Case
from app.casework.obstacles import find_obstacle, find_settlement_obstacle
from app.casework.sheets import SPECIAL
from app.clock import get_china_day
from app.scores.queries import find_sheet
from app.scoring.consequences.quarters import Overlays
from app.scoring.facts import Value, Values
from app.scoring.scorer import PartScorer
from app.submissions.queries import find_submission, list_all_rectification_items, list_rectification_items
from app.tasks.models import Task

REASON = "模拟数据"
BASIS = "模拟决定〔2025〕1号"
Form = dict[str, object]


@dataclass(frozen=True, slots=True)
class QuarterScript:
    """One quarter as it will happen: reviewed facts, each scorer's corrections, what is agreed and accepted.

    `panel`: the numbers of the people who score, nobody named means everybody who holds the role. At the steps
    `stops_at` nobody acts any more, so that a quarter can be left in the middle. `words`: the reason given at a step.
    `verdicts`: of the rectification's rounds, in order; `decisions`: on the contract's proposals, in their order.
    """

    code: str
    scorer: PartScorer
    facts: Mapping[str, Value]
    corrections: tuple[Mapping[str, Value], ...]
    agreed: Mapping[str, Value]
    representation: Mapping[str, Value]
    stops_at: tuple[str, ...] = ()
    panel: tuple[int, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    appeal: Mapping[str, Value] = field(default_factory=dict)
    defer: tuple[str, ...] = ()
    made_up: Mapping[str, Overlays] = field(default_factory=dict)
    verdicts: tuple[str, ...] = ("pass",)
    decisions: Iterator[str] = field(default_factory=lambda: iter(()))

    def fill(self, connection: Connection, case: Case, task: Task, place: int, now: dt.datetime) -> Form | None:
        """Return the form for a task, or None where nobody acts: no answer to a draft result is silence.

        `place`: the 0-based place of the scorer whose task it is.
        """
        silent = task.step == "represent_termination" or (task.step == "represent" and not self.representation)
        if task.step in self.stops_at or silent:
            return None
        if task.step == "decide_termination":
            return None if find_obstacle(connection, case, now) is not None else self._decide()
        if task.step == "confirm_settlement":
            waits = find_settlement_obstacle(connection, case.contract_id, case.period, now)
            return None if waits is not None else {}
        made = {
            "joint_look": self._agree,
            "review": self._review,
            "plan_rectification": self._plan,
            "report_rectification": self._report,
            "verify_rectification": self._verify,
        }
        if task.step in made:
            return made[task.step](connection, task)
        return self._fill_alone(task.step, place)

    def _fill_alone(self, step: str, place: int) -> Form:
        """Return the form of a step that needs to know nothing but the script."""
        corrections = self.corrections[place] if place < len(self.corrections) else {}
        reason = self._say(step)
        represented, appealed = self._contest(self.representation, reason), self._contest(self.appeal, reason)
        forms: dict[str, Form] = {
            "submit": {"facts": self.facts, "defer": dict.fromkeys(self.defer, reason), "made_up": self._make_up()},
            "score": {"corrections": corrections, "reasons": dict.fromkeys(corrections, reason)},
            "represent": {"contested": represented},
            "handle_representation": {"answers": represented},
            "file_appeal": {"contested": appealed},
            "handle_appeal": {"answers": appealed},
            "sign_settlement": {"opinion": reason},
            "register_payment": {"opinion": reason},
        }
        return forms.get(step, {})

    def _say(self, step: str) -> str:
        return self.words.get(step, REASON)

    def _decide(self) -> Form:
        form: Form = {"decision": next(self.decisions, "continue"), "opinion": self._say("decide_termination")}
        return {**form, "basis": BASIS} if form["decision"] == "end" else form

    def _review(self, connection: Connection, task: Task) -> Form:
        """Return the review: special points with their reasons, every deferral granted, what was made up."""
        filed = find_submission(connection, task.case_id)
        asked = [] if filed is None else filed.defer
        reason = self._say(task.step)
        return {
            "facts": self.facts,
            "scorers": self.panel,
            "notes": {name: reason for name in self.scorer.special_facts if self.facts.get(name)},
            "deferrals": {code: {"granted": True, "reason": reason} for code in asked},
            "made_up": self._make_up(),
        }

    def _make_up(self) -> Form:
        return {period: {code: dict(facts) for code, facts in one.items()} for period, one in self.made_up.items()}

    def _agree(self, connection: Connection, task: Task) -> Form:
        sheet = find_sheet(connection, task.case_id)
        names = [] if sheet is None else sheet.differing
        agreed = {name: self.agreed.get(name, self.facts.get(name)) for name in names}
        return {"agreed": agreed, "reasons": dict.fromkeys(agreed, self._say(task.step))}

    def _plan(self, connection: Connection, task: Task) -> Form:
        reason, day = self._say(task.step), str(get_china_day(task.due_at))
        measure = {"measure": reason, "responsible": "经办人", "finish_on": day}
        return {"items": {one.indicator: measure for one in list_rectification_items(connection, task.case_id)}}

    def _report(self, connection: Connection, task: Task) -> Form:
        reason = self._say(task.step)
        return {"items": {one.indicator: reason for one in list_rectification_items(connection, task.case_id)}}

    def _verify(self, connection: Connection, task: Task) -> Form:
        """Return the round's verdict, alike on every criterion; a failure that is the script's last ends the case."""
        done = max((one.round for one in list_all_rectification_items(connection, task.case_id)), default=1)
        verdict = self.verdicts[done - 1] if done <= len(self.verdicts) else "pass"
        line = {"passed": verdict == "pass", "reason": self._say(task.step)}
        items = list_rectification_items(connection, task.case_id)
        then = "again" if done < len(self.verdicts) else "close"
        return {
            "verdicts": {one.indicator: line for one in items},
            "then": "" if verdict == "pass" else then,
        }

    def _contest(self, facts: Values, reason: str) -> dict[str, object]:
        """Return facts as contested lines, by the indicator that reads them; special facts under the special points."""
        lines: dict[str, dict[str, Value]] = {}
        for name, value in facts.items():
            code = next((code for code, reads in self.scorer.reads.items() if name in reads), SPECIAL)
            lines.setdefault(code, {})[name] = value
        return {code: {"facts": one, "reason": reason} for code, one in lines.items()}
