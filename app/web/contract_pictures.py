"""The pictures of a contract's years: scores, points deducted, money; each with the table of its numbers.

Numbers are exact text in what the page's script reads; only there they become lengths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.i18n import format_number
from app.scoring.consequences.parameters import Consequences, TerminationByDeduction, TerminationByScore
from app.scoring.model import ZERO
from app.web.contract_page import QuarterView, YearView
from app.web.filters import show_money, show_points
from app.web.periods import show_period, show_quarter
from app.web.words import _

TEN_THOUSAND = 10_000
"""Large sums are read in units of 10,000 CNY (万元) along the axis; the table has them to the cent."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour of a picture means."""

    tone: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line across a picture, at points."""

    at: Decimal
    name: str

    @property
    def data(self) -> dict[str, str]:
        """The line as plain values."""
        return {"at": format_number(self.at), "name": self.name}


@dataclass(frozen=True, slots=True)
class NumberTable:
    """The numbers of a picture as they are read: the first column names the row; `foot` is the sum, if any."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: `kind` says how it is drawn, `data` from what; `words` say in a sentence what there is to see."""

    kind: str
    code: str
    title: str
    note: str
    words: str
    data: dict[str, object]
    keys: tuple[Key, ...]
    table: NumberTable


@dataclass(frozen=True, slots=True)
class Part:
    """A part of each year's bar: a value a year, in points or CNY; None where the year has none."""

    name: str
    tone: str
    values: tuple[Decimal | None, ...]


def list_pictures(years: Sequence[YearView], parameters: Consequences) -> tuple[Picture, ...]:
    """Return the pictures of all years of a contract; none before its first result."""
    if all(year.lost is None for year in years):
        return ()
    return (_draw_scores(years, parameters), _draw_points(years, parameters), _draw_money(years))


# Scores


def find_score(one: QuarterView, parameters: Consequences) -> Decimal | None:
    """Return a quarter's score; of one assessed elsewhere what its deduction leaves, as the year's score counts it."""
    if one.result is not None:
        return one.result.score
    return None if one.opening is None or one.lost is None else parameters.quarter_max - one.lost


def _draw_scores(years: Sequence[YearView], parameters: Consequences) -> Picture:
    quarters = [one for year in years for one in year.quarters]
    slots = [_make_slot(one, parameters) for one in quarters]
    lines = _list_score_lines(parameters)
    names = {
        "plain": _("not below a line"),
        "low": _("below {points} points", points=lines[0].at),
        "lowest": _("below {points} points", points=lines[-1].at),
        "opening": _("opening balance"),
        "held": _("Held points"),
    }
    used = {str(one["tone"]) for one in slots if one["value"] is not None} | {"held" for one in slots if one["held"]}
    low = sum(one["tone"] in ("low", "lowest") for one in slots)
    return Picture(
        kind="scores",
        code="scores",
        title=_("Score by quarter"),
        note=_("; ").join(_("below {points}: {what}", points=one.at, what=one.name) for one in lines),
        words=_(
            "Columns of the score by quarter over all years: {low} of {count} assessed quarters lie below {points} "
            "points. The table below has the numbers.",
            low=low,
            count=sum(one["value"] is not None for one in slots),
            points=lines[0].at,
        ),
        data={
            "years": [_name_year(year) for year in years],
            "short_years": [_("Y{year}", year=year.year) for year in years],
            "quarters": slots,
            "lines": [one.data for one in lines],
            "top": format_number(parameters.quarter_max),
            "words": {"score": _("Score"), "held": _("Held points")},
        },
        keys=tuple(Key(tone, name) for tone, name in names.items() if tone in used),
        table=_make_score_table(years, parameters),
    )


def _make_slot(one: QuarterView, parameters: Consequences) -> dict[str, str | None]:
    """Return a quarter's column; what it is held against is score and held points together, as money is (顺延)."""
    score = find_score(one, parameters)
    held = one.result.held if one.result is not None else ZERO
    name = show_quarter(one.period.code)
    return {
        "name": name,
        "short": _("{quarter}Q", quarter=one.period.code[-1]),
        "full": show_period(one.period.code),
        "value": None if score is None else format_number(score),
        "shown": show_points(score),
        "held": format_number(held) if held else None,
        "shown_held": show_points(held),
        "tone": "plain" if score is None else _find_tone(one, score + held, parameters),
        "note": _describe_quarter(one),
    }


def _find_tone(one: QuarterView, effective: Decimal, parameters: Consequences) -> str:
    condition = parameters.termination
    if one.result is None:
        return "opening"
    if isinstance(condition, TerminationByScore) and effective < condition.below:
        return "lowest"
    return "low" if effective < max(parameters.money.below, parameters.rectification_below) else "plain"


def _describe_quarter(one: QuarterView) -> str:
    if one.opening is not None:
        return _("opening balance")
    return _("cancelled") if one.result is None and one.period.cancelled_at is not None else ""


def _list_score_lines(parameters: Consequences) -> list[Line]:
    """Return the scores below which something follows, the highest first; equal ones are one line."""
    follows = [
        (parameters.money.below, _("money deduction")),
        (parameters.rectification_below, _("rectification")),
    ]
    if isinstance(parameters.termination, TerminationByScore):
        follows.append((parameters.termination.below, _("termination proposal")))
    found = sorted({at for at, _name in follows}, reverse=True)
    return [Line(at, _(", ").join(name for value, name in follows if value == at)) for at in found]


def _make_score_table(years: Sequence[YearView], parameters: Consequences) -> NumberTable:
    rows = []
    for year in years:
        cells = [_describe_quarter(one) if find_score(one, parameters) is None else "" for one in year.quarters]
        scores = [show_points(find_score(one, parameters)) for one in year.quarters]
        shown = [cell or score for cell, score in zip(cells, scores, strict=True)]
        rows.append((_name_year(year), *shown, show_points(year.score)))
    return NumberTable((_("Contract year"), *_list_quarter_names(years), _("Year's score")), tuple(rows))


# Points deducted


def _draw_points(years: Sequence[YearView], parameters: Consequences) -> Picture:
    parts = [
        Part(name, f"q{place + 1}", tuple(year.quarters[place].lost for year in years))
        for place, name in enumerate(_list_quarter_names(years))
    ]
    totals = [year.lost for year in years]
    held = [year.held for year in years]
    if any(held):
        parts.append(Part(_("Held points"), "held", tuple(one or None for one in held)))
    condition, lines, earlier = parameters.termination, list[Line](), None
    if isinstance(condition, TerminationByDeduction):
        lines = [Line(condition.at, _("termination proposal"))]
        if condition.window == "contract":
            earlier = Part(_("Earlier years"), "earlier", _sum_before(totals))
            parts.insert(0, earlier)
    return Picture(
        kind="stacks",
        code="points",
        title=_("Points deducted by year"),
        note=_("; ").join(_note_points(years, lines)),
        words=_describe_points(years, totals, lines),
        data=_make_stack(years, parts, [show_points(one) for one in totals], lines),
        keys=_list_keys(parts),
        table=_make_points_table(years, totals, held, earlier),
    )


def _sum_before(totals: Sequence[Decimal | None]) -> tuple[Decimal | None, ...]:
    """Return what was deducted before each year, where the whole term counts towards the limit."""
    known = [one or ZERO for one in totals]
    return tuple(sum(known[:place], ZERO) or None for place in range(len(known)))


def _note_points(years: Sequence[YearView], lines: Sequence[Line]) -> Iterator[str]:
    for one in lines:
        yield _("from {points} on: {what}", points=one.at, what=one.name)
    if any(one.lost is not None and one.lost < 0 for year in years for one in year.quarters):
        yield _("negative where special points lift a quarter above the full points")


def _describe_points(years: Sequence[YearView], totals: Sequence[Decimal | None], lines: Sequence[Line]) -> str:
    most = max(one for one in totals if one is not None)
    year = years[totals.index(most)].year
    if not lines:
        return _(
            "Bars of the points deducted by year, each made of its quarters: the most are {points} in year {year}. "
            "The table below has the numbers.",
            points=most,
            year=year,
        )
    return _(
        "Bars of the points deducted by year, each made of its quarters, with the line at {limit}: "
        "the most are {points} in year {year}. The table below has the numbers.",
        limit=lines[0].at,
        points=most,
        year=year,
    )


def _make_points_table(
    years: Sequence[YearView], totals: Sequence[Decimal | None], held: Sequence[Decimal], earlier: Part | None
) -> NumberTable:
    columns = [[_name_year(year) for year in years]]
    columns += [[show_points(year.quarters[place].lost) for year in years] for place in range(len(years[0].quarters))]
    columns.append([show_points(one) for one in totals])
    head = [_("Contract year"), *_list_quarter_names(years), _("Total")]
    if earlier is not None:
        head.append(earlier.name)
        columns.append([show_points(one) for one in earlier.values])
    if any(held):
        head.append(_("Held points"))
        known = [None if total is None else kept for total, kept in zip(totals, held, strict=True)]
        columns.append([show_points(one) for one in known])
    return NumberTable(tuple(head), tuple(zip(*columns, strict=True)))


# Money


def _draw_money(years: Sequence[YearView]) -> Picture:
    fees = [None if _is_cancelled(year) else year.fee for year in years]
    parts = _split_fees(years)
    deducted = sum((year.money for year in years), ZERO)
    rows = [(one.name, *(show_money(value, unit=False) for value in one.values)) for one in parts]
    drawn = [one for one in parts if any(one.values)]
    return Picture(
        kind="stacks",
        code="money",
        title=_("What became of the fee"),
        note=_("in CNY; along the axis in units of 10,000 CNY"),
        words=_(
            "Bars of each year's fee by what became of it: {amount} CNY deducted in all. "
            "The table below has the numbers.",
            amount=show_money(deducted, unit=False),
        ),
        data=_make_stack(years, drawn, [show_money(one, unit=False) for one in fees], (), TEN_THOUSAND),
        keys=_list_keys(drawn),
        table=NumberTable(
            (_("Money, CNY"), *map(_name_year, years)),
            tuple(rows),
            (_("Fee of the year"), *(show_money(one, unit=False) for one in fees)),
        ),
    )


def _is_cancelled(year: YearView) -> bool:
    """Whether nothing of a year takes place any more: no quarter assessed, all cancelled."""
    return all(one.period.cancelled_at is not None and one.lost is None for one in year.quarters)


def _split_fees(years: Sequence[YearView]) -> list[Part]:
    """Return what each year's fee is made of; of a year ahead only the fee is known, of a cancelled one nothing."""
    alive = [not _is_cancelled(year) for year in years]
    begun = [year.is_begun and one for year, one in zip(years, alive, strict=True)]
    ahead = [not year.is_begun and one for year, one in zip(years, alive, strict=True)]
    settled = [year.settlement if one else None for year, one in zip(years, begun, strict=True)]
    open_ = [one and year.settlement is None for year, one in zip(years, begun, strict=True)]
    parts = [
        Part(_("Already paid"), "paid", _keep([year.paid for year in years], begun)),
        Part(_("Released"), "released", tuple(one.released if one else None for one in settled)),
        Part(_("Left so far"), "left", _keep([year.rest for year in years], open_)),
        Part(_("Withheld"), "withheld", tuple(one.withheld if one else None for one in settled)),
        Part(_("Deducted"), "deducted", _keep([year.money for year in years], begun)),
    ]
    if any(ahead):
        parts.append(Part(_("Not begun yet"), "ahead", _keep([year.fee for year in years], ahead)))
    return parts


def _keep(values: Sequence[Decimal], wanted: Sequence[bool]) -> tuple[Decimal | None, ...]:
    return tuple(value if one else None for value, one in zip(values, wanted, strict=True))


# What pictures share


def _make_stack(
    years: Sequence[YearView], parts: Sequence[Part], totals: Sequence[str], lines: Sequence[Line], axis_unit: int = 1
) -> dict[str, object]:
    is_money = axis_unit != 1
    return {
        "years": [_name_year(year) for year in years],
        "totals": totals,
        "axis_unit": str(axis_unit),
        "lines": [one.data for one in lines],
        "series": [
            {
                "name": one.name,
                "tone": one.tone,
                "values": [None if value is None else format_number(value) for value in one.values],
                "shown": [show_money(value, unit=False) if is_money else show_points(value) for value in one.values],
            }
            for one in parts
        ],
    }


def _list_keys(parts: Sequence[Part]) -> tuple[Key, ...]:
    return tuple(Key(one.tone, one.name) for one in parts if any(one.values))


def _list_quarter_names(years: Sequence[YearView]) -> list[str]:
    return [show_quarter(one.period.code) for one in years[0].quarters]


def _name_year(year: YearView) -> str:
    return _("Year {year}", year=year.year)
