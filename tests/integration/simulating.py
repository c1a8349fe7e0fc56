"""Scenarios through the engine in a test's database: the clock set, the diagrams deployed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.casework.install import install_processes
from app.clock import SimulatedClock, make_china_moment
from app.db import transaction
from app.programmes.catalogue import get_catalogue
from app.programmes.scenario_files import ReadScenario, make_scenario
from app.programmes.yaml_files import read_yaml
from app.simulation import run
from tests.builders import make_reached

HONGSHAN, CHIFENG = "hongshan-talent-training", "chifeng-hr-park"


def reach(programme: str, part: str, **changes: object) -> dict[str, object]:
    """Facts that reach everything in a quarter, with changes."""
    return make_reached(programme, part, **changes)


def write_scenario(
    programme: str,
    quarters: Sequence[Mapping[str, object]],
    start: str = "2025-01-01",
    fee: str = "12000000.00",
    decisions: Sequence[str] = (),
) -> ReadScenario:
    """A scenario as its file would say it."""
    text = write_yaml(
        {
            "programme": programme,
            "contract": {"annual_fee": fee, "start": start, "years": 3, "paid": "0.00"},
            "quarters": quarters,
            "decisions": {"termination": list(decisions)},
        }
    )
    return make_scenario(read_yaml(text, "scenario.yaml"), get_catalogue())


def write_yaml(value: object) -> str:
    """YAML in flow style, numbers and yes/no as the reader takes them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {write_yaml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(write_yaml, value)) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int | Decimal) else f'"{value}"'


def simulate(scenario: ReadScenario) -> run.Simulated:
    """Let a scenario happen in the database of the application at hand."""
    clock = SimulatedClock(make_china_moment(scenario.source.contract.start))
    with transaction() as connection:
        install_processes(connection, clock.now())
    return run.simulate(scenario, clock)
