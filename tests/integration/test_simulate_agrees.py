"""Random terms of up to three years come to the same through engine, tables, clock and mail as computed purely."""

from __future__ import annotations

import os
import random

import pytest
from flask import Flask

from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import ReadScenario, make_scenario
from app.programmes.yaml_files import read_yaml
from tests.integration.simulating import CHIFENG, HONGSHAN, simulate
from tests.unit.oracles.random_scenarios import draw_simulable, write_scenario

FILED = ["submit", "sign_submission", "check_completeness", "review", "score"]
TERMS = {"sqlite": 1000, "postgresql": 1000} if os.environ.get("KAOHE_LONG") else {"sqlite": 12, "postgresql": 4}
BLOCKS = 2


def read(text: str) -> ReadScenario:
    return make_scenario(read_yaml(text, "s.yaml"), get_catalogue())


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("programme", [HONGSHAN, CHIFENG])
def test_a_random_term_comes_to_the_same_through_the_engine(app: Flask, programme: str, block: int) -> None:
    kind = "sqlite" if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else "postgresql"
    for seed in range(block, TERMS[kind] // 2, BLOCKS):
        text = write_scenario(draw_simulable(random.Random(seed), programme))  # noqa: S311  # reproducible, nothing secret
        scenario = read(text)
        simulated, computed = simulate(scenario), scenario.run()
        where = f"{programme} seed {seed}:\n{text}"
        assert simulated.term.quarters == computed.quarters, where
        assert simulated.term.years == computed.years, where
        assert simulated.term.ledger == computed.ledger, where
        assert simulated.term.contract_state == computed.contract_state, where
        assert [simulated.steps[one.quarter][:5] for one in computed.quarters] == [FILED] * len(computed.quarters), (
            where
        )
