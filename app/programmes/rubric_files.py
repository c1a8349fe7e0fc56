"""Rubric files: read, checked across their fields, bound to scorers."""

from __future__ import annotations

from pathlib import Path

from app.programmes.validation import make_model, refuse_problems
from app.programmes.yaml_files import Document, read_yaml_file
from app.scoring.checks import check_rubric
from app.scoring.rubric import Rubric


def read_rubric(path: Path) -> Rubric:
    """Return a rubric from its file; raise `FileRefused` with every problem found."""
    return make_rubric(read_yaml_file(path))


def make_rubric(document: Document) -> Rubric:
    """Return a rubric from a document; raise `FileRefused` with every problem found."""
    rubric = make_model(document, Rubric)
    refuse_problems(document, Rubric, check_rubric(rubric))
    return rubric
