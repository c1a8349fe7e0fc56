"""Random years lived through engine, tables, clock and mail come to the same as the pure computation."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping

import pytest
from flask import Flask

from app.clock import SimulatedClock, make_china_moment
from app.errors import KaoheError
from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import ReadScenario, make_scenario
from app.programmes.yaml_files import read_yaml
from app.simulation import run
from tests.integration.simulating import CHIFENG, HONGSHAN, reach, simulate
from tests.integration.simulating import write_scenario as write_quarters
from tests.unit.oracles.random_scenarios import draw_simulable, write_scenario

FILED = ["submit", "sign_submission", "check_completeness", "review", "score"]
YEARS = {"sqlite": 500, "postgresql": 500} if os.environ.get("KAOHE_LONG") else {"sqlite": 20, "postgresql": 6}
BLOCKS = 2


def read(text: str) -> ReadScenario:
    return make_scenario(read_yaml(text, "s.yaml"), get_catalogue())


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.parametrize("programme", [HONGSHAN, CHIFENG])
def test_a_random_year_comes_to_the_same_through_the_engine(app: Flask, programme: str, block: int) -> None:
    kind = "sqlite" if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else "postgresql"
    for seed in range(block, YEARS[kind] // 2, BLOCKS):
        text = write_scenario(draw_simulable(random.Random(seed), programme))  # noqa: S311  # reproducible, nothing secret
        scenario = read(text)
        simulated, computed = simulate(scenario), scenario.run()
        where = f"{programme} seed {seed}:\n{text}"
        assert simulated.term.quarters == computed.quarters, where
        assert simulated.term.years == computed.years, where
        assert simulated.term.ledger == computed.ledger, where
        assert simulated.term.contract_state == computed.contract_state, where
        assert [steps[:5] for steps in simulated.steps.values()] == [FILED] * 4, where


HELD = {"defer": ["publicity"]}
MADE_UP = {"made_up": {"Y1Q1": {"publicity": {"online_news": 6}}}}
NOT_BUILT: dict[str, list[Mapping[str, object]]] = {
    "appeal": [{"appeal": {"mentors": 6}}],
    "defer": [HELD],
    "made_up": [HELD, {}, {}, MADE_UP],
    "rectification": [{"rectification": ["fail", "pass"]}],
}


@pytest.mark.parametrize("key", NOT_BUILT)
def test_what_the_engine_does_not_know_yet_is_refused_at_its_place(key: str) -> None:
    changes = NOT_BUILT[key]
    quarters = [{"facts": reach(HONGSHAN, f"Q{number}"), **one} for number, one in enumerate(changes, 1)]
    scenario = write_quarters(HONGSHAN, quarters)
    assert {one.path for one in run.list_unbuilt(scenario)} >= {("quarters", len(changes) - 1, key)}
    refuse(scenario)


def test_an_end_of_the_contract_is_refused_at_its_place() -> None:
    scenario = draw_simulable(random.Random(1), HONGSHAN)  # noqa: S311  # reproducible, nothing secret
    ended = read(write_scenario({**scenario, "decisions": {"termination": ["continue", "end"]}}))
    assert [one.path for one in run.list_unbuilt(ended)] == [("decisions", "termination", 1)]
    refuse(ended)


def refuse(scenario: ReadScenario) -> None:
    """Hold that a scenario is refused before anything happens, with a word on what computes it."""
    clock = SimulatedClock(make_china_moment(dt.date(2025, 1, 1)))
    with pytest.raises(KaoheError, match="kaohe year"):
        run.simulate(scenario, clock)
