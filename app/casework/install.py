"""Deploy the bundled diagrams, so that cases can open; what is there already stays as it is."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from ruamel.yaml import YAML
from sqlalchemy import Connection

from app.config import get_data_folder
from app.identity.rules import ROLES
from app.processes.operations import deploy

SYSTEM_LANE = "系统"


class Declared(NamedTuple):
    """What a diagram says of itself in `workflows/variables.yaml`: its variables and the operations that it calls."""

    variables: tuple[str, ...]
    operations: tuple[str, ...]


def install_processes(connection: Connection, now: dt.datetime) -> list[int]:
    """Deploy every bundled diagram with its decision tables; return the versions' ids, old or new."""
    folder = get_data_folder("workflows")
    decisions = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    lanes = (*(role.name for role in ROLES.values()), SYSTEM_LANE)
    return [
        deploy(
            connection,
            name,
            (folder / f"{name}.bpmn").read_bytes(),
            decisions,
            lanes,
            declared.operations,
            declared.variables,
            now,
        )
        for name, declared in read_declared().items()
    ]


@lru_cache(maxsize=1)
def read_declared() -> dict[str, Declared]:
    """Return what each bundled diagram declares, by its name."""
    text = (get_data_folder("workflows") / "variables.yaml").read_text("utf-8")
    read = YAML(typ="safe").load(text)
    return {name: Declared(tuple(one["variables"]), tuple(one["operations"])) for name, one in read.items()}
