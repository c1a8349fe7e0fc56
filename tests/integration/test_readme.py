"""Every example in README prints what README says that it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.integration.command import run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ \./run kaohe (.+)\n((?:.*\n)*?)```", README)


def test_readme_has_examples_of_every_kind() -> None:
    assert {command.split()[0] for command, _output in EXAMPLES} == {"score", "year", "due", "rank", "rubric"}


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=lambda text: text.split("\n")[0][:40])
def test_an_example_prints_what_readme_says(command: str, output: str) -> None:
    done = run(*shlex.split(command), folder=ROOT)
    assert (done.out.rstrip(), done.status) == (output.rstrip(), 0)


def test_every_file_that_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
