"""Random contract terms: whatever happens, the ledger and the numbers say the same."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args

import pytest

from app.scoring.consequences.entries import Kind
from app.scoring.consequences.parameters import Consequences
from app.scoring.consequences.quarters import QuarterFacts
from app.scoring.consequences.term import ContractTerms, Decision, Term, TermResult
from tests.builders import CHIFENG, HONGSHAN, make_quarter, run

TERMS = 10_000 if os.environ.get("KAOHE_LONG") else 600
FEES = ("500000.00", "3000000.00", "12000000.00", "999999.99")


def draw_marks(rng: random.Random) -> dict[str, Decimal]:
    marks = {"a": Decimal(rng.randint(0, 2000)) / 100, "b": Decimal(rng.randint(0, 500)) / 100}
    return {code: mark for code, mark in marks.items() if rng.random() < 0.7}


def draw_quarters(rng: random.Random, *, may_defer: bool) -> Iterator[QuarterFacts]:
    deferred: dict[str, tuple[str, ...]] = {}
    for place in range(rng.randint(0, 12)):
        changes: dict[str, object] = {}
        if rng.random() < 0.3:
            changes["representation"] = draw_marks(rng)
        if rng.random() < 0.3:
            changes["appeal"] = draw_marks(rng)
        code = f"Y{place // 4 + 1}Q{place % 4 + 1}"
        if place % 4 == 0:
            deferred = {}
        if place % 4 == 3:
            changes["made_up"] = {one: dict.fromkeys(codes, draw_marks(rng)) for one, codes in deferred.items()}
        elif may_defer and rng.random() < 0.4:
            deferred[code] = tuple(rng.sample(("a", "b"), rng.randint(1, 2)))
            changes["defer"] = deferred[code]
        score = Decimal(rng.choice([rng.randint(0, 2500), rng.randint(1400, 2100), 2000, 1999, 1500]))
        yield make_quarter(place, str(score / 100), **changes)


def draw_term(seed: int) -> tuple[TermResult, Decimal, Decimal, dict[str, object]]:
    rng = random.Random(seed)  # noqa: S311  # scenarios for tests, no secret
    parameters = rng.choice([HONGSHAN, CHIFENG])
    fee, paid = Decimal(rng.choice(FEES)), Decimal(rng.choice(["0.00", "100000.00", "5000000.00"]))
    decisions: tuple[Decision, ...] = tuple(rng.choice(get_args(Decision)) for _ in range(rng.randint(0, 3)))
    quarters = draw_quarters(rng, may_defer=parameters is HONGSHAN)
    return run(*quarters, decisions=decisions, parameters=parameters, fee=fee, paid=paid), fee, paid, parameters


def fold(result: TermResult, quarter: str, *kinds: Kind) -> tuple[Decimal, Decimal]:
    """Points and money of a quarter's entries of some kinds, their reversals included."""
    wanted = [
        entry
        for entry in result.ledger
        if entry.quarter == quarter
        and (entry.kind in kinds or (entry.reverses is not None and result.ledger[entry.reverses].kind in kinds))
    ]
    return sum((one.points for one in wanted), Decimal(0)), sum((one.money for one in wanted), Decimal(0))


def check_quarters(result: TermResult) -> None:
    for quarter in result.quarters:
        assert fold(result, quarter.quarter, "points")[0] == quarter.points_deducted
        assert fold(result, quarter.quarter, "money")[1] == quarter.money_deducted >= 0
        assert quarter.score + quarter.held + quarter.points_deducted == 25
        held, released = fold(result, quarter.quarter, "held")[0], fold(result, quarter.quarter, "released")[0]
        assert held >= released >= 0


def check_years(result: TermResult, fee: Decimal, paid: Decimal, parameters: dict[str, object]) -> None:
    for year in result.years:
        quarters = [one for one in result.quarters if one.quarter.startswith(f"Y{year.year}Q")]
        assert year.cumulative_deduction == quarters[-1].cumulative_deduction
        assert year.money_deducted == sum(one.money_deducted for one in quarters) <= fee
        is_over = len(quarters) == 4 or (result.contract_state == "terminated" and year is result.years[-1])
        assert (year.settlement is not None) == is_over
        if year.settlement is not None:
            rest = max(Decimal(0), fee - year.money_deducted - paid)
            assert year.settlement.released + year.settlement.withheld == rest
        if len(quarters) == 4 and parameters is HONGSHAN:
            assert all(one.held == 0 for one in quarters)
            assert year.score == 100 - year.cumulative_deduction


@pytest.mark.parametrize("share", range(20))
def test_ledger_quarters_and_years_agree_on_random_terms(share: int) -> None:
    for seed in range(share, TERMS, 20):
        result, fee, paid, parameters = draw_term(seed)
        check_quarters(result)
        check_years(result, fee, paid, parameters)
        reversed_places = [entry.reverses for entry in result.ledger if entry.reverses is not None]
        assert len(reversed_places) == len(set(reversed_places))
        assert all(place < here for here, entry in enumerate(result.ledger) if (place := entry.reverses) is not None)
        settled = [entry for entry in result.ledger if entry.kind == "settlement"]
        assert len(settled) == sum(year.settlement is not None for year in result.years)


def test_a_proposal_opens_in_exactly_the_quarters_whose_approval_finds_40_points_lost() -> None:
    for seed in range(TERMS):
        rng = random.Random(seed)  # noqa: S311  # scenarios for tests, no secret
        scores = [str(Decimal(rng.randint(0, 2500)) / 100) for _ in range(12)]
        for quarter in run(*scores, decisions=("continue", "continue", "end")).quarters:
            assert bool(quarter.proposals) == (quarter.cumulative_deduction >= 40)


class History:
    """A term as it may really happen: quarters approved in any order, appeals late, an end at any time."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # scenarios for tests, no secret
        self.parameters = self.rng.choice([HONGSHAN, CHIFENG])
        self.fee = Decimal(self.rng.choice(FEES))
        self.events: list[tuple[str, object]] = []
        quarters = list(draw_quarters(self.rng, may_defer=self.parameters is HONGSHAN))
        self.waiting = sorted(quarters, key=lambda one: (one.year, one.is_last_of_year, self.rng.random()))

    def live(self) -> Term:
        """Let everything happen, noting each event."""
        term = self.open()
        while self.waiting and not term.has_ended:
            self.happen(term, ("approve", self.waiting.pop(0)))
            for account in term.accounts:
                if account.quarter.year not in term.settlements and self.rng.random() < 0.15:
                    self.happen(term, ("appeal", (account.code, draw_marks(self.rng))))
            if self.rng.random() < 0.04:
                self.happen(term, ("end", None))
            for year in {one.quarter.year for one in term.accounts} - set(term.settlements):
                if term.has_ended or (term.is_year_complete(year) and self.rng.random() < 0.7):
                    self.happen(term, ("settle", year))
        return term

    def open(self) -> Term:
        return Term(Consequences.model_validate(self.parameters), ContractTerms(self.fee, 3))

    def happen(self, term: Term, event: tuple[str, object]) -> None:
        self.events.append(event)
        apply(term, event)


def apply(term: Term, event: tuple[str, object]) -> None:
    kind, what = event
    if kind == "approve":
        term.approve(what)  # type: ignore[arg-type]  # an event's own value
    elif kind == "appeal":
        assert isinstance(what, tuple)
        code, accepted = what
        term.appeal(next(one for one in term.accounts if one.code == code), accepted)
    elif kind == "end":
        term.end()
    else:
        term.settle_year(next(one for one in reversed(term.accounts) if one.quarter.year == what))


@pytest.mark.parametrize("share", range(20))
def test_the_ledger_holds_whatever_the_order_in_which_things_really_happen(share: int) -> None:
    for seed in range(share, TERMS, 20):
        history = History(seed)
        term = history.live()
        result = term.make_result()
        check_quarters(result)
        for year in result.years:
            assert year.money_deducted <= history.fee
            of_year = [one for one in result.ledger if one.quarter.startswith(f"Y{year.year}Q")]
            settled = [one for one in of_year if one.kind == "settlement"]
            assert len(settled) == (year.settlement is not None)
        again = history.open()
        for event in history.events:
            before = list(again.ledger.entries)
            apply(again, event)
            assert again.ledger.entries[: len(before)] == before
        assert again.ledger.entries == term.ledger.entries
        if term.has_ended:
            assert all(one.held == 0 for one in result.quarters)
            assert all(one.settlement is not None for one in result.years)
