"""The pictures of a contract's years (历年情况) as values: what a chart draws beside the tables of the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from app.i18n import format_number
from app.scoring.consequences.parameters import Consequences, TerminationByDeduction
from app.scoring.model import ZERO
from app.web.contract_page import ContractPage, YearView
from app.web.periods import show_quarter
from app.web.words import _

QUARTER_TONES = ("q1", "q2", "q3", "q4")


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one colour, one for each category: exact text, None where there is none."""

    name: str
    tone: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A limit across the picture."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: what it shows, its unit, what is drawn. Bars below `low` are red; the axis reaches `top` at least."""

    title: str
    words: str
    unit: str
    decimals: int
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    lines: tuple[Line, ...] = ()
    low: str | None = None
    top: str = "0"

    @property
    def data(self) -> dict[str, object]:
        """The picture as plain JSON values."""
        return asdict(self)


def make_pictures(page: ContractPage) -> tuple[Picture, ...]:
    """Return the pictures of the years begun: scores, deducted points, money; none before the first result."""
    begun = [year for year in page.years if any(one.lost is not None for one in year.quarters)]
    if not begun:
        return ()
    return (_draw_scores(begun, page.parameters), _draw_points(begun, page.parameters), _draw_money(begun))


def _draw_scores(years: Sequence[YearView], parameters: Consequences) -> Picture:
    quarters = [(year, one) for year in years for one in year.quarters]
    scores = [None if one.result is None else one.result.score for _year, one in quarters]
    lines = [Line(_("money {points}", points=format_number(parameters.money.below)), str(parameters.money.below))]
    if not isinstance(parameters.termination, TerminationByDeduction):
        below = parameters.termination.below
        lines.append(Line(_("proposal {points}", points=format_number(below)), str(below)))
    return Picture(
        title=_("Score by quarter"),
        words=_("Score of each quarter; below {points} money is deducted", points=parameters.money.below),
        unit=_("points"),
        decimals=2,
        categories=tuple(_name(year, show_quarter(one.period.code), years) for year, one in quarters),
        series=(Series(_("Score"), "accent", tuple(map(_write, scores))),),
        lines=tuple(lines),
        low=str(parameters.money.below),
        top=str(parameters.quarter_max),
    )


def _draw_points(years: Sequence[YearView], parameters: Consequences) -> Picture:
    """Return the points deducted, a stack of quarters for each year; what special points give back isn't drawn."""
    places = range(max(len(year.quarters) for year in years))
    series = [
        Series(
            show_quarter(years[0].quarters[place].period.code),
            QUARTER_TONES[place],
            tuple(_write(max(ZERO, year.quarters[place].lost or ZERO)) for year in years),
        )
        for place in places
    ]
    if any(year.held for year in years):
        series.append(Series(_("held"), "held", tuple(_write(year.held) for year in years)))
    condition = parameters.termination
    limit = condition.at if isinstance(condition, TerminationByDeduction) else None
    lines = () if limit is None else (Line(_("proposal {points}", points=format_number(limit)), str(limit)),)
    return Picture(
        title=_("Points deducted by year"),
        words=_("Points deducted in each year, quarter by quarter"),
        unit=_("points"),
        decimals=2,
        categories=tuple(_("Year {year}", year=year.year) for year in years),
        series=tuple(series),
        lines=lines,
    )


def _draw_money(years: Sequence[YearView]) -> Picture:
    settled = [year.settlement for year in years]
    released = [ZERO if one is None else one.released for one in settled]
    withheld = [ZERO if one is None else one.withheld for one in settled]
    left = [year.rest if year.settlement is None else ZERO for year in years]
    parts = (
        (_("Already paid"), "q4", [year.paid for year in years]),
        (_("Released"), "green", released),
        (_("Left so far"), "grey", left),
        (_("Withheld"), "orange", withheld),
        (_("Deducted"), "red", [year.money for year in years]),
    )
    return Picture(
        title=_("Fee by year"),
        words=_("What became of each year's fee"),
        unit=_("yuan"),
        decimals=2,
        categories=tuple(_("Year {year}", year=year.year) for year in years),
        series=tuple(Series(name, tone, tuple(map(_write, values))) for name, tone, values in parts if any(values)),
    )


def _name(year: YearView, quarter: str, years: Sequence[YearView]) -> str:
    """Return a quarter's name under its bar; with its year where several are drawn."""
    return quarter if len(years) == 1 else f"{_('Year {year}', year=year.year)}\n{quarter}"


def _write(value: Decimal | None) -> str | None:
    return None if value is None else format_number(value)
