"""The other commands: due dates, years, ranks, rubrics; help in both languages; wrong calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.config import get_data_folder
from app.programmes.yaml_files import read_yaml_file
from tests.builders import make_reached
from tests.integration.command import run

SCENARIO: dict[str, Any] = {
    "programme": "hongshan-talent-training",
    "contract": {"annual_fee": "12000000.00", "start": "2025-01-01", "years": 3, "paid": "0.00"},
    "quarters": [{"facts": make_reached("hongshan-talent-training", "Q1", trainees_cumulative=29, mentors=0)}],
}


def write(folder: Path, content: object) -> str:
    file = folder / "scenario.yaml"
    file.write_text(json.dumps(content, default=str).replace('"2025-01-01"', "2025-01-01"), "utf-8")
    return str(file)


def test_a_due_date_explains_itself() -> None:
    done = run("due", "hunan-window-platforms", "--from", "2025-02-05", "--to", "2025-02-05", "--json")
    assert done.json == [
        {
            "filing": "plan",
            "period": "2025-02",
            "nominal": "2025-02-03",
            "due": "2025-02-05",
            "moved_by": "春节",
            "rule": "每月3日前报送，遇节假日顺延",
            "provisional": False,
        }
    ]


@pytest.mark.parametrize(
    ("programme", "start", "end", "dates"),
    [
        (
            "sme-empowerment",
            "2025-01-01",
            "2026-12-31",
            ["2025-01-31"] * 3 + ["2025-04-30", "2025-11-30", "2025-11-30"],
        ),
        ("hunan-2023-evaluation", "2023-12-31", "2024-01-15", ["2023-12-31", "2024-01-05", "2024-01-10", "2024-01-15"]),
        ("hunan-window-platforms", "2026-12-15", "2026-12-15", ["2026-12-15"]),
        ("chifeng-hr-park", "2025-01-01", "2025-12-31", []),
    ],
)
def test_due_dates_of_every_programme(programme: str, start: str, end: str, dates: list[str]) -> None:
    found = [one["due"] for one in run("due", programme, "--from", start, "--to", end, "--json").json]
    assert found[: len(dates)] == dates


def test_a_year_not_yet_announced_is_provisional() -> None:
    found = run("due", "hunan-window-platforms", "--from", "2035-03-01", "--to", "2035-03-31", "--json").json
    assert [(one["filing"], one["provisional"]) for one in found] == [("plan", True), ("data", False)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("due", "hunan-window", "--from", "2025-01-01", "--to", "2025-02-01"),
        ("due", "hunan-window-platforms", "--from", "2025-02-30", "--to", "2025-03-01"),
        ("due", "hunan-window-platforms", "--from", "2025-03-02", "--to", "2025-03-01"),
        ("due", "hunan-window-platforms", "--from", "2025-03-02"),
        ("due", "hunan-window-platforms", "--from", "0001-01-01", "--to", "9999-12-31"),
        ("year", "no-such-file.yaml"),
        ("rank", "no-such-file.json"),
        ("rubric", "show", "hongshan"),
        ("rubric", "show", "hongshan-talent-training", "Q9"),
        ("rubric", "schema", "rubrics"),
        ("scor",),
        ("score",),
        (),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_why_on_standard_error(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize(
    ("language", "word"), [("zh_CN.UTF-8", "用法"), ("en_US.UTF-8", "Usage"), ("C", "Usage"), ("", "用法")]
)
@pytest.mark.parametrize("command", [(), ("score",), ("due",), ("year",), ("rank",), ("rubric",), ("bench", "score")])
def test_help_comes_in_the_readers_language(command: tuple[str, ...], language: str, word: str) -> None:
    done = run(*command, "--help", language=language)
    assert done.status == 0
    assert word in done.out


def test_a_year_prints_the_numbers_of_the_interface(tmp_path: Path) -> None:
    found = run("year", write(tmp_path, SCENARIO), "--json").json
    assert list(found) == ["quarters", "years", "ledger", "contract_state"]
    assert found["quarters"] == [
        {
            "quarter": "Y1Q1",
            "score": "20",
            "held": "0",
            "points_deducted": "5",
            "money_deducted": "0.00",
            "cumulative_deduction": "5",
            "proposals": [],
            "rectifications": 0,
            "special": "0",
        }
    ]
    assert found["years"][0]["settlement"] is None
    assert found["contract_state"] == "active"


def test_a_year_as_tables_is_for_a_person(tmp_path: Path) -> None:
    done = run("year", write(tmp_path, SCENARIO))
    assert "年内累计扣分" in done.out
    assert "合同状态：履行中" in done.out


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"scorers": [{}, {"mentr_events": 3}]}, "mentr_events"),
        ({"representation": {"mentor_events": -1}}, "mentor_events"),
        ({"appeal": {"mentor_events": 1.5}}, "mentor_events"),
        ({"agreed": {"mentor_events": "4"}}, "mentor_events"),
        ({"special": {"valid_complaints": 1}}, "valid_complaints"),
        ({"defer": ["public"]}, "defer"),
        ({"defer": ["publicity", "publicity"]}, "defer"),
        ({"made_up": {"Y1Q1": {"publicity": {"online_news": 6}}}}, "Y1Q1"),
        ({"made_up": {"Q1": {}}}, "Q1"),
        ({"rectification": ["failed"]}, "rectification"),
        ({"apeal": {}}, "apeal"),
        ({"facts": {"mentors": 6}}, "facts"),
    ],
)
def test_a_scenario_that_cannot_be_right_names_field_and_line(
    tmp_path: Path, change: dict[str, Any], fact: str
) -> None:
    quarter = {**SCENARIO["quarters"][0], **change}
    done = run("year", write(tmp_path, {**SCENARIO, "quarters": [quarter]}), "--json")
    assert done.status == 1
    assert (done.json["error"]["fact"], done.json["error"]["line"]) == (fact, 1)
    assert done.json["error"]["message"]


@pytest.mark.parametrize(
    "contract",
    [
        {"annual_fee": "-1.00", "start": "2025-01-01", "years": 3},
        {"annual_fee": "1.001", "start": "2025-01-01", "years": 3},
        {"annual_fee": True, "start": "2025-01-01", "years": 3},
        {"annual_fee": "12000000.00", "start": "soon", "years": 3},
        {"annual_fee": "12000000.00", "start": "2025-01-01", "years": 0},
        {"annual_fee": "12000000.00", "start": "2025-01-01"},
    ],
)
def test_a_contract_that_cannot_be_right_is_refused(tmp_path: Path, contract: dict[str, Any]) -> None:
    assert run("year", write(tmp_path, {**SCENARIO, "contract": contract}), "--json").status == 1


def test_more_quarters_than_the_contract_has_are_refused(tmp_path: Path) -> None:
    contract = {**SCENARIO["contract"], "years": 1}
    reached = [{"facts": make_reached("hongshan-talent-training", f"Q{n}")} for n in (1, 2, 3, 4)]
    assert run("year", write(tmp_path, {**SCENARIO, "contract": contract, "quarters": reached}), "--json").status == 0
    five = {**SCENARIO, "contract": contract, "quarters": [*reached, reached[0]]}
    assert "4" in run("year", write(tmp_path, five)).out


def test_a_league_is_ranked_with_ties_and_grades() -> None:
    scores = {"a": "95", "b": "87.5", "c": "87.5", "d": "79.99", "e": "59.99", "f": "60"}
    parties: list[dict[str, str]] = [{"party": party, "score": score} for party, score in scores.items()]
    parties.insert(1, {"party": "x", "excluded": "false_material"})
    league = {"programme": "hunan-2023-evaluation", "league": "municipal", "parties": parties}
    found = run("rank", "-", "--json", given=json.dumps(league)).json
    assert [(one["rank"], one["grade"], one["party"]) for one in found] == [
        (1, "A", "a"),
        (2, "A", "b"),
        (2, "A", "c"),
        (4, "B", "d"),
        (5, "B", "f"),
        (6, "C", "e"),
        (None, None, "x"),
    ]
    assert found[-1]["excluded"] == "false_material"


@pytest.mark.parametrize(
    "league",
    [
        {"league": "city"},
        {"programme": "chifeng-hr-park"},
        {"parties": [{"party": "a"}]},
        {"parties": [{"party": "a", "score": "101"}]},
        {"parties": [{"party": "a", "score": "-1"}]},
        {"parties": [{"party": "a", "score": "NaN"}]},
        {"parties": [{"party": "a", "score": "1"}, {"party": "a", "score": "2"}]},
        {"parties": [{"party": "a", "excluded": "because"}]},
        {"parties": "a"},
        {"extra": 1},
    ],
)
def test_a_league_that_cannot_be_right_is_refused(league: dict[str, Any]) -> None:
    given = {"programme": "hunan-2023-evaluation", "league": "municipal", "parties": [], **league}
    done = run("rank", "-", "--json", given=json.dumps(given))
    assert done.status == 1
    assert done.json["error"]["message"]


def test_the_bundled_files_pass_their_own_check() -> None:
    done = run("rubric", "check", "--json")
    assert (done.status, done.json["errors"]) == (0, [])


def test_a_rubric_is_listed_and_shown_with_its_facts() -> None:
    assert len(run("rubric", "list", "--json").json) == 8
    shown = run("rubric", "show", "chifeng-hr-park", "Q3")
    assert "platforms_handed_over" in shown.out
    assert run("rubric", "show", "sme-empowerment", "--json").json["rubric"] == "sme-empowerment"


def test_a_broken_file_is_checked_with_line_column_and_path(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("rubric: x\nrubric: y\n", "utf-8")
    done = run("rubric", "check", str(file))
    assert done.status == 1
    assert "broken.yaml:2:1: 键“rubric”重复（首次出现在第 1 行）" in done.out


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("rubric", "*/*-*.yaml"),
        ("programme", "*/programme.yaml"),
        ("forms", "*/forms.yaml"),
        ("examples", "*/examples/*.yaml"),
    ],
)
def test_the_schema_for_editors_accepts_every_bundled_file(kind: str, pattern: str) -> None:
    validator = jsonschema.Draft202012Validator(run("rubric", "schema", kind).json)
    files = list(get_data_folder("rubrics").glob(pattern))
    assert files
    for file in files:
        value = json.loads(json.dumps(read_yaml_file(file).value, default=_as_json))
        assert [error.message for error in validator.iter_errors(value)] == []


def _as_json(value: object) -> object:
    text = str(value)
    return float(text) if text.replace(".", "", 1).replace("-", "", 1).isdigit() else text
