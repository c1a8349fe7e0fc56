"""What people fill in at each step of a scenario's quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.casework.steps.representation import SPECIAL
from app.scores.queries import find_sheet
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer
from app.tasks.models import Task

REASON = "模拟数据"


@dataclass(frozen=True, slots=True)
class QuarterScript:
    """One quarter as it will happen: reviewed facts, each scorer's corrections, what is agreed and accepted.

    `panel`: the numbers of the people who score, nobody named means everybody who holds the role. At the steps
    `stops_at` nobody acts any more, so that a quarter can be left in the middle. `words`: the reason given at a step.
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

    def fill(self, connection: Connection, task: Task, place: int) -> dict[str, object] | None:
        """Return the form for a task, or None where nobody acts: no answer to a draft result is silence.

        `place`: the 0-based place of the scorer whose task it is.
        """
        if task.step in self.stops_at or (task.step == "represent" and not self.representation):
            return None
        if task.step == "joint_look":
            return self._agree(connection, task)
        return self._fill_alone(task.step, place)

    def _fill_alone(self, step: str, place: int) -> dict[str, object]:
        """Return the form of a step that needs to know nothing but the script."""
        corrections = self.corrections[place] if place < len(self.corrections) else {}
        reason = self.words.get(step, REASON)
        lines = {code: {"facts": facts, "reason": reason} for code, facts in self._group(self.representation).items()}
        forms: dict[str, dict[str, object]] = {
            "submit": {"facts": self.facts},
            "review": {"facts": self.facts, "scorers": self.panel, "notes": self._note_special(reason)},
            "score": {"corrections": corrections, "reasons": dict.fromkeys(corrections, reason)},
            "represent": {"contested": lines},
            "handle_representation": {"answers": lines},
            "decide_termination": {"decision": "continue", "opinion": reason},
        }
        return forms.get(step, {})

    def _note_special(self, reason: str) -> dict[str, str]:
        """Return the reason of each kind of special points."""
        return {name: reason for name in self.scorer.special_facts if self.facts.get(name)}

    def _agree(self, connection: Connection, task: Task) -> dict[str, object]:
        sheet = find_sheet(connection, task.case_id)
        names = [] if sheet is None else sheet.differing
        agreed = {name: self.agreed.get(name, self.facts.get(name)) for name in names}
        return {"agreed": agreed, "reasons": dict.fromkeys(agreed, self.words.get(task.step, REASON))}

    def _group(self, facts: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
        """Return facts by the indicator that reads them; special facts stand under the special points."""
        lines: dict[str, dict[str, Value]] = {}
        for name, value in facts.items():
            code = next((code for code, reads in self.scorer.reads.items() if name in reads), SPECIAL)
            lines.setdefault(code, {})[name] = value
        return lines
