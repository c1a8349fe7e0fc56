"""A part of a rubric, bound once, that checks facts and scores many sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from app.errors import Message, find_nearest
from app.scoring.facts import Check, Fact, FactRefused, Value, Values
from app.scoring.findings import COST, Row, Working, charge
from app.scoring.model import ZERO, divide_half_up
from app.scoring.rubric import Indicator, Part, Rubric, Section
from app.scoring.rules import Context, Judged
from app.scoring.rules.base import FindingsFunction, PointsFunction
from app.scoring.sheet import Sheet
from app.scoring.special import SpecialResult, SpecialScorer

Caps = Mapping[str, Decimal]
_Bound = tuple[str, PointsFunction]
_TotalFunction = Callable[[dict[str, Decimal]], tuple[Decimal, Mapping[str, Decimal] | None]]


class PartScorer:
    """Scores one part of one rubric version: `check_facts`, then `score`, and `explain` for the working.

    Pure: the same facts always give the same sheet. Bound functions are kept, so make one and use it for many sheets.
    """

    def __init__(self, rubric: Rubric, part_name: str) -> None:
        self.rubric, self.part_name = rubric, part_name
        self.part: Part = rubric.get_part(part_name)
        self.facts: dict[str, Fact] = rubric.list_part_facts(part_name)
        pairs = list(self.part.list_indicators())
        self.codes = tuple(indicator.code for _, indicator in pairs)
        self.reads = {indicator.code: indicator.list_facts() for _, indicator in pairs}
        self._contexts = {indicator.code: _make_context(indicator, self.facts) for _, indicator in pairs}
        self._bound: list[_Bound] = [(i.code, i.rule.bind_points(self._contexts[i.code])) for _, i in pairs]
        self._full = {code: context.max for code, context in self._contexts.items()}
        on_top = {one.code for section, one in pairs if section.on_top}
        self._free = {code: points for code, points in self._bound if code in on_top}
        self._findings: dict[str, FindingsFunction] = {}
        self._special = None if rubric.special_points is None else SpecialScorer(rubric.special_points)
        self._checks = dict(self._bind_checks(pairs))
        self._plain_up_to = dict(self._bind_plain_bounds())
        self._defaults = {name: fact.default for name, fact in self.facts.items() if fact.default is not None}
        self._optional = [section for section in self.part.sections if section.only_when is not None]
        self._required = frozenset(name for names in self.reads.values() for name in names) - self._defaults.keys()
        self._blocks = [
            (section.code, section.weight / 100, [indicator.code for indicator in section.indicators])
            for section in self.part.sections
            if section.weight is not None
        ]
        self._total = self._bind_total()

    def list_fact_names(self) -> tuple[str, ...]:
        """Return the names of all facts that this part knows, special ones included."""
        return tuple(self._checks)

    def check_facts(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Return checked values; raise `FactRefused` with the name of the first fact that can't be right."""
        checks, plain_up_to = self._checks, self._plain_up_to
        values: dict[str, Value] = {**self._defaults}
        try:
            for name, value in given.items():
                # Most values are plain whole numbers within their bounds: those need no call.
                if type(value) is int and 0 <= value <= plain_up_to[name]:
                    values[name] = value
                else:
                    values[name] = checks[name](value)
        except KeyError:
            raise self._refuse_unknown(given) from None
        return values

    def score(self, values: Values, used_caps: Caps | None = None) -> Sheet:
        """Return the sheet for checked values. `used_caps`: see `SpecialPoints.score`."""
        bound = self._choose_bound(values) if self._optional else self._bound
        required = self._required if bound is self._bound else self._list_required(bound)
        if len(values) == len(self._checks) or required <= values.keys():
            indicators = {code: points(values) for code, points in bound}
            missing: tuple[str, ...] = ()
        else:
            indicators, missing = self._score_known(values, bound, required)
        return self._make_sheet(values, indicators, missing, used_caps)

    def explain(self, values: Values, used_caps: Caps | None = None) -> tuple[Sheet, Working]:
        """Return the sheet and its working: the findings of every indicator that applies, open ones included.

        One pass gives both: an indicator's points are its base points less what its findings cost.
        """
        if not self._findings:
            self._findings = self._bind_findings()
        if len(values) != len(self._checks) or self._optional:
            sheet = self.score(values, used_caps)
            bound = self._choose_bound(values) if self._optional else self._bound
            rows = {code: self._findings[code](values) for code, _ in bound}
        else:
            rows = {code: find(values) for code, find in self._findings.items()}
            indicators = {
                code: self._free[code](values) if code in self._free else self._full[code] - _sum_costs(found)
                for code, found in rows.items()
            }
            sheet = self._make_sheet(values, indicators, (), used_caps)
        if self._special is not None and sheet.special is not None:
            rows["special"] = self._special.explain(values, sheet.special, self.facts)
        return sheet, Working(rows)

    def score_indicator(self, code: str, values: Values) -> Decimal:
        """Return the points of one indicator for complete values (顺延指标 are scored one by one)."""
        return next(points for bound, points in self._bound if bound == code)(values)

    def get_max(self, code: str) -> Decimal:
        """Return an indicator's base points."""
        return self._contexts[code].max

    def make_special(self, values: Values, used_caps: Caps | None = None) -> SpecialResult | None:
        """Return the special points of a period, or None where the rubric has none."""
        return None if self._special is None else self._special.score(values, used_caps)

    def _make_sheet(
        self, values: Values, indicators: dict[str, Decimal], missing: tuple[str, ...], used_caps: Caps | None
    ) -> Sheet:
        special = None if self._special is None else self._special.score(values, used_caps)
        total, blocks = None, None
        if not missing:
            total, blocks = self._total(indicators)
            if special is not None:
                total += special.net
        return Sheet(total, self.part.max, missing, indicators, blocks, special)

    def _bind_checks(self, pairs: Iterable[tuple[Section, Indicator]]) -> Iterable[tuple[str, Check]]:
        read = {name for names in self.reads.values() for name in names}
        read |= {section.only_when for section in self.part.sections if section.only_when is not None}
        if self.rubric.special_points is not None:
            read |= set(self.rubric.special_points.list_facts())
        for name, fact in self.facts.items():
            if name in read:
                yield name, fact.bind_check(name)
        for _, indicator in pairs:
            if isinstance(indicator.rule, Judged):
                yield indicator.code, indicator.rule.bind_check(indicator.code, indicator.max)

    def _bind_plain_bounds(self) -> Iterable[tuple[str, int]]:
        """Yield up to which whole number a fact is right as it is; -1 where a check must look at every value."""
        for name in self._checks:
            fact = self.facts.get(name)
            yield name, -1 if fact is None else fact.plain_up_to

    def _bind_findings(self) -> dict[str, FindingsFunction]:
        bound: dict[str, FindingsFunction] = {}
        for section, indicator in self.part.list_indicators():
            find = indicator.rule.bind_findings(self._contexts[indicator.code])
            bound[indicator.code] = _bind_free(find) if section.on_top else find
        return bound

    def _bind_total(self) -> _TotalFunction:
        if any(section.weight is not None for section in self.part.sections):
            return self._weigh_blocks
        if self._optional and self.part.absent_sections == "scale":
            return self._scale_to_max
        cap = self.part.total_cap
        if cap is not None:
            return lambda indicators: (min(cap, sum(indicators.values(), ZERO)), None)
        return lambda indicators: (sum(indicators.values(), ZERO), None)

    def _weigh_blocks(self, indicators: dict[str, Decimal]) -> tuple[Decimal, Mapping[str, Decimal]]:
        blocks, total = {}, ZERO
        for code, weight, members in self._blocks:
            blocks[code] = block = sum([indicators[member] for member in members], ZERO)
            total += block * weight
        return total, blocks

    def _scale_to_max(self, indicators: dict[str, Decimal]) -> tuple[Decimal, None]:
        total, full = sum(indicators.values(), ZERO), self.part.max
        base = sum([self._contexts[code].max for code in indicators], ZERO)
        return (total if base == full else divide_half_up(total * full, base, 4)), None

    def _choose_bound(self, values: Values) -> list[_Bound]:
        absent = {
            indicator.code
            for section in self._optional
            if section.only_when is not None and not values[section.only_when]
            for indicator in section.indicators
        }
        return [pair for pair in self._bound if pair[0] not in absent] if absent else self._bound

    def _list_required(self, bound: list[_Bound]) -> frozenset[str]:
        return frozenset(name for code, _ in bound for name in self.reads[code]) - self._defaults.keys()

    def _score_known(
        self, values: Values, bound: list[_Bound], required: frozenset[str]
    ) -> tuple[dict[str, Decimal], tuple[str, ...]]:
        absent = required - values.keys()
        known = {code: points(values) for code, points in bound if absent.isdisjoint(self.reads[code])}
        ordered = dict.fromkeys(name for code, _ in bound for name in self.reads[code] if name in absent)
        return known, tuple(ordered)

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


def _bind_free(find: FindingsFunction) -> FindingsFunction:
    """Bind findings that cost nothing: what comes on top is never lost."""
    return lambda values: [row if row[COST] is None else charge(row, ZERO) for row in find(values)]


def _sum_costs(found: list[Row]) -> Decimal:
    lost = ZERO
    for row in found:
        cost = row[COST]
        if cost:
            lost += cost
    return lost
