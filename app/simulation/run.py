"""Run a scenario through the engine: its contract added, quarters opened by the clock, people acting in turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.calendar.contract_periods import get_contract_quarter
from app.calendar.working_days import add_working_days
from app.cases.models import Case
from app.cases.queries import list_cases_of_contract, list_steps
from app.casework.accounts import make_entry, read_account
from app.casework.add_contract import add_contract
from app.casework.complete_task import complete_task
from app.casework.open_appeal import AppealRefused, open_appeal
from app.casework.payment import read_owed
from app.casework.record_payment import STEP as PAYING
from app.casework.record_payment import record_payment
from app.casework.work import APPEAL, QUARTER, Doer, Work, get_calendar
from app.clock import SimulatedClock, get_china_day, make_china_moment
from app.contracts.models import Contract
from app.contracts.operations import NewContract
from app.contracts.queries import get_contract, list_contracts
from app.db import reading, transaction
from app.errors import KaoheError, Message
from app.evidence.store import FileStore
from app.jobs.tick import tick
from app.ledger.queries import list_entries
from app.outbox.queries import count_sent
from app.programmes.scenario_files import Panel, ReadScenario
from app.scoring.consequences.quarters import QuarterFacts
from app.scoring.consequences.term import TERMINATION, QuarterResult, TermResult
from app.simulation.cast import Cast, make_cast
from app.simulation.evidence import attach_evidence, attach_proof
from app.simulation.mailer import CollectingMailer
from app.simulation.script import QuarterScript
from app.tasks.models import Task
from app.tasks.queries import get_task_with_case, list_open_tasks

Report = Callable[[str], None]
MORNING, WORK_HOUR = 8, 10
MOST_DAYS = 400
"""After so many days without an end a quarter is given up: a scenario's people always act within weeks."""


class SimulationStuck(KaoheError):
    """A quarter that doesn't come to its end."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulated term came to, read back from the database; `steps` by quarter, in order; mails sent."""

    term: TermResult
    steps: dict[str, list[str]]
    mails: int
    contract_id: int


@dataclass(frozen=True, slots=True)
class Play:
    """One contract on the simulated clock: who acts, and what happens in each quarter that has a script.

    With a `store` the party uploads evidence before it files.
    """

    contract: Contract
    cast: Cast
    scripts: Mapping[str, QuarterScript]
    store: FileStore | None = None

    def list_opening_days(self) -> list[dt.date]:
        """Return the days on which the cases of the scripted quarters open."""
        quarters = ((int(code[1:].partition("Q")[0]), int(code[-1])) for code in self.scripts)
        return [get_contract_quarter(self.contract.start, year, part).opens for year, part in quarters]


class Simulator:
    """Contracts on one simulated clock, day by day: the clock's work in the morning, the people's at ten."""

    def __init__(self, plays: Sequence[Play], clock: SimulatedClock, report: Report = lambda _code: None) -> None:
        self.plays, self.clock, self.report = tuple(plays), clock, report
        self.mailer = CollectingMailer()
        self._over: set[int] = set()

    def run(self, until: dt.date | None = None) -> None:
        """Run until every scripted quarter is over, or each working day until a day; `report` is told what ends."""
        opening = sorted({day for play in self.plays for day in play.list_opening_days()})
        if not opening:
            return
        day, idle = opening[0], 0
        while until is None or day <= until:
            is_live = self._run_day(day)
            later = [one for one in opening if one > day]
            if not is_live and not later and until is None:
                return
            idle = idle + 1 if is_live else 0
            if idle > MOST_DAYS:
                raise SimulationStuck(Message("cases don't come to their end: {day}", day=day))
            soon = [add_working_days(get_calendar(), day, 1)] if is_live or until is not None else []
            day = min([*soon, *later])

    def _run_day(self, day: dt.date) -> bool:
        self.clock.move_to(make_china_moment(day, MORNING, 30))
        tick(self.clock.now(), self.mailer)
        self.clock.move_to(make_china_moment(day, WORK_HOUR))
        alive = [self._act(play) for play in self.plays]
        return any(alive)

    def _act(self, play: Play) -> bool:
        """Let everybody who has something to do today do it; return whether a scripted case goes on tomorrow."""
        with reading() as connection:
            cases = [one for one in list_cases_of_contract(connection, play.contract.id) if one.period in play.scripts]
            work = {one: list_open_tasks(connection, one.id) for one in cases if one.closed_at is None}
        goes_on = self._appeal(play, cases)
        for case, tasks in work.items():
            script = play.scripts[case.period]
            goes_on |= not tasks or any(task.step not in script.stops_at for task in tasks)
            for task in tasks:
                self._do(play, script, case, task)
        for case in cases:
            if case not in work and case.id not in self._over:
                self._over.add(case.id)
                self.report(case.period)
        return goes_on

    def _do(self, play: Play, script: QuarterScript, case: Case, task: Task) -> None:
        now, cast = self.clock.now(), play.cast
        doer = cast.find(task.assigned_to) if task.assigned_to else cast.find_by_role(task.role, task.step)
        place = next((number for number, one in enumerate(cast.scorers) if one.id == doer.id), 0)
        with transaction() as connection:
            is_open = get_task_with_case(connection, task.id)[0].state == "open"
            form = script.fill(connection, case, task, place, now) if is_open else None
            if form is None:
                return
            if task.step == "submit" and play.store is not None:
                attach_evidence(connection, play.store, case, script.scorer, doer, now)
            if task.step == "report_rectification":
                attach_proof(connection, case, doer, now)
            if task.step == PAYING:
                pay(connection, doer.on(now), case, task, now)
            complete_task(connection, doer.on(now), task.id, form, now)

    def _appeal(self, play: Play, cases: Sequence[Case]) -> bool:
        """Let the party appeal the published results of which its script says so; return whether it did today."""
        appealed = {one.period for one in cases if one.process == APPEAL}
        published = [one for one in cases if one.process == QUARTER and one.closed_at is not None]
        wanted = [one for one in published if play.scripts[one.period].appeal and one.period not in appealed]
        for case in wanted:
            doer = play.cast.people["party_head"].on(self.clock.now())
            with transaction() as connection:
                answer = open_appeal(connection, doer, case.id, self.clock.now())
            if isinstance(answer, AppealRefused):
                raise answer
        return bool(wanted)


def pay(connection: Connection, doer: Doer, case: Case, task: Task, now: dt.datetime) -> None:
    """Pay at once what a settlement released."""
    left = read_owed(Work(connection, case, now)).open
    form = {"amount": left, "paid_on": get_china_day(now), "voucher": f"{case.code}-1"}
    record_payment(connection, doer, task.id, form, now)


def simulate(scenario: ReadScenario, clock: SimulatedClock, report: Report = lambda _code: None) -> Simulated:
    """Let one scenario happen in the database at hand; `report` is told each quarter when it is over."""
    with reading() as connection:
        sent_before = count_sent(connection)
    play = begin(scenario, clock)
    Simulator([play], clock, report).run()
    with reading() as connection:
        return read_back(connection, play.contract.id, sent_before)


def begin(scenario: ReadScenario, clock: SimulatedClock) -> Play:
    """Add a scenario's contract with the people that it needs."""
    source, terms, programme = scenario.source, scenario.terms, scenario.programme
    start = source.contract.start
    clock.move_to(make_china_moment(start, MORNING))
    now, panel = clock.now(), max((len(one.corrections) for one in scenario.panels), default=1)
    with transaction() as connection:
        code = f"SIM{len(list_contracts(connection)) + 1}"
        cast = make_cast(connection, code, programme.programme, max(1, panel), now)
        new = NewContract(
            code=code,
            name=programme.short_name,
            programme=programme.programme,
            authority_id=cast.authority_id,
            vendor_id=cast.vendor_id,
            start=start,
            years=terms.years,
            annual_fee=terms.annual_fee,
            paid=terms.paid,
        )
        contract = add_contract(connection, None, new, now)
    decisions = iter(scenario.decisions)
    rounds = (one.rectification for one in source.quarters)
    scripts = {
        quarter.code: make_script(quarter, panel, cast, verdicts, decisions)
        for quarter, panel, verdicts in zip(scenario.quarters, scenario.panels, rounds, strict=True)
    }
    return Play(contract, cast, scripts)


def read_back(connection: Connection, contract_id: int, sent_before: int = 0) -> Simulated:
    """Return what a contract's quarters came to, from the tables; `sent_before`: mails of earlier simulations."""
    contract = get_contract(connection, contract_id)
    cases = list_cases_of_contract(connection, contract_id)
    made = read_account(connection, contract).term.make_result()
    quarters = tuple(_with_cases(one, cases) for one in made.quarters)
    entries = tuple(map(make_entry, list_entries(connection, contract_id)))
    term = TermResult(quarters, made.years, entries, contract.state)  # type: ignore[arg-type]  # checked by the table
    steps: dict[str, list[str]] = {}
    for case in cases:
        done = [step.step for step in list_steps(connection, case.id) if step.person_id is not None]
        steps.setdefault(case.period, []).extend(done)
    return Simulated(term, steps, count_sent(connection) - sent_before, contract_id)


def _with_cases(quarter: QuarterResult, cases: list[Case]) -> QuarterResult:
    """Return a quarter with what its approval opened, as cases."""
    opened = [case.process for case in cases if case.period == quarter.quarter]
    proposals = (TERMINATION,) * opened.count("termination-proposal")
    return replace(quarter, proposals=proposals, rectifications=opened.count("rectification"))


def make_script(
    quarter: QuarterFacts,
    panel: Panel,
    cast: Cast,
    verdicts: Sequence[str] = ("pass",),
    decisions: Iterator[str] | None = None,
) -> QuarterScript:
    """Return how a scenario's quarter will happen; of the cast's scorers as many score as the quarter names."""
    scorers = cast.scorers[: max(1, len(panel.corrections))]
    return QuarterScript(
        code=quarter.code,
        scorer=quarter.scorer,
        facts=panel.reviewed,
        corrections=panel.corrections,
        agreed=panel.agreed,
        representation=quarter.representation,
        appeal=quarter.appeal,
        defer=quarter.defer,
        made_up=quarter.made_up,
        verdicts=tuple(verdicts),
        decisions=iter(()) if decisions is None else decisions,
        panel=tuple(one.id for one in scorers),
    )
