"""What the page of a contract is made from: its years of points and money, its quarters, its ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import list_cases_of_contract
from app.casework.accounts import LedgerDiffers, open_term, read_account
from app.contracts.models import Contract, ContractPeriod, DutyRecord
from app.contracts.queries import list_periods, map_duty_records
from app.identity.models import Organisation
from app.identity.queries import get_organisation
from app.ledger.models import LedgerEntry, Payment
from app.ledger.queries import list_entries, list_payments_of_contract
from app.papers.queries import list_papers_of_contract
from app.programmes.catalogue import get_catalogue
from app.programmes.definition import Duty
from app.scoring.consequences.money import Settlement
from app.scoring.consequences.parameters import Consequences, TerminationByDeduction
from app.scoring.consequences.term import QuarterResult, Term, TermResult, YearResult
from app.scoring.model import ZERO
from app.web.following import PaperView, view_papers
from app.web.periods import show_quarter

QUARTER_CASE = "contract-quarter"
PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A quarter of a contract: its days, its case, what it came to; `opening` where it was assessed elsewhere."""

    period: ContractPeriod
    case: Case | None
    result: QuarterResult | None
    opening: Mapping[str, object] | None

    @property
    def lost(self) -> Decimal | None:
        """Points deducted; None while there is no result."""
        if self.opening is not None:
            return Decimal(str(self.opening["points"]))
        return None if self.result is None else self.result.points_deducted

    @property
    def money(self) -> Decimal | None:
        """CNY deducted; None while there is no result."""
        if self.opening is not None:
            return Decimal(str(self.opening["money"]))
        return None if self.result is None else self.result.money_deducted


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of a contract: its quarters, the points deducted by quarter, and its money in CNY."""

    year: int
    quarters: tuple[QuarterView, ...]
    fee: Decimal
    paid: Decimal
    money: Decimal
    score: Decimal | None
    settlement: Settlement | None
    warn_percent: Decimal

    @property
    def is_begun(self) -> bool:
        """Whether a quarter of the year is assessed or being assessed."""
        return any(one.case or one.lost is not None for one in self.quarters)

    @property
    def parts(self) -> list[tuple[str, Decimal]]:
        """Points deducted by quarter, for the gauge; a quarter that special points lift above the maximum takes 0."""
        return [(show_quarter(one.period.code), max(ZERO, one.lost)) for one in self.quarters if one.lost is not None]

    @property
    def lost(self) -> Decimal | None:
        """Points deducted in the year, what special points give back taken off; None before its first result."""
        lost = [one.lost for one in self.quarters if one.lost is not None]
        return sum(lost, ZERO) if lost else None

    @property
    def held(self) -> Decimal:
        """Points held (顺延) in the year."""
        return sum((one.result.held for one in self.quarters if one.result is not None), ZERO)

    @property
    def scores(self) -> list[tuple[str, Decimal | None]]:
        """Score by quarter, for the columns."""
        return [(show_quarter(one.period.code), one.result.score if one.result else None) for one in self.quarters]

    @property
    def share(self) -> Decimal:
        """What of the fee is deducted, in percent."""
        return (self.money * 100 / self.fee).quantize(PERCENT) if self.fee else ZERO

    @property
    def is_warned(self) -> bool:
        """Whether so much is deducted that a court might find it excessive (rules of law; parameter)."""
        return self.money > 0 and self.share >= self.warn_percent

    @property
    def rest(self) -> Decimal:
        """What of the fee is left after what was paid and deducted, in CNY."""
        return max(ZERO, self.fee - self.paid - self.money)


@dataclass(frozen=True, slots=True)
class DutyView:
    """A duty of the whole term: its target, and what the assessed quarters come to so far (None: not counted here)."""

    duty: Duty
    reached: Decimal | None
    record: DutyRecord | None = None

    @property
    def is_met(self) -> bool:
        """Whether the target is reached, or the duty recorded as met."""
        if self.record is not None:
            return self.record.is_met
        return self.reached is not None and self.duty.target is not None and self.reached >= self.duty.target


@dataclass(frozen=True, slots=True)
class ContractPage:
    """Everything that the page of a contract shows."""

    contract: Contract
    authority: Organisation
    vendor: Organisation
    parameters: Consequences
    programme_name: str
    years: tuple[YearView, ...]
    current: YearView
    entries: tuple[LedgerEntry, ...]
    following: tuple[Case, ...]
    differs: bool
    papers: tuple[PaperView, ...]
    duties: tuple[DutyView, ...]
    payments: tuple[Payment, ...]

    @property
    def last_day(self) -> dt.date:
        """The last day of the contract's last quarter."""
        return self.years[-1].quarters[-1].period.end

    @property
    def limit(self) -> Decimal | None:
        """The deducted points at which a termination is proposed; None where another condition counts."""
        condition = self.parameters.termination
        return condition.at if isinstance(condition, TerminationByDeduction) else None


def read_contract_page(connection: Connection, contract: Contract, programme_name: str) -> ContractPage:
    """Return the page of a contract; a ledger that doesn't match its events is said, and its entries still shown."""
    term, differs = _read_term(connection, contract)
    result = term.make_result()
    papers = view_papers(connection, contract.id, list_papers_of_contract(connection, contract.id))
    cases = list_cases_of_contract(connection, contract.id)
    periods = list_periods(connection, contract.id)
    parameters = open_term(contract).parameters
    years = tuple(_list_years(contract, periods, cases, result, parameters))
    return ContractPage(
        contract=contract,
        authority=get_organisation(connection, contract.authority_id),
        vendor=get_organisation(connection, contract.vendor_id),
        parameters=parameters,
        programme_name=programme_name,
        years=years,
        current=_find_current(years),
        entries=tuple(list_entries(connection, contract.id)),
        following=tuple(one for one in cases if one.process != QUARTER_CASE),
        differs=differs,
        papers=tuple(papers),
        duties=tuple(_list_duties(contract, term, map_duty_records(connection, contract.id))),
        payments=tuple(list_payments_of_contract(connection, contract.id)),
    )


def _list_duties(contract: Contract, term: Term, records: Mapping[str, DutyRecord]) -> Iterator[DutyView]:
    """Yield the duties of the whole term with running totals over its years (rules.md, §1)."""
    lasts = {one.quarter.year: one for one in sorted(term.accounts, key=lambda one: one.code)}
    for duty in get_catalogue().get_programme(contract.programme).duties:
        if duty.fact is None:
            yield DutyView(duty, None, records.get(duty.code))
            continue
        found = [one.values.get(duty.fact, 0) for one in lasts.values()]
        yield DutyView(duty, sum((Decimal(value) for value in found), ZERO))


def _read_term(connection: Connection, contract: Contract) -> tuple[Term, bool]:
    try:
        return read_account(connection, contract).term, False
    except LedgerDiffers:
        return open_term(contract), True


def _list_years(
    contract: Contract,
    periods: Sequence[ContractPeriod],
    cases: Sequence[Case],
    result: TermResult,
    parameters: Consequences,
) -> Iterator[YearView]:
    by_period = {one.period: one for one in cases if one.process == QUARTER_CASE}
    results = {one.quarter: one for one in result.quarters}
    years = {one.year: one for one in result.years}
    for year in range(1, contract.years + 1):
        quarters = tuple(
            QuarterView(one, by_period.get(one.code), results.get(one.code), contract.opening.get(one.code))
            for one in periods
            if one.year == year
        )
        yield _make_year(contract, year, quarters, years.get(year), parameters)


def _make_year(
    contract: Contract,
    year: int,
    quarters: tuple[QuarterView, ...],
    result: YearResult | None,
    parameters: Consequences,
) -> YearView:
    return YearView(
        year=year,
        quarters=quarters,
        fee=contract.get_fee(year),
        paid=contract.paid,
        money=sum((one.money for one in quarters if one.money is not None), ZERO),
        score=None if result is None else result.score,
        settlement=None if result is None else result.settlement,
        warn_percent=parameters.warn_share_percent,
    )


def _find_current(years: Sequence[YearView]) -> YearView:
    """Return the last year in which a quarter was assessed or is being assessed; the first one before that."""
    begun = [year for year in years if year.is_begun]
    return begun[-1] if begun else years[0]
