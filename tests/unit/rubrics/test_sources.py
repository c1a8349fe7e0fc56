"""Every indicator of the sources is there, and every quotation is in its source word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from app.programmes.catalogue import get_catalogue
from app.scoring.rubric import Indicator, Part, Rubric

CATALOGUE = get_catalogue()
RUBRICS = [version for name in CATALOGUE.list_rubric_names() for version in CATALOGUE.list_versions(name)]

WANTED = {
    ("hongshan-talent-training", "Q1"): (25, 12),
    ("hongshan-talent-training", "Q2"): (25, 13),
    ("hongshan-talent-training", "Q3"): (25, 12),
    ("hongshan-talent-training", "Q4"): (25, 12),
    ("chifeng-hr-park", "Q1"): (25, 9),
    ("chifeng-hr-park", "Q2"): (25, 7),
    ("chifeng-hr-park", "Q3"): (25, 6),
    ("chifeng-hr-park", "Q4"): (25, 4),
    ("hunan-2023-municipal", "Y"): (100, 24),
    ("hunan-2023-county", "Y"): (100, 24),
    ("hunan-window-municipal", "Y"): (100, 13),
    ("hunan-window-cluster", "Y"): (100, 14),
    ("hunan-window-county", "Y"): (100, 13),
    ("sme-empowerment", "B"): (100, 22),
}
"""Points and number of indicators of each part, counted in the source documents."""


@cache
def squeeze_source(programme: str) -> str:
    return squeeze((CATALOGUE.folder / programme / "source.txt").read_text("utf-8"))


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def list_parts() -> list[tuple[Rubric, str, Part]]:
    return [(rubric, name, part) for rubric in RUBRICS for name, part in rubric.parts.items()]


def list_quotes(indicator: Indicator) -> Iterator[str]:
    yield from indicator.criterion
    if indicator.specifics:
        yield indicator.specifics
    for evidence in indicator.evidence:
        yield evidence.quote or evidence.name
        yield from evidence.conditions


def test_every_part_of_the_sources_is_there_with_its_points_and_indicators() -> None:
    found = {
        (rubric.rubric, name): (int(part.max), sum(1 for _pair in part.list_indicators()))
        for rubric, name, part in list_parts()
    }
    assert found == WANTED


@pytest.mark.parametrize(("rubric", "name", "part"), list_parts(), ids=lambda value: getattr(value, "rubric", None))
def test_every_quotation_is_in_the_source_word_for_word(rubric: Rubric, name: str, part: Part) -> None:
    source = squeeze_source(rubric.programme)
    wrong = [
        (name, indicator.code, quote)
        for _section, indicator in part.list_indicators()
        for quote in list_quotes(indicator)
        if squeeze(quote).rstrip("；。") not in source
    ]
    assert wrong == []


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.rubric)
def test_special_points_are_quoted_word_for_word(rubric: Rubric) -> None:
    special = rubric.special_points
    groups = () if special is None else (*special.deductions, *special.additions)
    source = squeeze_source(rubric.programme)
    assert [group.code for group in groups if squeeze(group.criterion) not in source] == []


@pytest.mark.parametrize("name", CATALOGUE.list_programme_names())
def test_a_programmes_filings_and_consequences_quote_the_source(name: str) -> None:
    programme, source = CATALOGUE.get_programme(name), squeeze_source(name)
    quotes = [filing.source for filing in programme.filings] + [one.criterion for one in programme.publications]
    quotes += [duty.criterion for duty in programme.duties]
    if programme.consequences is not None:
        quotes += [programme.consequences.money.criterion, programme.consequences.termination.criterion]
    if programme.grading is not None:
        quotes.append(programme.grading.criterion)
    assert [quote for quote in quotes if squeeze(quote) not in source] == []


@pytest.mark.parametrize("name", CATALOGUE.list_programme_names())
def test_a_programme_uses_every_part_of_its_own_rubrics(name: str) -> None:
    programme = CATALOGUE.get_programme(name)
    for use in programme.rubrics:
        assert set(CATALOGUE.get_rubric(use.rubric).parts) == set(use.parts)
    own = {rubric.rubric for rubric in RUBRICS if rubric.programme == name}
    assert {use.rubric for use in programme.rubrics} == own


def test_the_attachment_table_is_that_of_the_outline() -> None:
    forms = CATALOGUE.find_forms("hunan-window-platforms")
    assert forms is not None
    owed = {
        kind: [one.number for one in forms.attachments if f"hunan-window-{kind}" in one.rubrics]
        for kind in ("municipal", "cluster", "county")
    }
    assert owed == {"municipal": [1, 2, 3, 4, 5], "cluster": [1, 2, 3, 4, 5, 6, 7], "county": [1, 2, 3, 4, 5]}


def test_the_empowerment_notices_forms_are_all_there() -> None:
    forms = CATALOGUE.find_forms("sme-empowerment")
    assert forms is not None
    codes = {form.code for form in forms.forms}
    assert {"class_plan", "trainee_form", "contact_table", "filing_outline", "target_table"} <= codes
    conditions = [form for form in forms.forms if form.kind == "conditions"]
    assert len([form for form in conditions if "institution" in form.code]) == 3
