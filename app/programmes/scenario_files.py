"""From a scenario file to checked quarters: every fact checked where it stands, every name looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.calendar.contract_periods import get_contract_quarter
from app.errors import Message, UnknownName, find_nearest
from app.programmes.catalogue import Catalogue
from app.programmes.definition import Programme
from app.programmes.scenario import Facts, Scenario, ScenarioQuarter
from app.programmes.validation import make_model, place_problem, refuse_problems
from app.programmes.yaml_files import Document, FileRefused, Path
from app.scoring.checks import Problem
from app.scoring.consequences.parameters import Consequences
from app.scoring.consequences.quarters import QuarterFacts
from app.scoring.consequences.term import QUARTERS_A_YEAR, ContractTerms, Decision, TermResult, run_term
from app.scoring.facts import FactRefused, Value
from app.scoring.panel import find_differences, settle_facts
from app.scoring.scorer import PartScorer


@dataclass(frozen=True)
class Panel:
    """How a quarter's facts were settled: as reviewed, what each scorer corrected, what the joint look agreed."""

    reviewed: Mapping[str, Value]
    corrections: tuple[Mapping[str, Value], ...]
    agreed: Mapping[str, Value]


@dataclass(frozen=True)
class ReadScenario:
    """A scenario ready to run; `notes` say what in the file has no effect. `panels`: a quarter each."""

    programme: Programme
    parameters: Consequences
    terms: ContractTerms
    quarters: tuple[QuarterFacts, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[Message, ...]
    source: Scenario
    panels: tuple[Panel, ...]

    def run(self) -> TermResult:
        """Return what the quarters come to."""
        return run_term(self.parameters, self.terms, self.quarters, self.decisions)


def make_scenario(document: Document, catalogue: Catalogue) -> ReadScenario:
    """Return a scenario from a document; raise `FileRefused` with every problem found."""
    scenario = make_model(document, Scenario)
    try:
        programme = catalogue.get_programme(scenario.programme)
    except UnknownName as error:
        raise FileRefused([place_problem(document, ("programme",), error.message, Scenario)]) from None
    if programme.consequences is None:
        text = Message("{programme} has no contract quarters", programme=scenario.programme)
        raise FileRefused([place_problem(document, ("programme",), text, Scenario)])
    reader = _Reader(catalogue, programme, programme.consequences, scenario)
    quarters = tuple(reader.read_quarters())
    refuse_problems(document, Scenario, reader.problems)
    contract = scenario.contract
    terms = ContractTerms(contract.annual_fee, contract.years, contract.paid)
    decisions = scenario.decisions.termination
    return ReadScenario(
        programme,
        programme.consequences,
        terms,
        quarters,
        decisions,
        tuple(reader.notes),
        scenario,
        tuple(reader.panels),
    )


@dataclass
class _Reader:
    """Checks the quarters one after the other and collects what is wrong."""

    catalogue: Catalogue
    programme: Programme
    parameters: Consequences
    scenario: Scenario
    problems: list[Problem] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    scorers: dict[tuple[str, int, str], PartScorer] = field(default_factory=dict)

    def read_quarters(self) -> Iterator[QuarterFacts]:
        most = self.scenario.contract.years * QUARTERS_A_YEAR
        if len(self.scenario.quarters) > most:
            text = Message(
                "the contract has {most} quarters, not {count}", most=most, count=len(self.scenario.quarters)
            )
            self.problems.append(Problem(("quarters", most), text))
            return
        for place, quarter in enumerate(self.scenario.quarters):
            yield self._read_quarter(place, quarter)

    def _read_quarter(self, place: int, quarter: ScenarioQuarter) -> QuarterFacts:
        year, part = place // QUARTERS_A_YEAR + 1, f"Q{place % QUARTERS_A_YEAR + 1}"
        scorer, path = self._get_scorer(year, part), ("quarters", place)
        given = self._check((*path, "facts"), quarter.facts, scorer)
        special = scorer.rubric.special_points
        absent = dict.fromkeys(special.list_facts(), 0) if special is not None else {}
        given = {**absent, **given, **self._check_special((*path, "special"), quarter.special, scorer)}
        corrections = [self._check((*path, "scorers", s), one, scorer) for s, one in enumerate(quarter.scorers)]
        agreed = self._check((*path, "agreed"), quarter.agreed, scorer)
        facts = settle_facts(given, corrections or [{}], agreed)
        self._check_complete((*path, "facts"), facts, scorer)
        reviewed = {**{name: value for name, value in facts.items() if name not in given}, **given}
        self.panels.append(Panel(reviewed, tuple(corrections), agreed))
        self._note_unused(f"Y{year}{part}", agreed, find_differences(given, corrections))
        return QuarterFacts(
            code=f"Y{year}{part}",
            year=year,
            scorer=scorer,
            facts=facts,
            representation=self._check((*path, "representation"), quarter.representation, scorer),
            appeal=self._check((*path, "appeal"), quarter.appeal, scorer),
            defer=tuple(self._check_deferral((*path, "defer"), quarter.defer, scorer)),
            made_up=self._check_made_up(place, quarter),
        )

    def _get_scorer(self, year: int, part: str) -> PartScorer:
        begins = get_contract_quarter(self.scenario.contract.start, year, 1).start
        name = next(use.rubric for use in self.programme.rubrics if part in use.parts)
        rubric = self.catalogue.get_rubric(name, on=begins, contract_year=year)
        key = (name, rubric.version, part)
        if key not in self.scorers:
            self.scorers[key] = PartScorer(rubric, part)
        return self.scorers[key]

    def _check(self, path: Path, given: Facts, scorer: PartScorer) -> dict[str, Value]:
        checked: dict[str, Value] = {}
        for name, value in given.items():
            try:
                checked[name] = scorer.check_facts({name: value})[name]
            except FactRefused as error:
                self.problems.append(Problem((*path, name), error.message))
        return checked

    def _check_special(self, path: Path, given: Facts, scorer: PartScorer) -> dict[str, Value]:
        special = scorer.rubric.special_points
        known = special.list_facts() if special is not None else ()
        for name in given:
            if name not in known:
                nearest = find_nearest(name, known) or known
                text = Message("no special points for {fact}; there are: {known}", fact=name, known=nearest)
                if not known:
                    text = Message("this programme has no special points")
                self.problems.append(Problem((*path, name), text))
        return self._check(path, {name: value for name, value in given.items() if name in known}, scorer)

    def _check_complete(self, path: Path, facts: Mapping[str, Value], scorer: PartScorer) -> None:
        missing = scorer.score(facts).missing
        if missing:
            self.problems.append(Problem(path, Message("facts are missing: {facts}", facts=missing)))

    def _check_deferral(self, path: Path, codes: tuple[str, ...], scorer: PartScorer) -> Iterator[str]:
        if codes and not self.parameters.deferral:
            self.problems.append(Problem(path, Message("this programme knows no deferral")))
            return
        if codes and scorer.part_name == "Q4":
            self.problems.append(
                Problem(path, Message("the fourth quarter settles deferrals; nothing is deferred in it"))
            )
            return
        for place, code in enumerate(codes):
            problem = _find_name_problem(code, scorer.codes, codes[:place])
            if problem is None:
                yield code
            else:
                self.problems.append(Problem((*path, place), problem))

    def _check_made_up(self, place: int, quarter: ScenarioQuarter) -> dict[str, dict[str, dict[str, Value]]]:
        made_up, path = {}, ("quarters", place, "made_up")
        for code, indicators in quarter.made_up.items():
            here = (*path, code)
            earlier = place - place % QUARTERS_A_YEAR + int(code[-1]) - 1
            year = place // QUARTERS_A_YEAR + 1
            if place % QUARTERS_A_YEAR != QUARTERS_A_YEAR - 1:
                self.problems.append(Problem(here, Message("only a fourth quarter takes what was made up")))
            elif not code.startswith(f"Y{year}Q") or earlier >= place:
                text = Message("{quarter} is no earlier quarter of the same year", quarter=code)
                self.problems.append(Problem(here, text))
            else:
                deferred = self.scenario.quarters[earlier].defer
                scorer = self._get_scorer(year, code[-2:])
                made_up[code] = dict(self._check_indicators(here, indicators, deferred, scorer))
        return made_up

    def _check_indicators(
        self, path: Path, indicators: dict[str, Facts], deferred: tuple[str, ...], scorer: PartScorer
    ) -> Iterator[tuple[str, dict[str, Value]]]:
        for code, facts in indicators.items():
            if code not in deferred:
                self.problems.append(Problem((*path, code), Message("{code} was not deferred there", code=code)))
                continue
            for name in facts:
                if name not in scorer.reads.get(code, (name,)):
                    text = Message("{code} doesn't read {fact}", code=code, fact=name)
                    self.problems.append(Problem((*path, code, name), text))
            yield code, self._check((*path, code), facts, scorer)

    def _note_unused(self, quarter: str, agreed: Mapping[str, Value], differing: tuple[str, ...]) -> None:
        unused = tuple(name for name in agreed if name not in differing)
        if unused:
            template = "{quarter}: no effect, the scorers see these facts alike: {facts}"
            self.notes.append(Message(template, quarter=quarter, facts=unused))


def _find_name_problem(code: str, known: tuple[str, ...], before: tuple[str, ...]) -> Message | None:
    if code in before:
        return Message("the indicator {code} stands here twice", code=code)
    if code in known:
        return None
    nearest = find_nearest(code, known) or known
    return Message("unknown indicator {code}; nearest: {nearest}", code=code, nearest=nearest)
