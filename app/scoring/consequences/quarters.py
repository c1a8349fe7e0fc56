"""One quarter of a contract: what goes in, and its account of points as it changes until the year is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.scoring.facts import Value, Values
from app.scoring.model import ZERO
from app.scoring.panel import overlay_better_special
from app.scoring.scorer import Caps, PartScorer
from app.scoring.special import SpecialResult

Overlays = Mapping[str, Values]
"""Facts by indicator code."""


@dataclass(frozen=True)
class QuarterFacts:
    """What happened in a quarter, checked: settled facts, and what was accepted from the party afterwards.

    `defer` names the indicators whose loss is held (顺延). In a fourth quarter `made_up` gives, by earlier quarter and
    indicator, the facts made up for them. Values are complete for the part.
    """

    code: str
    year: int
    scorer: PartScorer
    facts: Values
    representation: Values = field(default_factory=dict)
    appeal: Values = field(default_factory=dict)
    defer: tuple[str, ...] = ()
    made_up: Mapping[str, Overlays] = field(default_factory=dict)

    @property
    def is_last_of_year(self) -> bool:
        """Whether the year is settled after this quarter."""
        return self.code.endswith("Q4")


class QuarterAccount:
    """The points of a quarter: earned by indicator, special, held; effective = earned + held."""

    def __init__(self, quarter: QuarterFacts, used_caps: Caps) -> None:
        self.quarter, self._used_caps = quarter, used_caps
        self.code, self.scorer = quarter.code, quarter.scorer
        self.max = quarter.scorer.part.max
        self.values: dict[str, Value] = dict(quarter.facts)
        self._special_values: dict[str, Value] = {}
        self.earned = dict(self.scorer.score(self.values, used_caps).indicators)
        self._read_special(quarter.facts)
        self.special = self._score_special()
        self.held: dict[str, Decimal] = dict.fromkeys(quarter.defer, ZERO)
        self.proposals: list[str] = []
        self.rectifications = 0
        self.accept(quarter.representation)

    @property
    def score(self) -> Decimal:
        """Points earned, special points included."""
        return sum(self.earned.values(), ZERO) + self.special.net

    @property
    def held_points(self) -> Decimal:
        """Points lost on deferred indicators and not yet settled."""
        return sum(self.held.values(), ZERO)

    @property
    def effective(self) -> Decimal:
        """What deductions and money read: earned + held."""
        return self.score + self.held_points

    @property
    def points_deducted(self) -> Decimal:
        """The part's maximum less the effective score; negative where special points lift it above."""
        return self.max - self.effective

    def accept(self, facts: Values) -> None:
        """Lay accepted facts over the quarter's; each indicator keeps the better of its points."""
        self.values.update(facts)
        again = self.scorer.score(self.values, self._used_caps).indicators
        self.earned = {code: max(points, again[code]) for code, points in self.earned.items()}
        special = self.scorer.rubric.special_points
        if special is not None:
            names = {name: value for name, value in facts.items() if name in special.list_facts()}
            deductions = frozenset(entry.fact for group in special.deductions for entry in group.entries)
            self._special_values = overlay_better_special(self._special_values, names, deductions)
            self.special = self._score_special()
        self.held = {code: self.scorer.get_max(code) - self.earned[code] for code in self.held}

    def settle_deferral(self, made_up: Overlays) -> tuple[Decimal, Decimal]:
        """Score every held indicator once more on what was made up; return the points (released, lost)."""
        released = lost = ZERO
        for code, held in self.held.items():
            overlay = {**self.values, **made_up.get(code, {})}
            again = max(self.earned[code], self.scorer.score_indicator(code, overlay))
            gained = again - self.earned[code]
            self.earned[code] = again
            released += gained
            lost += held - gained
        self.held = {}
        return released, lost

    def lose_held(self) -> Decimal:
        """Turn what is held into lost points; return them."""
        lost, self.held = self.held_points, {}
        return lost

    def _read_special(self, facts: Values) -> None:
        special = self.scorer.rubric.special_points
        if special is not None:
            self._special_values = {name: facts[name] for name in special.list_facts() if name in facts}

    def _score_special(self) -> SpecialResult:
        return self.scorer.make_special(self._special_values, self._used_caps) or SpecialResult(ZERO, ZERO, {})
