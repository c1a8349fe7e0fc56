"""What a reader of a case may see of it: the authority's people nearly all, the party what concerns it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.cases.models import Case, CaseStep
from app.identity.models import Person
from app.permissions import AUTHORITY_ROLES, PARTY_ROLES, Viewer
from app.scores.models import SheetRow
from app.tasks.models import Task
from app.web.case_words import name_expert
from app.web.words import say

PUBLIC_OPINIONS = frozenset(
    {
        "decide_unfiled",
        "decide_late_plan",
        "decide_late_work",
        "verify_rectification",
        "decide_termination",
        "sign_settlement",
    }
)
"""Steps whose opinion is told to the party with the decision."""
FILING_STEPS = frozenset(
    {"submit", "sign_submission", "plan_rectification", "report_rectification", "represent_termination"}
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a case: their number, and whether as one of the authority's people."""

    id: int
    is_authority: bool


def find_reader(viewer: Viewer, case: Case) -> Reader:
    """Return on which side of a case a viewer stands; who may see it as neither sees what the party sees."""
    is_authority = any(
        one.role in AUTHORITY_ROLES
        and one.organisation_id == case.authority_id
        and one.programme in (None, case.programme)
        for one in viewer.holdings
    )
    return Reader(viewer.person_id, is_authority)


def is_scoring_over(tasks: Iterable[Task], sheets: Sequence[SheetRow]) -> bool:
    """Whether all findings are in: nobody scores any more, and there is a sheet."""
    return bool(sheets) and not any(task.step == "score" and task.state == "open" for task in tasks)


def find_shown_sheet(reader: Reader, tasks: Iterable[Task], sheets: Sequence[SheetRow]) -> SheetRow | None:
    """Return the newest sheet that has points: there is none before the draft result, for anybody.

    The authority's people see none while scorers work, so that nobody scores by an earlier result.
    """
    drafted = [one for one in sheets if one.indicators]
    if not drafted or (reader.is_authority and not is_scoring_over(tasks, sheets)):
        return None
    return drafted[-1]


def may_read_opinion(reader: Reader, step: CaseStep, *, scoring_is_over: bool) -> bool:
    """Whether a reader sees a step's opinion: the party its own, and what it is told with its reasons."""
    if reader.is_authority:
        return step.step != "score" or scoring_is_over or step.person_id == reader.id
    if step.role in PARTY_ROLES or step.step in PUBLIC_OPINIONS:
        return True
    return step.outcome == "returned" and step.decision in FILING_STEPS


def may_read_decision(reader: Reader, step: CaseStep, *, scoring_is_over: bool) -> bool:
    """Whether a reader sees how a step was decided: what one scorer found is not the party's to see."""
    if step.step != "score":
        return True
    return reader.is_authority and (scoring_is_over or step.person_id == reader.id)


class Names:
    """People as a reader sees them: the party never learns who scores."""

    def __init__(self, reader: Reader, people: Mapping[int, Person], scorers: Iterable[int]) -> None:
        panel = sorted(set(scorers))
        self._names = {number: person.name for number, person in people.items()}
        if not reader.is_authority:
            self._names |= {number: say(name_expert(place)) for place, number in enumerate(panel)}

    def find(self, person_id: int | None, otherwise: str = "") -> str:
        """Return a person's name as it may be seen."""
        return otherwise if person_id is None else self._names.get(person_id, otherwise)
