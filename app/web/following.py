"""What the pages of the cases that follow from a result show beside the sheet: criteria, notices, money, deferrals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.calendar.due_explained import StepDue
from app.cases.models import Case
from app.cases.queries import find_case, list_steps
from app.casework.accounts import LedgerDiffers, get_year, name_before, read_account
from app.casework.deferral import Deferred, list_deferred, propose_made_up
from app.casework.obstacles import find_obstacle, find_settlement_obstacle
from app.casework.paper_words import name_indicators
from app.casework.payment import Owed, find_payment_due
from app.casework.preview import EndPreview, preview_end
from app.casework.serving import SERVICE_EVIDENCE
from app.casework.work import (
    APPEAL,
    PROPOSAL,
    QUARTER,
    RECTIFICATION,
    SETTLEMENT,
    Work,
    find_programme,
    get_part_scorer,
)
from app.contracts.queries import get_contract
from app.errors import Message
from app.evidence.models import Evidence
from app.evidence.queries import list_evidence, list_latest_facts
from app.ledger.queries import list_payments
from app.papers.models import Paper, Service
from app.papers.queries import list_papers_of_case, map_scans, map_services
from app.scoring.consequences.money import Settlement
from app.scoring.consequences.term import QuarterResult
from app.scoring.model import ZERO
from app.submissions.models import MadeUp, RectificationItem, Submission
from app.submissions.queries import find_submission, list_all_rectification_items, list_rectification_items
from app.web.scan_views import ScansView, view_paper_scans

LAST_PART = "Q4"


@dataclass(frozen=True, slots=True)
class PaperView:
    """An issued paper with the proof that it arrived, and its scans."""

    paper: Paper
    service: Service | None
    scans: ScansView


@dataclass(frozen=True, slots=True)
class SettlementView:
    """A year's settlement: its quarters, fee, deductions and what is paid already in CNY, and until when to pay."""

    year: int
    fee: object
    paid: object
    quarters: tuple[QuarterResult, ...]
    deducted: object
    settlement: Settlement | None
    due: StepDue
    withheld_because: Message | None
    owed: Owed


@dataclass(frozen=True, slots=True)
class FollowingView:
    """What a case has beside its sheet; empty where its kind has no such thing.

    `items`: the failed criteria of all rounds; `names`: of indicators; `proofs`: a case's own evidence by indicator;
    `statement`: the party's; `obstacle`: why the step can't be done yet; `flagged`: what the quarter before had to
    rectify, by indicator; `proposed`: what deferred facts may have become by the year's end; `end`: what
    ending the contract would do.
    """

    items: tuple[RectificationItem, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    papers: tuple[PaperView, ...] = ()
    statement: str = ""
    obstacle: Message | None = None
    settlement: SettlementView | None = None
    filed: Submission | None = None
    can_defer: bool = False
    deferred: tuple[Deferred, ...] = ()
    flagged: Mapping[str, RectificationItem] = field(default_factory=dict)
    proposed: MadeUp = field(default_factory=dict)
    end: EndPreview | None = None

    @property
    def round(self) -> int:
        """The latest round of a rectification, from 1."""
        return max((one.round for one in self.items), default=1)

    @property
    def latest(self) -> tuple[RectificationItem, ...]:
        """The failed criteria of the latest round."""
        return tuple(one for one in self.items if one.round == self.round)

    @property
    def service_proofs(self) -> tuple[Evidence, ...]:
        """Scans of receipts and announcements."""
        return self.proofs.get(SERVICE_EVIDENCE, ())


def read_following(connection: Connection, case: Case, now: dt.datetime) -> FollowingView:
    """Return what a case shows beside its sheet."""
    papers = tuple(view_papers(connection, case.contract_id, list_papers_of_case(connection, case.id)))
    names = name_indicators(get_part_scorer(case.rubric, case.rubric_version, case.part))
    work = Work(connection, case, now)
    if case.process == RECTIFICATION:
        items = tuple(list_all_rectification_items(connection, case.id))
        return FollowingView(items, names, group_evidence(connection, case), papers)
    if case.process == PROPOSAL:
        said = [one.opinion for one in list_steps(connection, case.id) if _is_statement(one.step, one.outcome)]
        obstacle = find_obstacle(connection, case, now) if case.closed_at is None else None
        return FollowingView(
            names=names,
            proofs=group_evidence(connection, case),
            papers=papers,
            statement=said[-1] if said else "",
            obstacle=obstacle,
            settlement=read_settlement(work),
            end=_preview_end(connection, case),
        )
    if case.process == SETTLEMENT:
        obstacle = find_settlement_obstacle(connection, case.contract_id, case.period, now)
        settlement = read_settlement(work)
        return FollowingView((), names, {}, papers, "", obstacle, settlement)
    knows = work.parameters.deferral
    filed_facts = {name: one.value for name, one in list_latest_facts(connection, case.id, "filed").items()}
    return FollowingView(
        names=names,
        proofs=group_evidence(connection, case) if case.process == APPEAL else {},
        papers=papers,
        flagged=_list_flagged(connection, case),
        filed=find_submission(connection, case.id) if knows else None,
        can_defer=knows and case.part != LAST_PART,
        deferred=tuple(list_deferred(work)),
        proposed=propose_made_up(work, filed_facts),
    )


def view_papers(connection: Connection, contract_id: int, papers: Iterable[Paper]) -> Iterator[PaperView]:
    """Yield papers of a contract, each with the proof that it arrived and its scans."""
    services, scans = map_services(connection, contract_id), map_scans(connection, contract_id)
    for one in papers:
        yield PaperView(one, services.get(one.id), view_paper_scans(one, scans.get(one.id, ())))


def _preview_end(connection: Connection, case: Case) -> EndPreview | None:
    """Return what ending would do; None once the case is over or where the ledger doesn't match its events."""
    if case.closed_at is not None:
        return None
    try:
        return preview_end(connection, case)
    except LedgerDiffers:
        return None


def _list_flagged(connection: Connection, case: Case) -> dict[str, RectificationItem]:
    """Return the criteria that the quarter before had to rectify, as its rectification's latest round has them."""
    before = name_before(case.period) if case.process == QUARTER else None
    found = None if before is None else find_case(connection, RECTIFICATION, case.contract_id, before)
    return {} if found is None else {one.indicator: one for one in list_rectification_items(connection, found.id)}


def _is_statement(step: str, outcome: str) -> bool:
    return step == "represent_termination" and outcome == "done"


def group_evidence(connection: Connection, case: Case) -> dict[str, tuple[Evidence, ...]]:
    """Return a case's own standing evidence by what it proves."""
    found: dict[str, list[Evidence]] = {}
    for one in list_evidence(connection, case.id):
        if one.is_current:
            found.setdefault(one.indicator, []).append(one)
    return {code: tuple(ones) for code, ones in found.items()}


def read_settlement(work: Work) -> SettlementView | None:
    """Return what a year comes to in money; None where the ledger doesn't match its events."""
    year, contract = get_year(work.case.period), get_contract(work.connection, work.case.contract_id)
    try:
        result = read_account(work.connection, contract).term.make_result()
    except LedgerDiffers:
        return None
    of_year = next((one for one in result.years if one.year == year), None)
    if of_year is None:
        return None
    settlement, consequences = of_year.settlement, find_programme(contract.programme).consequences
    standard = None if consequences is None else consequences.settlement_above
    because = None
    if settlement is not None and settlement.withheld and standard is not None:
        because = Message(
            "the year's score {score} isn't above {standard}, the standard of the settlement",
            score=of_year.score,
            standard=standard,
        )
    due, released = find_payment_due(work), ZERO if settlement is None else settlement.released
    return SettlementView(
        year=year,
        fee=contract.get_fee(year),
        paid=contract.paid,
        quarters=tuple(one for one in result.quarters if get_year(one.quarter) == year),
        deducted=of_year.money_deducted,
        settlement=settlement,
        due=due,
        withheld_because=because,
        owed=Owed(released, tuple(list_payments(work.connection, work.case.id)), due),
    )
