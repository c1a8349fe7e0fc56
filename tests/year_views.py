"""Years of a contract as its page has them, from a term of scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from app.calendar.contract_periods import get_contract_quarter
from app.contracts.models import ContractPeriod
from app.scoring.consequences.parameters import Consequences
from app.scoring.consequences.quarters import QuarterFacts
from app.web.contract_page import QuarterView, YearView
from tests.builders import FEE, HONGSHAN, run

START = dt.date(2025, 1, 1)


def make_years(
    *quarters: QuarterFacts | str,
    years: int = 3,
    parameters: Mapping[str, object] = HONGSHAN,
    paid: str = "0",
    cancelled: tuple[str, ...] = (),
    opening: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[YearView, ...]:
    """The years of a contract of which these quarters are approved, each given as its score or as a built quarter."""
    result = run(*quarters, parameters=parameters, paid=Decimal(paid), years=years)
    results = {one.quarter: one for one in result.quarters}
    totals = {one.year: one for one in result.years}
    made = []
    for year in range(1, years + 1):
        views = [
            QuarterView(make_period(year, place, cancelled), None, results.get(code), (opening or {}).get(code))
            for place in range(1, 5)
            for code in [f"Y{year}Q{place}"]
        ]
        found = totals.get(year)
        made.append(
            YearView(
                year=year,
                quarters=tuple(views),
                fee=FEE,
                paid=Decimal(paid),
                money=sum((one.money for one in views if one.money is not None), Decimal(0)),
                score=found.score if found else None,
                settlement=found.settlement if found else None,
                warn_percent=Consequences.model_validate(parameters).warn_share_percent,
            )
        )
    return tuple(made)


def make_period(year: int, place: int, cancelled: tuple[str, ...] = ()) -> ContractPeriod:
    """A quarter of a contract that began with 2025."""
    quarter, code = get_contract_quarter(START, year, place), f"Y{year}Q{place}"
    ended = dt.datetime(2025, 12, 1, tzinfo=dt.UTC) if code in cancelled else None
    return ContractPeriod(
        id=year * 10 + place,
        contract_id=1,
        code=code,
        year=year,
        part=f"Q{place}",
        start=quarter.start,
        end=quarter.end,
        opens=quarter.opens,
        rubric="two-marks",
        rubric_version=1,
        opened_at=None,
        cancelled_at=ended,
    )
