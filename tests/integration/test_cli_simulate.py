"""`kaohe simulate`: the same answers as `kaohe year`, lived through the engine (interfaces.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.command import run
from tests.integration.test_other_commands import SCENARIO, write

QUARTER: dict[str, Any] = SCENARIO["quarters"][0]
PEOPLES_STEPS = ["submit", "sign_submission", "check_completeness", "review", "score", "approve"]


def test_a_quarter_comes_to_what_the_year_computes_with_its_steps_and_mails(tmp_path: Path) -> None:
    file = write(tmp_path, SCENARIO)
    simulated, computed = run("simulate", file, "--json").json, run("year", file, "--json").json
    assert {name: simulated[name] for name in computed if name != "quarters"} == {
        name: computed[name] for name in computed if name != "quarters"
    }
    (quarter,), (expected,) = simulated["quarters"], computed["quarters"]
    assert {name: quarter[name] for name in expected} == expected
    assert quarter["steps"][:6] == PEOPLES_STEPS
    assert simulated["mails"] > 0


def test_a_scenario_without_quarters_comes_to_nothing(tmp_path: Path) -> None:
    found = run("simulate", write(tmp_path, {**SCENARIO, "quarters": []}), "--json").json
    assert (found["quarters"], found["mails"]) == ([], 0)


def test_each_simulation_in_one_database_counts_its_own_mails(tmp_path: Path) -> None:
    file, url = write(tmp_path, SCENARIO), f"sqlite:///{tmp_path / 'simulated.db'}"
    first, second = (run("simulate", file, "--json", "--database", url).json for _time in range(2))
    assert first["mails"] == second["mails"]


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {**QUARTER["facts"], "mentors": 2}, "appeal": {"mentors": 6}},
        {"facts": {**QUARTER["facts"], "online_news": 0}, "defer": ["publicity"]},
        {"rectification": ["fail", "pass"]},
    ],
    ids=["appeal", "defer", "rectification"],
)
def test_every_key_of_a_scenario_comes_to_what_the_year_computes(tmp_path: Path, change: dict[str, Any]) -> None:
    file = write(tmp_path, {**SCENARIO, "quarters": [{**QUARTER, **change}]})
    simulated, computed = run("simulate", file, "--json").json, run("year", file, "--json").json
    assert simulated["ledger"] == computed["ledger"]
    assert simulated["contract_state"] == computed["contract_state"]
