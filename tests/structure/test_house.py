"""Habits of the house that a machine can see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "app").rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in PYTHON if path.name == "__init__.py"], ids=name)
def test_every_package_says_what_belongs_in_it(path: Path) -> None:
    assert path.read_text("utf-8").lstrip().startswith('"""')


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_every_module_has_postponed_annotations(path: Path) -> None:
    text = path.read_text("utf-8")
    has_code = re.search(r"^(def|class|from|import) ", text, re.MULTILINE) is not None
    assert not has_code or "from __future__ import annotations" in text


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_nobody_commits_a_transaction_outside_db(path: Path) -> None:
    assert path.name == "db.py" or "commit(" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "scoring").rglob("*.py")), ids=name)
def test_scoring_knows_no_floats_clocks_or_files(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search(r"\bfloat\(|\.now\(|\.today\(|\bopen\(|read_text", text) is None


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_every_ignore_gives_its_reason(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        found = re.search(r"#\s*(?:noqa|type: ignore)", line)
        if found is not None:
            assert re.search(r"(noqa: [A-Z0-9, ]+\s+# .+|type: ignore\[[\w-]+\]\s*# .+)", line), line
