"""The worked examples beside the rubrics, written from the sources and checked by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.programmes.catalogue import get_catalogue, read_examples
from app.programmes.examples import Example, check_example
from app.scoring.facts import FactRefused
from app.scoring.scorer import PartScorer

CATALOGUE = get_catalogue()
Case = tuple[Path, Example, str, str, dict[str, object]]


def list_cases() -> list[Case]:
    return [(path, *case) for path in CATALOGUE.list_example_files() for case in read_examples(path).list_resolved()]


@cache
def get_scorer(rubric: str, part: str) -> PartScorer:
    return PartScorer(CATALOGUE.get_rubric(rubric), part)


def name(case: Case) -> str:
    return f"{case[0].stem}: {case[1].name}"


@pytest.mark.parametrize("case", list_cases(), ids=name)
def test_a_worked_example_comes_out_as_by_hand(case: Case) -> None:
    _path, example, rubric, part, facts = case
    scorer = get_scorer(rubric, part)
    if example.refused is None:
        assert [str(message) for message in check_example(example, scorer, facts)] == []
        return
    with pytest.raises(FactRefused) as refused:
        scorer.check_facts(facts)
    assert refused.value.fact == example.refused


@pytest.mark.parametrize("rubric", CATALOGUE.list_rubric_names())
def test_every_part_has_examples_of_all_reached_nothing_done_and_a_missing_fact(rubric: str) -> None:
    for part, declared in CATALOGUE.get_rubric(rubric).parts.items():
        cases = [case for case in list_cases() if case[2:4] == (rubric, part)]
        on_top = sum(section.points for section in declared.sections if section.on_top)
        totals = [case[1].total for case in cases]
        assert declared.max + on_top in totals
        assert any(case[1].missing for case in cases)
        assert any(case[1].refused for case in cases)
        assert len(cases) >= 10
