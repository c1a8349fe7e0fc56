"""What programmes and rubrics there are, found by name, and which version applies to a period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from app.config import get_data_folder
from app.errors import Message, UnknownName, find_nearest
from app.programmes.definition import Programme, check_programme
from app.programmes.examples import Examples
from app.programmes.forms import Forms, check_forms
from app.programmes.rubric_files import read_rubric
from app.programmes.validation import make_model, refuse_problems
from app.programmes.yaml_files import read_yaml_file
from app.scoring.rubric import Rubric

PROGRAMME_FILE, FORMS_FILE, EXAMPLES_FOLDER = "programme.yaml", "forms.yaml", "examples"
Found = TypeVar("Found")


def read_programme(path: Path) -> Programme:
    """Return a programme from its file; raise `FileRefused` with every problem found."""
    document = read_yaml_file(path)
    programme = make_model(document, Programme)
    refuse_problems(document, Programme, check_programme(programme))
    return programme


def read_forms(path: Path) -> Forms:
    """Return a programme's forms from their file; raise `FileRefused` with every problem found."""
    document = read_yaml_file(path)
    forms = make_model(document, Forms)
    refuse_problems(document, Forms, check_forms(forms))
    return forms


def read_examples(path: Path) -> Examples:
    """Return worked examples from their file; raise `FileRefused` with every problem found."""
    return make_model(read_yaml_file(path), Examples)


class Catalogue:
    """The programmes in a folder such as `rubrics/`: listed once, each file read when first asked for, and kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[Path, object] = {}

    def list_programme_names(self) -> list[str]:
        """Return the names of all programmes, in order."""
        return self._programme_names

    def list_rubric_names(self) -> list[str]:
        """Return the names of all rubrics, in order; versions share their rubric's name."""
        return sorted({_get_rubric_name(path) for path in self._rubric_files})

    def get_programme(self, name: str) -> Programme:
        """Return a programme; raise `UnknownName` with the nearest known ones."""
        if name not in self.list_programme_names():
            nearest, hint = _find_hint(name, self.list_programme_names())
            raise UnknownName(Message("unknown programme {name}; {hint}", name=name, hint=hint), nearest)
        return self._keep(self.folder / name / PROGRAMME_FILE, read_programme)

    def list_programmes(self) -> list[Programme]:
        """Return all programmes, by name."""
        return [self.get_programme(name) for name in self.list_programme_names()]

    def list_versions(self, name: str) -> list[Rubric]:
        """Return all versions of a rubric, oldest first; raise `UnknownName` with the nearest known rubrics."""
        paths = [path for path in self._rubric_files if _get_rubric_name(path) == name]
        if not paths:
            nearest, hint = _find_hint(name, self.list_rubric_names())
            raise UnknownName(Message("unknown rubric {name}; {hint}", name=name, hint=hint), nearest)
        return sorted((self._keep(path, read_rubric) for path in paths), key=lambda rubric: rubric.version)

    def get_rubric(self, name: str, on: dt.date | None = None, contract_year: int | None = None) -> Rubric:
        """Return the version that applies to a period that begins `on` a date, in a year of its contract.

        Without either, the newest. Raise `UnknownName` when there is no such rubric or none in effect.
        """
        versions = self.list_versions(name)
        if on is None and contract_year is None:
            return versions[-1]
        valid = [rubric for rubric in versions if rubric.takes_effect.is_in_effect(on, contract_year)]
        if not valid:
            raise UnknownName(Message("no version of {rubric} is in effect on {date}", rubric=name, date=on or "-"))
        return valid[-1]

    def find_forms(self, programme: str) -> Forms | None:
        """Return a programme's forms, or None where its source prescribes none."""
        path = self.folder / programme / FORMS_FILE
        return self._keep(path, read_forms) if path.is_file() else None

    def list_example_files(self) -> list[Path]:
        """Return the files of worked examples, in order."""
        return sorted(self.folder.glob(f"*/{EXAMPLES_FOLDER}/*.yaml"))

    @cached_property
    def _programme_names(self) -> list[str]:
        return sorted(path.parent.name for path in self.folder.glob(f"*/{PROGRAMME_FILE}"))

    @cached_property
    def _rubric_files(self) -> list[Path]:
        skipped = (PROGRAMME_FILE, FORMS_FILE)
        return sorted(path for path in self.folder.glob("*/*.yaml") if path.name not in skipped)

    def _keep(self, path: Path, read: Callable[[Path], Found]) -> Found:
        if path not in self._kept:
            self._kept[path] = read(path)
        return self._kept[path]  # type: ignore[return-value]  # each path is read by one function only


def _get_rubric_name(path: Path) -> str:
    """Return the rubric's name from `name.yaml` or, for later versions, `name.v2.yaml`."""
    return path.name.split(".")[0]


def _find_hint(name: str, known: list[str]) -> tuple[tuple[str, ...], Message]:
    nearest = find_nearest(name, known)
    if nearest:
        return nearest, Message("nearest: {nearest}", nearest=nearest)
    return (), Message("there are: {known}", known=tuple(known))


@lru_cache(maxsize=1)
def get_catalogue() -> Catalogue:
    """Return the catalogue of the bundled programmes."""
    return Catalogue(get_data_folder("rubrics"))
