"""One piece of work on one case, inside its caller's transaction: what it reads once, what it gathers to be written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.audit.values import Actor
from app.calendar.due_explained import StepDue, explain_step_due
from app.calendar.holidays import WorkingCalendar
from app.calendar.working_days import count_working_days
from app.cases.models import Case
from app.cases.queries import list_doers, list_doers_of_contract
from app.clock import get_china_day
from app.contracts.models import Contract
from app.contracts.queries import get_contract
from app.identity.models import Person
from app.ledger.models import LedgerEntry, LedgerEvent
from app.outbox.operations import Outgoing
from app.permissions import CaseTarget, ContractTarget, TaskTarget, Viewer
from app.programmes.catalogue import get_catalogue
from app.programmes.definition import Programme
from app.scores.models import Finding, SheetRow
from app.scores.queries import list_findings
from app.scoring.consequences.parameters import Consequences
from app.scoring.scorer import PartScorer
from app.tasks.models import Task

if TYPE_CHECKING:
    from app.casework.accounts import Account

QUARTER, RECTIFICATION, PROPOSAL = "contract-quarter", "rectification", "termination-proposal"
APPEAL, SETTLEMENT = "appeal", "annual-settlement"
"""The kinds of case, by the names of their diagrams."""
ONE_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Doer:
    """The person who does something: name for the record, roles as a viewer."""

    id: int
    name: str
    viewer: Viewer

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return Actor(self.id, self.name)

    def on(self, now: dt.datetime) -> Doer:
        """Return the same person at another time, with the roles as they were loaded."""
        return replace(self, viewer=replace(self.viewer, on=get_china_day(now)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What completing a step came to: variables for the diagram, the decision's code, the opinion given."""

    variables: Mapping[str, object] = field(default_factory=dict)
    decision: str = "done"
    opinion: str = ""


@dataclass
class Work:
    """A case at work. `doer` is None for what the clock does; `round`, `filing_due` are written back at the end.

    `sheet` and `ledger` keep what was read under this work's locks, `holders` who holds a role (by role, organisation,
    programme); cases that open together share one. `dues`: until when steps may take that become ready now, where that
    isn't their usual time from today (an extension, a notice that arrived earlier). `outcome`: of the step at work;
    `bound`: the contract's account as an automatic step of this very piece of work has just bound it.
    """

    connection: Connection
    case: Case
    now: dt.datetime
    doer: Doer | None = None
    task: Task | None = None
    round: int = 0
    is_returned: bool = False
    filing_due: dt.datetime | None = None
    messages: list[Outgoing] = field(default_factory=list)
    audited: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    sheet: SheetRow | None = None
    ledger: tuple[list[LedgerEvent], list[LedgerEntry]] | None = None
    by_people: tuple[int, int] = (0, 0)
    holders: dict[tuple[str, int, str], list[Person]] = field(default_factory=dict)
    dues: dict[str, StepDue] = field(default_factory=dict)
    outcome: Outcome | None = None
    bound: Account | None = None

    def __post_init__(self) -> None:
        self.round = self.round or self.case.round
        self.filing_due = self.filing_due or self.case.filing_due

    @property
    def today(self) -> dt.date:
        """The day in China."""
        return get_china_day(self.now)

    @property
    def person(self) -> Doer:
        """The person at work; only steps that people complete ask for one."""
        if self.doer is None:
            raise LookupError("nobody is at work here")
        return self.doer

    @cached_property
    def contract(self) -> Contract:
        """The case's contract, read once."""
        return get_contract(self.connection, self.case.contract_id)

    @cached_property
    def done(self) -> list[tuple[int, str]]:
        """Who did which step of the case and of the one that it follows from, read once.

        Whether a contract ends rests on all its quarters: there, of all its cases.
        """
        if self.case.process == PROPOSAL:
            return list_doers_of_contract(self.connection, self.case.contract_id)
        return list_doers(self.connection, self.case.id, self.case.parent_id)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the scorers found in the latest round, read once all are in."""
        return list_findings(self.connection, self.case.id)

    @property
    def programme(self) -> Programme:
        """The case's programme."""
        return find_programme(self.case.programme)

    @property
    def parameters(self) -> Consequences:
        """The parameters of the programme's consequences; only contract programmes have cases yet."""
        consequences = self.programme.consequences
        if consequences is None:
            raise LookupError(f"{self.case.programme} has no consequences")
        return consequences

    @property
    def scorer(self) -> PartScorer:
        """The bound rubric part by which this case is scored."""
        return get_part_scorer(self.case.rubric, self.case.rubric_version, self.case.part)

    def explain_due(self, step_time: str) -> StepDue:
        """Return until when a step that starts today may take, with the reasons (`step_times` of the programme)."""
        return explain_step(self.case.programme, step_time, self.today)

    def audit(self, action: str, **details: object) -> None:
        """Note what happened for the case's audit chain."""
        self.audited.append((action, details))

    def begin_services(self) -> None:
        """Note what people alone gave rise to: what automatic steps add is undone with them."""
        self.by_people = len(self.messages), len(self.audited)

    def undo_services(self) -> None:
        """Forget what automatic steps gathered and read, after one of them failed and all were undone."""
        messages, audited = self.by_people
        del self.messages[messages:], self.audited[audited:]
        self.sheet = self.ledger = self.bound = None


@lru_cache(maxsize=256)
def find_programme(name: str) -> Programme:
    """Return a programme; the catalogue, which looks at its folder each time, is asked once."""
    return get_catalogue().get_programme(name)


@lru_cache(maxsize=1024)
def explain_step(programme: str, step_time: str, start: dt.date) -> StepDue:
    """Return until when a step of a programme that starts on a day may take, with the reasons; computed once a day."""
    time = find_programme(programme).step_times[step_time]
    return explain_step_due(get_calendar(), start, time.days, calendar_days=time.calendar_days)


def explain_until(start: dt.date, due_at: dt.datetime) -> StepDue:
    """Return a due date that was set by hand (准予延期) in working days from a day, with the reasons."""
    calendar = get_calendar()
    return explain_step_due(calendar, start, count_working_days(calendar, start, get_china_day(due_at)))


@lru_cache(maxsize=1)
def get_calendar() -> WorkingCalendar:
    """Return the working days of China as bundled."""
    return WorkingCalendar()


@lru_cache(maxsize=256)
def get_part_scorer(rubric: str, version: int, part: str) -> PartScorer:
    """Return the bound part of a rubric version; bound once for all cases."""
    return PartScorer(next(one for one in get_catalogue().list_versions(rubric) if one.version == version), part)


def make_case_target(case: Case) -> CaseTarget:
    """Return a case as permissions see it."""
    return CaseTarget(case.id, case.authority_id, case.party_id, case.programme, case.contract_id)


def make_contract_target(contract: Contract) -> ContractTarget:
    """Return a contract as permissions see it."""
    return ContractTarget(contract.id, contract.authority_id, contract.vendor_id, contract.programme)


def make_task_target(task: Task, case: Case) -> TaskTarget:
    """Return a task as permissions see it."""
    is_open = task.state == "open"
    return TaskTarget(make_case_target(case), task.role, task.assigned_to, task.claimed_by, is_open)
