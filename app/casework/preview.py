"""What a signature would do, computed before it is given: points towards the limit, money, who signs second."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import find_live_case
from app.casework.accounts import Account, get_year, make_approval, read_account
from app.casework.withdraw_case import list_cases_to_end
from app.casework.work import PROPOSAL
from app.contracts.queries import get_contract, list_periods
from app.scores.models import SheetRow
from app.scoring.consequences.parameters import TerminationByDeduction
from app.scoring.consequences.quarters import QuarterAccount
from app.scoring.model import ZERO

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Odometer:
    """Before and after a signature: points deducted in the window by quarter, CNY, and what it sets off.

    `limit`: the points at which a proposal opens; None where a quarter's score alone decides (Chifeng, below 15).
    """

    quarters: tuple[tuple[str, Decimal], ...]
    before: Decimal
    after: Decimal
    limit: Decimal | None
    score: Decimal
    money_before: Decimal
    money_after: Decimal
    share_percent: Decimal
    crosses_termination: bool
    below_rectification: bool
    proposal_live: bool

    @property
    def new(self) -> Decimal:
        """The points that this signature deducts; negative where special points lift the score above the maximum."""
        return self.after - self.before

    @property
    def money(self) -> Decimal:
        """The CNY that this signature deducts."""
        return self.money_after - self.money_before


def preview_approval(connection: Connection, case: Case, sheet: SheetRow) -> Odometer:
    """Return what approving a sheet now would do; nothing is written."""
    contract = get_contract(connection, case.contract_id)
    account = read_account(connection, contract)
    year = get_year(case.period)
    before, money_before = account.term.sum_window(year), _sum_money(account, year)
    quarters = tuple(_list_quarters(account, year))
    quarter = account.approve(case.period, make_approval(connection, case, sheet))
    money_after = _sum_money(account, year)
    return Odometer(
        quarters=quarters,
        before=before,
        after=account.term.sum_window(year),
        limit=_find_limit(account),
        score=quarter.score,
        money_before=money_before,
        money_after=money_after,
        share_percent=(money_after * HUNDRED / contract.get_fee(year)).quantize(CENT),
        crosses_termination=account.term.meets_termination(quarter),
        below_rectification=bool(quarter.rectifications),
        proposal_live=find_live_case(connection, PROPOSAL, contract.id) is not None,
    )


@dataclass(frozen=True, slots=True)
class EndPreview:
    """What ending the contract would do to a year: points lost for good that were held, CNY withheld, and what closes.

    `cases`: cases that would be withdrawn; `periods`: quarters that would not be assessed any more.
    """

    lost: Decimal
    money: Decimal
    withheld: Decimal
    cases: int
    periods: int


def preview_end(connection: Connection, case: Case) -> EndPreview:
    """Return what the decision to end would do once its notice has arrived; nothing is written."""
    contract, year = get_contract(connection, case.contract_id), get_year(case.period)
    account = read_account(connection, contract)
    before, money_before = account.term.sum_window(year), _sum_money(account, year)
    closing = list_cases_to_end(connection, case, set(account.term.settlements))
    for code in account.end():
        account.settle(code)
    settlement = account.term.settlements.get(year)
    waiting = [one for one in list_periods(connection, contract.id) if one.opened_at is None and not one.cancelled_at]
    return EndPreview(
        lost=account.term.sum_window(year) - before,
        money=_sum_money(account, year) - money_before,
        withheld=ZERO if settlement is None else settlement.withheld,
        cases=len(closing),
        periods=len([one for one in waiting if one.code not in contract.opening]),
    )


def _find_limit(account: Account) -> Decimal | None:
    condition = account.term.parameters.termination
    return condition.at if isinstance(condition, TerminationByDeduction) else None


def _list_year(account: Account, year: int) -> list[QuarterAccount]:
    return sorted((one for one in account.term.accounts if one.quarter.year == year), key=lambda one: one.code)


def _list_quarters(account: Account, year: int) -> list[tuple[str, Decimal]]:
    opened = [(one.quarter, one.points_deducted) for one in account.term.opening if one.year == year]
    return opened + [(one.code, one.points_deducted) for one in _list_year(account, year)]


def _sum_money(account: Account, year: int) -> Decimal:
    codes = [code for code, _points in _list_quarters(account, year)]
    return sum((account.term.ledger.sum_money(code) for code in codes), ZERO)
