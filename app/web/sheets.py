"""The score sheet as pages show it: the source's rows, values reached, points, and each lost point's working.

Nothing here decides who may see what: whoever calls hands in only what the reader may see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from app.errors import Message
from app.evidence.models import Evidence, ReusedEvidence
from app.i18n import format_number
from app.scores.models import SheetRow
from app.scoring.facts import Value
from app.scoring.findings import Finding
from app.scoring.model import ZERO
from app.scoring.rubric import Indicator
from app.scoring.scorer import PartScorer

SPECIAL = "special"
LARGE = 10_000
"""From here on a number is read more easily in thousands."""


class PersonNames(Protocol):
    """Names people as the reader may know them."""

    def find(self, person_id: int | None, otherwise: str = "") -> str:
        """Return a person's name."""


@dataclass(frozen=True, slots=True)
class FactView:
    """A value that an indicator reads: as it counts, as it was filed, and why it differs."""

    name: str
    label: str
    unit: str
    value: Value | None
    filed: Value | None
    note: str

    @property
    def is_changed(self) -> bool:
        """Whether it counts otherwise than it was filed."""
        return self.filed is not None and self.value is not None and self.filed != self.value


@dataclass(frozen=True, slots=True)
class LossView:
    """A requirement of an indicator: what was wanted, what there was, what the difference cost, by which sentence."""

    requirement: Message | str
    wanted: Message
    had: Value | None
    is_met: bool | None
    short: int | Decimal | None
    cost: Decimal | None
    clause: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A piece of evidence: `reused` names where else the same content stands; `earlier` counts superseded versions."""

    id: int
    name: str
    href: str
    is_link: bool
    size: int | None
    number: int
    who: str
    when: dt.datetime
    proves: str
    reused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContestView:
    """What the party says against a line, and the answer; `accepted` None while it isn't answered."""

    reason: str
    facts: tuple[FactView, ...]
    answer: str
    accepted: bool | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the source's table; `…_rows`: over how many rows a merged cell stands, 0 where it is covered."""

    code: str
    content: str
    content_points: Decimal
    content_rows: int
    name: str
    specifics: str
    specifics_rows: int
    evidence_wanted: tuple[str, ...]
    criterion: tuple[str, ...]
    place: str
    reading: str
    max: Decimal
    points: Decimal | None
    facts: tuple[FactView, ...]
    losses: tuple[LossView, ...]
    evidence: tuple[EvidenceView, ...]
    contest: ContestView | None

    @property
    def lost(self) -> Decimal:
        """Points lost; 0 while the points aren't known."""
        return ZERO if self.points is None else self.max - self.points

    @property
    def grounds(self) -> tuple[LossView, ...]:
        """The requirements that cost something."""
        return tuple(one for one in self.losses if one.cost)


@dataclass(frozen=True, slots=True)
class SheetView:
    """The whole table; `score` includes `special`, both None while points aren't known."""

    title: str
    part: str
    version: int
    rows: tuple[RowView, ...]
    special: tuple[LossView, ...]
    special_net: Decimal | None
    special_contest: ContestView | None
    max: Decimal
    score: Decimal | None

    @property
    def has_special(self) -> bool:
        """Whether anything changed the score beside the indicators."""
        return bool(self.special) or bool(self.special_net) or self.special_contest is not None


@dataclass(frozen=True, slots=True)
class SheetSource:
    """What a table is made from: values to show, those filed, the reviewer's notes, the sheet where it may be seen."""

    scorer: PartScorer
    values: Mapping[str, Value]
    filed: Mapping[str, Value] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    sheet: SheetRow | None = None
    evidence: Mapping[str, Sequence[EvidenceView]] = field(default_factory=dict)


def make_sheet(source: SheetSource) -> SheetView:
    """Return the table of a case's period."""
    scorer, sheet = source.scorer, source.sheet
    working = find_working(source)
    rows = tuple(_list_rows(source, working))
    return SheetView(
        title=scorer.rubric.name,
        part=scorer.part.title,
        version=scorer.rubric.version,
        rows=rows,
        special=tuple(map(make_loss, working.get(SPECIAL, ()))),
        special_net=None if sheet is None else sheet.special,
        special_contest=_make_contest(source, SPECIAL),
        max=scorer.part.max,
        score=None if sheet is None else sheet.score,
    )


def find_working(source: SheetSource) -> dict[str, list[Finding]]:
    """Return the findings of each indicator, by the values that gave it its points; none before there are points.

    Facts accepted from a representation count only where they make an indicator better, so each has its own base.
    """
    if source.sheet is None:
        return {}
    settled = _get_values(source.sheet.facts)
    first, found = source.scorer.explain(settled)
    working = {code: list(rows) for code, rows in found.items()}
    if source.sheet.accepted:
        second, again = source.scorer.explain({**settled, **_get_values(source.sheet.accepted)})
        better = {code: rows for code, rows in again.items() if code in second.indicators}
        better = {code: rows for code, rows in better.items() if second.indicators[code] > first.indicators[code]}
        working |= {code: list(rows) for code, rows in better.items()}
        working[SPECIAL] = list(dict(again.items()).get(SPECIAL, ()))
    return working


def make_loss(finding: Finding) -> LossView:
    """Return a finding as it is shown."""
    return LossView(
        requirement=finding.requirement,
        wanted=finding.wanted,
        had=finding.had,
        is_met=finding.met,
        short=finding.short,
        cost=finding.cost,
        clause=finding.source,
    )


def make_fact(
    scorer: PartScorer, name: str, value: Value | None, filed: Value | None = None, note: str = ""
) -> FactView:
    """Return a value with its label; a judged mark bears its indicator's name."""
    fact = scorer.facts.get(name)
    if fact is not None:
        return FactView(name, fact.label, fact.unit, value, filed, note)
    label = next((one.name for _section, one in scorer.part.list_indicators() if one.code == name), name)
    return FactView(name, label, "", value, filed, note)


def make_evidence(
    evidence: Iterable[Evidence],
    reused: Mapping[int, Sequence[ReusedEvidence]],
    scorer: PartScorer,
    names: PersonNames,
    name_reuse: Mapping[int, str],
) -> dict[str, list[EvidenceView]]:
    """Return the standing evidence of a case by indicator, newest versions; `name_reuse`: cases that may be named."""
    wanted = {one.code: one for _section, one in scorer.part.list_indicators()}
    found: dict[str, list[EvidenceView]] = {}
    for one in evidence:
        if not one.is_current:
            continue
        asked = wanted[one.indicator].evidence if one.indicator in wanted else ()
        proves = asked[one.requirement].name if one.requirement is not None and one.requirement < len(asked) else ""
        known = [other for other in reused.get(one.id, ()) if other.case_id in name_reuse]
        places = [
            wanted[other.indicator].name
            if other.case_id == one.case_id and other.indicator in wanted
            else name_reuse[other.case_id]
            for other in known
        ]
        view = EvidenceView(
            id=one.id,
            name=one.name,
            href=one.link or f"/evidence/{one.id}",
            is_link=one.link is not None,
            size=one.size,
            number=one.number,
            who=names.find(one.uploaded_by),
            when=one.uploaded_at,
            proves=proves,
            reused=tuple(dict.fromkeys(places)),
        )
        found.setdefault(one.indicator, []).append(view)
    return found


def show_value(value: Value | None, yes: str, no: str) -> str:
    """Return a value as text: a number, large ones in thousands, the words for yes and no, a dash while missing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return yes if value else no
    whole, point, rest = format_number(value).partition(".")
    return f"{int(whole):,}{point}{rest}" if abs(int(whole)) >= LARGE else f"{whole}{point}{rest}"


def _list_rows(source: SheetSource, working: Mapping[str, list[Finding]]) -> Iterator[RowView]:
    for section in source.scorer.part.sections:
        spans = _find_spans([_get_specifics(one) for one in section.indicators])
        for place, indicator in enumerate(section.indicators):
            yield RowView(
                code=indicator.code,
                content=section.name,
                content_points=section.points,
                content_rows=len(section.indicators) if place == 0 else 0,
                name=indicator.name,
                specifics=_get_specifics(indicator),
                specifics_rows=spans[place],
                evidence_wanted=tuple(one.name for one in indicator.evidence),
                criterion=indicator.criterion,
                place=indicator.place,
                reading=indicator.reading or "",
                max=indicator.max,
                points=None if source.sheet is None else source.sheet.indicators.get(indicator.code),
                facts=_list_facts(source, indicator),
                losses=tuple(map(make_loss, working.get(indicator.code, ()))),
                evidence=tuple(source.evidence.get(indicator.code, ())),
                contest=_make_contest(source, indicator.code),
            )


def _get_specifics(indicator: Indicator) -> str:
    return indicator.specifics or indicator.name


def _find_spans(texts: Sequence[str]) -> list[int]:
    """Return over how many rows each text stands: neighbours that say the same share one cell, 0 for those covered."""
    spans: list[int] = []
    for place, text in enumerate(texts):
        if place and text == texts[place - 1]:
            first = max(at for at, span in enumerate(spans) if span)
            spans[first] += 1
            spans.append(0)
        else:
            spans.append(1)
    return spans


def _list_facts(source: SheetSource, indicator: Indicator) -> tuple[FactView, ...]:
    return tuple(
        make_fact(source.scorer, name, source.values.get(name), source.filed.get(name), source.notes.get(name, ""))
        for name in indicator.list_facts()
    )


def _make_contest(source: SheetSource, code: str) -> ContestView | None:
    sheet = source.sheet
    if sheet is None or code not in sheet.contested:
        return None
    line = sheet.contested[code]
    facts = line.get("facts")
    wanted = _get_values(facts) if isinstance(facts, dict) else {}
    answer = sheet.answers.get(code, "")
    accepted = any(name in sheet.accepted for name in wanted) if answer else None
    views = tuple(make_fact(source.scorer, name, value) for name, value in wanted.items())
    return ContestView(str(line.get("reason", "")), views, answer, accepted)


def _get_values(facts: Mapping[str, object]) -> dict[str, Value]:
    """Return stored facts as values: they were checked before they were stored."""
    return dict(facts)  # type: ignore[arg-type]  # see above
