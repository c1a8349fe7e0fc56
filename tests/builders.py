"""Builders: small values for tests, each made anew and naming only what matters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from app.programmes.catalogue import get_catalogue, read_examples
from app.scoring.consequences.parameters import Consequences
from app.scoring.consequences.quarters import QuarterFacts
from app.scoring.consequences.term import ContractTerms, Decision, TermResult, run_term
from app.scoring.facts import Value
from app.scoring.rubric import Rubric
from app.scoring.scorer import PartScorer

FEE = Decimal("12000000.00")


def make_indicator(code: str, full: int) -> dict[str, object]:
    """An indicator whose points are the mark given, so that a test can name any score."""
    return {
        "code": code,
        "name": code,
        "max": full,
        "criterion": ["评分"],
        "place": "表",
        "rule": {"kind": "judged", "step": "0.01"},
    }


def make_rubric(**changes: object) -> Rubric:
    """Four quarters of 25 points, each of two marks: `a` of 20 and `b` of 5."""
    section = {
        "code": "s",
        "name": "内容",
        "points": 25,
        "indicators": [make_indicator("a", 20), make_indicator("b", 5)],
    }
    part = {"title": "季度", "max": 25, "sections": [section]}
    return Rubric.model_validate(
        {
            "rubric": "two-marks",
            "programme": "two-marks",
            "version": 1,
            "name": "两项",
            "takes_effect": {},
            "source": {"document": "source.txt", "title": "附件"},
            "year_max": 100,
            "facts": {},
            "parts": dict.fromkeys(("Q1", "Q2", "Q3", "Q4"), part),
            **changes,
        }
    )


@cache
def make_scorer(part: str) -> PartScorer:
    return PartScorer(make_rubric(), part)


def split_score(score: Decimal) -> dict[str, Value]:
    """Marks that add up to a score of 0 … 25, `b` last to lose."""
    b = min(score, Decimal(5))
    return {"a": score - b, "b": b}


def make_quarter(place: int, score: str, **changes: object) -> QuarterFacts:
    """The quarter at a 0-based place of the contract, with a score; marks by `a` and `b` in the overlays."""
    year, part = place // 4 + 1, f"Q{place % 4 + 1}"
    facts = {"facts": split_score(Decimal(score)), **changes}
    return QuarterFacts(code=f"Y{year}{part}", year=year, scorer=make_scorer(part), **facts)  # type: ignore[arg-type]


HONGSHAN: dict[str, object] = {
    "quarter_max": 25,
    "rectification_below": 20,
    "money": {"kind": "per_point", "below": 20, "cny_per_point": 100000, "criterion": "每1分扣除10万元"},
    "termination": {"kind": "cumulative_deduction", "at": 40, "criterion": "累计扣分达到40分"},
    "settlement_above": 60,
    "deferral": True,
}
CHIFENG: dict[str, object] = {
    "quarter_max": 25,
    "rectification_below": 20,
    "money": {"kind": "share_of_fee", "below": 20, "percent": 20, "criterion": "扣除本年服务费的20%"},
    "termination": {"kind": "quarter_score", "below": 15, "criterion": "低于15分"},
    "year_cap": 100,
}


def run(
    *quarters: QuarterFacts | str,
    decisions: tuple[Decision, ...] = (),
    parameters: Mapping[str, object] = HONGSHAN,
    fee: Decimal = FEE,
    paid: Decimal = Decimal(0),
    years: int = 3,
) -> TermResult:
    """A term of quarters, each given as its score or as a built quarter."""
    built = [make_quarter(place, one) if isinstance(one, str) else one for place, one in enumerate(quarters)]
    return run_term(Consequences.model_validate(parameters), ContractTerms(fee, years, paid), built, decisions)


@cache
def _read_reached(rubric: str, part: str) -> dict[str, object]:
    catalogue = get_catalogue()
    programme = catalogue.get_rubric(rubric).programme
    for path in sorted((catalogue.folder / programme / "examples").glob(f"{rubric}-*.yaml")):
        for _example, of, in_part, facts in read_examples(path).list_resolved():
            if (of, in_part) == (rubric, part):
                return facts
    raise LookupError(f"no example of {rubric} {part}")


def make_reached(rubric: str, part: str, **changes: object) -> dict[str, object]:
    """Facts that reach everything in a part (its first worked example), with changes."""
    return {**_read_reached(rubric, part), **changes}
