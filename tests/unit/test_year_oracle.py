"""`kaohe year` against a second reading of the same rules (tests/oracles)."""

from __future__ import annotations

import os
import random

import pytest

from app.cli.year import describe_term
from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import make_scenario
from app.programmes.yaml_files import read_yaml
from tests.unit.oracles.random_scenarios import draw_scenario, list_programmes, write_scenario
from tests.unit.oracles.year import compute_year

SCENARIOS = 5000 if os.environ.get("KAOHE_LONG") else 400
BLOCKS = 20


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("programme", list_programmes())
def test_two_readings_of_the_rules_agree(programme: str, block: int) -> None:
    for seed in range(block, SCENARIOS // len(list_programmes()), BLOCKS):
        scenario = draw_scenario(random.Random(seed), programme)  # noqa: S311  # reproducible, nothing secret
        text = write_scenario(scenario)
        result = make_scenario(read_yaml(text, "s.yaml"), get_catalogue()).run()
        assert describe_term(result) == compute_year(scenario), f"seed {seed}:\n{text}"
