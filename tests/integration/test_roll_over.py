"""The rubric of a new year: taken over when its first quarter opens, for the whole year, and never within one."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.calendar.contract_periods import get_contract_quarter
from app.clock import make_china_moment
from app.config import get_data_folder
from app.contracts import operations
from app.contracts.queries import list_periods
from app.db import reading
from app.programmes.catalogue import Catalogue
from tests.integration.simulating import HONGSHAN
from tests.integration.world import World

NAME = "hongshan-talent-training"


def add_version(folder: Path, takes_effect: str) -> Catalogue:
    """The bundled programmes with a second version of Hongshan's rubric."""
    shutil.copytree(get_data_folder("rubrics"), folder / "rubrics")
    place = folder / "rubrics" / NAME
    text = (place / f"{NAME}.yaml").read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("takes_effect"))
    text = text.replace("\nversion: 1\n", "\nversion: 2\n", 1).replace(old, f"takes_effect: {takes_effect}", 1)
    (place / f"{NAME}.v2.yaml").write_text(text, "utf-8")
    return Catalogue(folder / "rubrics")


def list_versions(world: World) -> dict[str, int]:
    with reading() as connection:
        return {one.code: one.rubric_version for one in list_periods(connection, world.contract.id)}


@pytest.mark.parametrize(
    ("takes_effect", "quarter", "wanted"),
    [
        ("{contract_year: 2}", (2, 1), {"Y1Q4": 1, "Y2Q1": 2, "Y2Q4": 2, "Y3Q1": 1}),
        ("{date: 2025-06-01}", (1, 3), {"Y1Q3": 1, "Y1Q4": 1}),
    ],
    ids=["a new year", "the middle of a year"],
)
def test_a_new_version_waits_for_the_next_year(
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    takes_effect: str,
    quarter: tuple[int, int],
    wanted: dict[str, int],
) -> None:
    world = World(HONGSHAN)
    catalogue = add_version(tmp_path, takes_effect)
    monkeypatch.setattr(operations, "get_catalogue", lambda: catalogue)
    opens = get_contract_quarter(dt.date(2025, 1, 1), *quarter).opens
    world.tick(make_china_moment(opens, 9))
    versions = list_versions(world)
    assert {code: versions[code] for code in wanted} == wanted
