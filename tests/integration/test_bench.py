"""The benchmarks run from end to end with tiny counts, and give every table that the guide shows."""

from __future__ import annotations

import pytest

from tests.integration.command import run

FEW = ("--cases", "1", "--rounds", "1", "--database", "sqlite", "--json")


def test_a_step_is_measured_beside_the_yardstick_in_the_same_run() -> None:
    found = run("bench", "case", *FEW, "--opening", "3", "--returns", "1", "--tasks", "8").json
    assert [one["way"] for one in found["cases"]] == ["bare", "workload-w", "contract-quarter"]
    assert [one["steps"] for one in found["cases"]] == [5, 5, 7]
    assert all(one["cases_a_second"] > 0 for one in found["cases"])
    assert {one["step"] for one in found["steps"] if one["way"] == "contract-quarter"} >= {"submit", "approve"}
    assert [one["returns"] for one in found["rework"]] == [0, 1]
    assert [one["cases"] for one in found["opening"]] == [3]
    assert [(one["page"], one["tasks"]) for one in found["inbox"]] == [("first", 8), ("last", 8), ("count", 8)]
    assert [one["bytes_a_case"] > 0 for one in found["storage"]] == [True]
    assert found["parts"]


def test_steps_and_pages_are_measured_through_the_real_server() -> None:
    found = run("bench", "web", *FEW, "--pages", "2", "--tasks", "8").json
    assert {one["way"] for one in found["steps"]} == {"workload-w", "contract-quarter"}
    assert [one["page"] for one in found["pages"]] == ["health", "inbox", "case", "task"]
    assert [one["database"] for one in found["server"]] == ["sqlite"]


@pytest.mark.parametrize("text", ["0", "ten", "1,,2", "-5"])
def test_counts_that_are_none_are_refused_with_their_option(text: str) -> None:
    done = run("bench", "case", f"--returns={text}")
    assert (done.status, done.out) == (2, "")
    assert "--returns" in done.err
