"""A contract's term: quarter after quarter from approved scores to points, money, proposals and settlements.

The order within a quarter (interfaces.md, `kaohe year`): settled deferrals, the quarter's own entries, the proposal,
the appeal after publication, the decision on a live proposal, the year's settlement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.scoring.consequences.entries import Cause, Entry, Kind, Ledger
from app.scoring.consequences.money import Settlement, bound_by_fee, find_quarter_money, settle_year
from app.scoring.consequences.parameters import Consequences, TerminationByDeduction
from app.scoring.consequences.quarters import QuarterAccount, QuarterFacts
from app.scoring.facts import Values
from app.scoring.model import ZERO

Decision = Literal["continue", "end"]
ContractState = Literal["active", "termination_proposed", "terminated", "settled"]
TERMINATION = "termination"
QUARTERS_A_YEAR = 4


@dataclass(frozen=True)
class ContractTerms:
    """What the contract says: the fee of a year and what of each year is already paid, in CNY, and how many years.

    `fees`: fees of a year agreed later, by the contract year from which each applies.
    """

    annual_fee: Decimal
    years: int
    paid: Decimal = ZERO
    fees: Mapping[int, Decimal] = field(default_factory=dict)

    def get_fee(self, year: int) -> Decimal:
        """Return the fee of a contract year in CNY."""
        agreed = [start for start in self.fees if start <= year]
        return self.fees[max(agreed)] if agreed else self.annual_fee


@dataclass(frozen=True)
class OpeningBalance:
    """A quarter assessed before the contract came into the system: points and CNY deducted, caps used (年初余额)."""

    quarter: str
    year: int
    points_deducted: Decimal
    money_deducted: Decimal
    used_caps: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class QuarterResult:
    """Final numbers of a quarter; `proposals` and `rectifications` as they were at its approval."""

    quarter: str
    score: Decimal
    held: Decimal
    points_deducted: Decimal
    money_deducted: Decimal
    cumulative_deduction: Decimal
    proposals: tuple[str, ...]
    rectifications: int
    special: Decimal


@dataclass(frozen=True)
class YearResult:
    """Final numbers of a year; `settlement` is None while it is neither complete nor ended."""

    year: int
    score: Decimal
    cumulative_deduction: Decimal
    money_deducted: Decimal
    settlement: Settlement | None


@dataclass(frozen=True)
class TermResult:
    """Everything that a contract's quarters came to."""

    quarters: tuple[QuarterResult, ...]
    years: tuple[YearResult, ...]
    ledger: tuple[Entry, ...]
    contract_state: ContractState


def run_term(
    parameters: Consequences,
    terms: ContractTerms,
    quarters: Sequence[QuarterFacts],
    decisions: Sequence[Decision] = (),
) -> TermResult:
    """Return what the quarters, in order from the first, come to; those after an end are left out.

    `decisions` are taken in the order of the proposals that need one; where none is left, the contract continues.
    """
    term, left = Term(parameters, terms), iter(decisions)
    for quarter in quarters:
        if term.has_ended:
            break
        account = term.approve(quarter)
        if term.meets_termination(account):
            account.proposals.append(TERMINATION)
        term.appeal(account, quarter.appeal)
        if account.proposals and term.meets_termination(account) and next(left, "continue") == "end":
            term.end()
        if term.has_ended or quarter.is_last_of_year:
            term.settle_year(account)
    return term.make_result()


class Term:
    """A contract's term as what binds happens to it: approvals, appeals, an end, settlements, in any real order.

    Everything that it posts stands in `ledger`; the same events in the same order always give the same entries.
    """

    def __init__(self, parameters: Consequences, terms: ContractTerms, opening: Sequence[OpeningBalance] = ()) -> None:
        self.parameters, self.terms, self.opening = parameters, terms, tuple(opening)
        self.ledger = Ledger()
        self.accounts: list[QuarterAccount] = []
        self.settlements: dict[int, Settlement] = {}
        self.has_ended = False
        for balance in self.opening:
            self.ledger.post_points(balance.quarter, "points", balance.points_deducted, "opening")
            self.ledger.post_money(balance.quarter, balance.money_deducted, "opening")

    def approve(self, quarter: QuarterFacts) -> QuarterAccount:
        """Let an approved quarter take effect: settled deferrals first, then its own points and money."""
        if quarter.is_last_of_year:
            self._settle_deferrals(quarter)
        account = QuarterAccount(quarter, self.find_used_caps(quarter.year))
        self.accounts.append(account)
        self._post_quarter(account, "score")
        account.rectifications = int(account.effective < self.parameters.rectification_below)
        return account

    def meets_termination(self, account: QuarterAccount) -> bool:
        """Whether the condition for a proposal holds as the accounts stand now."""
        condition = self.parameters.termination
        if isinstance(condition, TerminationByDeduction):
            return self.sum_window(account.quarter.year) >= condition.at
        return account.effective < condition.below

    def sum_window(self, year: int) -> Decimal:
        """Return the points deducted in the window that the condition for a proposal looks at."""
        condition = self.parameters.termination
        whole = isinstance(condition, TerminationByDeduction) and condition.window == "contract"
        lost = [one.points_deducted for one in self.accounts if whole or one.quarter.year == year]
        lost += [one.points_deducted for one in self.opening if whole or one.year == year]
        return sum(lost, ZERO)

    def list_year(self, year: int) -> list[QuarterAccount]:
        """Return a year's quarters in their own order, whatever the order in which they were approved."""
        return sorted((one for one in self.accounts if one.quarter.year == year), key=lambda one: one.code)

    def _list_opening(self, year: int) -> list[OpeningBalance]:
        return [balance for balance in self.opening if balance.year == year]

    def find_used_caps(self, year: int) -> dict[str, Decimal]:
        """Return the points of each cap that the year's quarters so far used."""
        used: dict[str, Decimal] = {}
        caps = [account.special.used for account in self.list_year(year)]
        caps += [balance.used_caps for balance in self._list_opening(year)]
        for cap, points in (pair for one in caps for pair in one.items()):
            used[cap] = used.get(cap, ZERO) + points
        return used

    def _settle_deferrals(self, quarter: QuarterFacts) -> None:
        for account in self.list_year(quarter.year):
            if account.held:
                released, lost = account.settle_deferral(quarter.made_up.get(account.code, {}))
                self.ledger.post_points(account.code, "released", released, "deferral")
                self.ledger.post_points(account.code, "points", lost, "deferral")
                self._post_money_differences(quarter.year, "deferral")

    def _post_quarter(self, account: QuarterAccount, cause: Cause) -> None:
        self.ledger.post_points(account.code, "points", account.points_deducted, cause)
        self.ledger.post_points(account.code, "held", account.held_points, cause)
        self._post_money_differences(account.quarter.year, cause)

    def _post_money_differences(self, year: int, cause: Cause) -> None:
        accounts = self.list_year(year)
        for account, due in zip(accounts, self._find_money(accounts), strict=True):
            self.ledger.post_money(account.code, due - self.ledger.sum_money(account.code), cause)

    def _find_money(self, accounts: Sequence[QuarterAccount]) -> list[Decimal]:
        if not accounts:
            return []
        year = accounts[0].quarter.year
        fee, money = self.terms.get_fee(year), self.parameters.money
        opened = self._list_opening(year)
        left = max(ZERO, fee - sum((balance.money_deducted for balance in opened), ZERO))
        return bound_by_fee([find_quarter_money(money, account.effective, fee) for account in accounts], left)

    def appeal(self, account: QuarterAccount, accepted: Values) -> None:
        """Supersede the sheet with accepted facts: what changed is reversed, then posted again."""
        before = self._list_amounts(account)
        account.accept(accepted)
        after = self._list_amounts(account)
        changed = [kind for kind, amount in after.items() if amount != before[kind]]
        for kind in changed:
            self.ledger.reverse(account.code, kind, "appeal")
        for kind in changed:
            if kind == "money":
                self._post_money_differences(account.quarter.year, "appeal")
            else:
                self.ledger.post_points(account.code, kind, after[kind], "appeal")

    def _list_amounts(self, account: QuarterAccount) -> dict[Kind, Decimal]:
        accounts = self.list_year(account.quarter.year)
        money = self._find_money(accounts)[accounts.index(account)]
        return {"points": account.points_deducted, "held": account.held_points, "money": money}

    def end(self) -> None:
        """End the contract by a person's decision: what is still held is lost, whatever the year."""
        self.has_ended = True
        for one in sorted(self.accounts, key=lambda account: (account.quarter.year, account.code)):
            if one.held:
                self.ledger.post_points(one.code, "points", one.lose_held(), "termination")
                self._post_money_differences(one.quarter.year, "termination")

    def is_year_complete(self, year: int) -> bool:
        """Whether all quarters of a year are assessed, here or before the contract came into the system."""
        return len(self.list_year(year)) + len(self._list_opening(year)) == QUARTERS_A_YEAR

    def settle_year(self, account: QuarterAccount) -> None:
        """Settle the year of a quarter: fee - deductions - already paid, released above the standard."""
        year = account.quarter.year
        fee, paid, score = self.terms.get_fee(year), self.terms.paid, self._score_year(year)
        settlement = settle_year(self.parameters, fee, self._sum_money(year), paid, score, ended=self.has_ended)
        self.settlements[year] = settlement
        self.ledger.post_settlement(account.code, settlement.released)

    def _sum_money(self, year: int) -> Decimal:
        codes = [one.code for one in self.list_year(year)] + [one.quarter for one in self._list_opening(year)]
        return sum((self.ledger.sum_money(code) for code in codes), ZERO)

    def _score_year(self, year: int) -> Decimal:
        score = sum((account.score for account in self.list_year(year)), ZERO)
        opened = self._list_opening(year)
        score += sum((self.parameters.quarter_max - balance.points_deducted for balance in opened), ZERO)
        cap = self.parameters.year_cap
        return score if cap is None else min(score, cap)

    def make_result(self) -> TermResult:
        """Return the final numbers."""
        years = sorted({account.quarter.year for account in self.accounts})
        quarters = tuple(result for year in years for result in self._make_quarters(year))
        return TermResult(quarters, tuple(map(self._make_year, years)), tuple(self.ledger.entries), self._find_state())

    def _make_quarters(self, year: int) -> Iterator[QuarterResult]:
        cumulative = sum((balance.points_deducted for balance in self._list_opening(year)), ZERO)
        for account in self.list_year(year):
            cumulative += account.points_deducted
            yield QuarterResult(
                quarter=account.code,
                score=account.score,
                held=account.held_points,
                points_deducted=account.points_deducted,
                money_deducted=self.ledger.sum_money(account.code),
                cumulative_deduction=cumulative,
                proposals=tuple(account.proposals),
                rectifications=account.rectifications,
                special=account.special.net,
            )

    def _make_year(self, year: int) -> YearResult:
        accounts = self.list_year(year)
        lost = sum((one.points_deducted for one in accounts), ZERO)
        lost += sum((one.points_deducted for one in self._list_opening(year)), ZERO)
        return YearResult(year, self._score_year(year), lost, self._sum_money(year), self.settlements.get(year))

    def _find_state(self) -> ContractState:
        if self.has_ended:
            return "terminated"
        done = len(self.accounts) + len(self.opening)
        return "settled" if done == self.terms.years * QUARTERS_A_YEAR else "active"
