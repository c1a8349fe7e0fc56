"""The bundled diagrams of the processes and their decision tables, to look at."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, make_response, render_template
from werkzeug.exceptions import NotFound

from app.casework.install import read_declared
from app.config import get_data_folder
from app.errors import Message
from app.permissions import Permission
from app.web.access import needs
from app.web.case_words import PROCESS_NAMES
from app.web.cases import BPMN
from app.web.decision_tables import DecisionTable, read_decision_table

blueprint = Blueprint("diagrams", __name__)
ABOUT = {
    "contract-quarter": Message("From the filing of a quarter to its published result."),
    "rectification": Message("After a quarter below the line: what was wrong is put right and verified."),
    "termination-proposal": Message("When the condition for a termination is met: a person decides, with reasons."),
}


@blueprint.get("/diagrams")
@needs(Permission.SEE_DIAGRAM)
def list_diagrams() -> str:
    """List the processes."""
    return render_template("diagrams/list.html", names=list(read_declared()), about=ABOUT, tables=list_tables())


@blueprint.get("/diagrams/<name>")
@needs(Permission.SEE_DIAGRAM)
def show_diagram(name: str) -> str:
    """Show a process."""
    _require_known(name)
    return render_template("diagrams/diagram.html", name=name, title=PROCESS_NAMES.get(name, name), about=ABOUT)


@blueprint.get("/diagrams/<name>/source.bpmn")
@needs(Permission.SEE_DIAGRAM)
def show_source(name: str) -> Response:
    """Give a process's diagram."""
    _require_known(name)
    source = (get_data_folder("workflows") / f"{name}.bpmn").read_bytes()
    return make_response(source, 200, {"Content-Type": BPMN})


@lru_cache(maxsize=1)
def list_tables() -> tuple[DecisionTable, ...]:
    """Return the bundled decision tables, read once."""
    paths = sorted(get_data_folder("workflows").glob("*.dmn"))
    return tuple(read_decision_table(path.read_bytes()) for path in paths)


def _require_known(name: str) -> None:
    """Only names that the bundled list has: never a path that somebody typed."""
    if name not in read_declared():
        raise NotFound
