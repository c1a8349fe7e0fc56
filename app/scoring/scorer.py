"""A part of a rubric, bound once, that checks facts and scores many sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from app.errors import Message, find_nearest
from app.scoring.facts import NO_PLAIN, YES_NO_ONLY, Check, Fact, FactRefused, Value, Values
from app.scoring.findings import COST, Row, Working, charge
from app.scoring.model import ZERO, divide_half_up
from app.scoring.rubric import Indicator, Part, Rubric
from app.scoring.rules import Context, Judged
from app.scoring.rules.base import FindingsFunction, PointsFunction
from app.scoring.sheet import Sheet
from app.scoring.special import SpecialResult, SpecialScorer

Caps = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Selection:
    """The indicators that apply, bound for the points alone, and for findings with the points of those on top.

    `base` is what the indicators add up to, those on top aside.
    """

    points: list[tuple[str, PointsFunction]]
    findings: list[tuple[str, FindingsFunction, Decimal, PointsFunction | None]]
    required: frozenset[str]
    base: Decimal


class PartScorer:
    """Scores one part of one rubric version: `check_facts`, then `score`, or `explain` for the working as well.

    Pure: the same facts always give the same sheet. Bound functions are kept, so make one and use it for many sheets.
    """

    def __init__(self, rubric: Rubric, part_name: str) -> None:
        self.rubric, self.part_name = rubric, part_name
        self.part: Part = rubric.get_part(part_name)
        self.facts: dict[str, Fact] = rubric.list_part_facts(part_name)
        indicators = [indicator for _section, indicator in self.part.list_indicators()]
        self.codes = tuple(indicator.code for indicator in indicators)
        self.special_facts = () if rubric.special_points is None else rubric.special_points.list_facts()
        self.reads = {indicator.code: indicator.list_facts() for indicator in indicators}
        self._contexts = {indicator.code: _make_context(indicator, self.facts) for indicator in indicators}
        self._points = {one.code: one.rule.bind_points(self._contexts[one.code]) for one in indicators}
        self._special = None if rubric.special_points is None else SpecialScorer(rubric.special_points, self.facts)
        self._checks = dict(self._bind_checks(indicators))
        self._plain_up_to = dict(self._bind_plain_bounds())
        self._defaults = {name: fact.default for name, fact in self.facts.items() if fact.default is not None}
        self._switches = tuple(section.only_when for section in self.part.sections if section.only_when is not None)
        self._selections: dict[tuple[Value, ...], _Selection] = {}
        self._blocks = [
            (section.code, section.weight / 100, _bind_getter([indicator.code for indicator in section.indicators]))
            for section in self.part.sections
            if section.weight is not None
        ]

    def list_fact_names(self) -> tuple[str, ...]:
        """Return the names of all facts that this part knows, special ones included."""
        return tuple(self._checks)

    def check_facts(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Return checked values; raise `FactRefused` with the name of the first fact that can't be right."""
        checks, plain_up_to = self._checks, self._plain_up_to
        values: dict[str, Value] = {**self._defaults, **given}  # type: ignore[dict-item]  # each is checked below
        try:
            for name, value in given.items():
                # Most values are plain whole numbers within their bounds, or yes or no: those need no call.
                if type(value) is int:
                    if not 0 <= value <= plain_up_to[name]:
                        values[name] = checks[name](value)
                elif type(value) is not bool or plain_up_to[name] != YES_NO_ONLY:
                    values[name] = checks[name](value)
        except KeyError:
            raise self._refuse_unknown(given) from None
        return values

    def score(self, values: Values, used_caps: Caps | None = None) -> Sheet:
        """Return the sheet for checked values. `used_caps`: see `SpecialScorer.score`."""
        selection = self._select(values)
        if len(values) != len(self._checks) and not selection.required <= values.keys():
            return self._make_open_sheet(values, selection, used_caps)
        indicators = {code: points(values) for code, points in selection.points}
        return self._make_sheet(values, indicators, selection, used_caps)

    def explain(self, values: Values, used_caps: Caps | None = None) -> tuple[Sheet, Working]:
        """Return the sheet and its working: the findings of every indicator that applies, open ones included.

        One pass gives both: an indicator's points are its base points less what its findings cost.
        """
        selection = self._select(values)
        rows: dict[str, list[Row]] = {}
        indicators: dict[str, Decimal] = {}
        for code, find, full, free in selection.findings:
            rows[code], lost = find(values)
            indicators[code] = full if lost is ZERO else full - lost
            if free is not None and self._knows(code, values):
                indicators[code] = free(values)
        if selection.required <= values.keys():
            sheet = self._make_sheet(values, indicators, selection, used_caps)
        else:
            sheet = self._make_open_sheet(values, selection, used_caps)
        if self._special is not None and sheet.special is not None:
            rows["special"] = self._special.explain(values, sheet.special)
        return sheet, Working(rows)

    def score_indicator(self, code: str, values: Values) -> Decimal:
        """Return the points of one indicator for complete values (顺延指标 are scored one by one)."""
        return self._points[code](values)

    def get_max(self, code: str) -> Decimal:
        """Return an indicator's base points."""
        return self._contexts[code].max

    def make_special(self, values: Values, used_caps: Caps | None = None) -> SpecialResult | None:
        """Return the special points of a period, or None where the rubric has none."""
        return None if self._special is None else self._special.score(values, used_caps)

    def _make_sheet(
        self, values: Values, indicators: dict[str, Decimal], selection: _Selection, used_caps: Caps | None
    ) -> Sheet:
        if self._blocks:
            total, blocks = self._weigh_blocks(indicators)
            return Sheet(total, self.part.max, (), indicators, blocks)
        total = sum(indicators.values(), ZERO)
        if selection.base != self.part.max and self.part.absent_sections == "scale":
            total = divide_half_up(total * self.part.max, selection.base, 4)
        if self.part.total_cap is not None:
            total = min(total, self.part.total_cap)
        if self._special is None:
            return Sheet(total, self.part.max, (), indicators)
        special = self._special.score(values, used_caps)
        return Sheet(total + special.net, self.part.max, (), indicators, None, special)

    def _make_open_sheet(self, values: Values, selection: _Selection, used_caps: Caps | None) -> Sheet:
        known = {code: points(values) for code, points in selection.points if self._knows(code, values)}
        missing = dict.fromkeys(
            name for code, _points in selection.points for name in self.reads[code] if name not in values
        )
        return Sheet(None, self.part.max, tuple(missing), known, None, self.make_special(values, used_caps))

    def _knows(self, code: str, values: Values) -> bool:
        return all(name in values for name in self.reads[code])

    def _bind_checks(self, indicators: Iterable[Indicator]) -> Iterable[tuple[str, Check]]:
        read = {name for names in self.reads.values() for name in names}
        read |= {section.only_when for section in self.part.sections if section.only_when is not None}
        read |= set(self.special_facts)
        for name, fact in self.facts.items():
            if name in read:
                yield name, fact.bind_check(name)
        for indicator in indicators:
            if isinstance(indicator.rule, Judged):
                yield indicator.code, indicator.rule.bind_check(indicator.code, indicator.max)

    def _bind_plain_bounds(self) -> Iterable[tuple[str, int]]:
        """Yield up to which whole number a fact is right as it is; see `Fact.plain_up_to`."""
        for name in self._checks:
            fact = self.facts.get(name)
            yield name, NO_PLAIN if fact is None else fact.plain_up_to

    def _select(self, values: Values) -> _Selection:
        """Return the indicators that apply, bound once for each answer to the sections' yes/no conditions."""
        answers = tuple([values[switch] for switch in self._switches]) if self._switches else ()
        if answers not in self._selections:
            self._selections[answers] = self._bind(values)
        return self._selections[answers]

    def _bind(self, values: Values) -> _Selection:
        sections = [one for one in self.part.sections if one.only_when is None or values[one.only_when]]
        points: list[tuple[str, PointsFunction]] = []
        findings: list[tuple[str, FindingsFunction, Decimal, PointsFunction | None]] = []
        base = ZERO
        for section in sections:
            for indicator in section.indicators:
                code, context = indicator.code, self._contexts[indicator.code]
                find = indicator.rule.bind_findings(context)
                points.append((code, self._points[code]))
                if section.on_top:
                    findings.append((code, _bind_free(find), context.max, self._points[code]))
                else:
                    findings.append((code, find, context.max, None))
                    base += context.max
        required = frozenset(name for code, _points in points for name in self.reads[code]) - self._defaults.keys()
        return _Selection(points, findings, required, base)

    def _weigh_blocks(self, indicators: dict[str, Decimal]) -> tuple[Decimal, Mapping[str, Decimal]]:
        blocks, total = {}, ZERO
        for code, weight, get_members in self._blocks:
            blocks[code] = block = sum(get_members(indicators), ZERO)
            total += block * weight
        return total, blocks

    def _refuse_unknown(self, given: Mapping[str, object]) -> FactRefused:
        name = next(name for name in given if name not in self._checks)
        if name in self.facts:
            text = Message("{fact} is not read in {part}", fact=name, part=self.part_name)
            return FactRefused(name, text)
        nearest = find_nearest(name, self._checks)
        if not nearest:
            return FactRefused(name, Message("unknown fact {fact}", fact=name))
        return FactRefused(name, Message("unknown fact {fact}; nearest: {nearest}", fact=name, nearest=nearest))


def _make_context(indicator: Indicator, facts: Mapping[str, Fact]) -> Context:
    return Context(indicator.code, indicator.name, indicator.max, indicator.source, facts)


def _bind_getter(codes: list[str]) -> Callable[[Mapping[str, Decimal]], tuple[Decimal, ...]]:
    if len(codes) == 1:
        return lambda points: (points[codes[0]],)
    return itemgetter(*codes)


def _bind_free(find: FindingsFunction) -> FindingsFunction:
    """Bind findings that cost nothing: what comes on top is never lost."""
    return lambda values: ([row if row[COST] is None else charge(row, ZERO) for row in find(values)[0]], ZERO)
