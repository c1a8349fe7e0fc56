"""The house's sizes: functions p95 ≤ 25 lines and 50 at most, files ≤ 400 lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "benchmarks", "tests")


def list_files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def list_functions() -> Iterator[tuple[str, int]]:
    for path in [*list_files(), ROOT / "run"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (
                    f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
                    (node.end_lineno or 0) - node.lineno + 1,
                )


@pytest.mark.parametrize("path", list_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_function_is_longer_than_50_lines() -> None:
    assert [name for name, length in list_functions() if length > 50] == []


def test_of_a_hundred_functions_95_have_at_most_25_lines() -> None:
    lengths = sorted(length for _name, length in list_functions())
    assert lengths[int(len(lengths) * 0.95)] <= 25
