"""What the command line refuses: in words, with the option or field and the nearest names, and by its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.command import Done, run
from tests.integration.installation import point_at
from tests.integration.simulating import HONGSHAN

CONTRACT = """
code: HS
name: 红山合同
programme: {programme}
authority: hongshan
vendor: {vendor}
start: 2024-01-01
years: 1
annual_fee: 12000000
opening: {{Y1Q1: {{points: 3.5, money: 100}}}}
"""


def ask(*arguments: str, given: str = "") -> Done:
    return run(*arguments, given=given, language="en_GB.UTF-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    point_at(monkeypatch, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def installed(folder: Path) -> Path:
    assert ask("init").status == 0
    authority = ("--organisation", "hongshan", "--new-organisation", "红山区人社局", "--kind", "authority")
    vendor = ("--organisation", "vendor", "--new-organisation", "某公司", "--kind", "vendor")
    assert ask("user", "add", "sun", "--name", "孙", *authority, "--role", "reviewer").status == 0
    assert ask("user", "add", "zhao", "--name", "赵", *vendor, "--role", "party_staff").status == 0
    return folder


def test_commands_say_to_run_init_first_and_leave_no_empty_database(folder: Path) -> None:
    for arguments in (("task", "list"), ("worker", "--once"), ("serve",), ("audit", "verify")):
        done = ask(*arguments)
        assert done.status == 2
        assert "kaohe init" in done.err
    assert not (folder / "kaohe.db").exists()


def test_a_wrong_name_is_answered_with_its_option_and_the_nearest_ones(installed: Path) -> None:
    there = ("--name", "某", "--organisation")
    asked = {
        ("user", "add", "x1", *there, "hongshann"): ("--organisation", "nearest: hongshan"),
        ("user", "add", "x1", *there, "hongshan", "--role", "reviwer"): ("--role", "nearest: reviewer"),
        ("user", "add", "x1", *there, "hongshan", "--role", "reviewer:hongshan"): ("--role", HONGSHAN),
        ("user", "add", "x1", *there, "vendor", "--role", "reviewer"): ("--role", "某公司"),
        ("user", "add", "SUN", *there, "hongshan"): ("USERNAME", "sun"),
        ("user", "role", "sunn", "--add", "scorer"): ("USERNAME", "nearest: sun"),
        ("user", "role", "sun", "--end", "scorer"): ("--end", "held: reviewer"),
        ("task", "list", "--user", "zhaoo"): ("--user", "nearest: zhao"),
        ("contract", "show", "HS"): ("CONTRACT", "HS"),
        ("ledger", "show", "HS"): ("CONTRACT", "HS"),
    }
    for arguments, (option, words) in asked.items():
        done = ask(*arguments)
        assert done.status == 2, arguments
        assert option in done.err
        assert words in done.err, done.err


def test_a_weak_password_is_refused_with_the_rules(installed: Path) -> None:
    done = ask("user", "password", "sun", "--password-stdin", given="sun\n")
    assert done.status == 2
    assert "at least 8 characters" in done.err


def test_roles_are_ended_at_once_and_granted_from_today(installed: Path) -> None:
    changed = ask("user", "role", "sun", "--end", "reviewer", "--add", "scorer", "--json").json
    assert [(one["role"], one["to"] is None) for one in changed] == [("reviewer", False), ("scorer", True)]
    listed = ask("user", "list", "--organisation", "hongshan", "--json").json
    assert [one["role"] for one in listed[0]["roles"]] == ["scorer"]


def test_a_contract_file_is_refused_where_it_is_wrong(installed: Path) -> None:
    asked = {
        CONTRACT.format(programme="hongshan", vendor="vendor"): ("programme", 4),
        CONTRACT.format(programme=HONGSHAN, vendor="nobody"): ("vendor", 6),
        CONTRACT.format(programme=HONGSHAN, vendor="vendor") + "fee: 3\n": ("fee", 11),
    }
    for text, (field, line) in asked.items():
        done = ask("contract", "add", "-", "--json", given=text)
        assert done.status == 1, done
        problem = done.json["errors"][0]
        assert (problem["fact"], problem["line"]) == (field, line)


def test_a_step_is_refused_field_by_field_and_says_who_was_first(installed: Path) -> None:
    text = CONTRACT.format(programme=HONGSHAN, vendor="vendor")
    assert ask("contract", "add", "-", "--json", given=text).json["quarters"][0]["quarter"] == "Y1Q2"
    assert ask("worker", "--once", "--json").json["done"]["opened"] == 3
    form = '{"facts": {"trainees_cumulative": -5, "nonsense": 3}}'
    refused = ask("task", "complete", "1", "--user", "zhao", "--form", "-", "--json", given=form)
    assert refused.status == 1
    assert [one["field"] for one in refused.json["errors"]] == ["facts.trainees_cumulative", "facts.nonsense"]
    stranger = ask("task", "complete", "1", "--user", "sun")
    assert (stranger.status, stranger.out.startswith("Refused")) == (1, True)
    assert ask("task", "complete", "1", "--user", "zhao").status == 0
    late = ask("task", "complete", "1", "--user", "zhao")
    assert late.status == 1
    assert "赵 was first" in late.out
    assert ask("task", "complete", "99", "--user", "zhao").status == 2


def test_opening_balances_stand_in_the_ledger_and_count(installed: Path) -> None:
    ask("contract", "add", "-", given=CONTRACT.format(programme=HONGSHAN, vendor="vendor"))
    entries = ask("ledger", "show", "HS", "--json").json
    posted = [(one["kind"], one["points"], one["money"], one["cause"]) for one in entries]
    assert posted == [("points", "3.5", "0.00", "opening"), ("money", "0", "100.00", "opening")]
    assert ask("contract", "list", "--json").json[0]["cumulative_deduction"] == "3.5"


def test_a_cut_trail_is_found_by_its_anchor(installed: Path) -> None:
    ask("audit", "seal")
    anchors = installed / "anchors.txt"
    lines = anchors.read_text("ascii").splitlines()
    assert len(lines) == 2
    anchors.write_text("\n".join([*lines, lines[0][:-64] + "0" * 64]) + "\n", "ascii")
    done = ask("audit", "verify", "--json")
    assert (done.status, done.json["whole"], len(done.json["findings"])) == (1, False, 1)
    assert ask("audit", "verify", "--anchors", str(installed / "secret.key")).status == 2


def test_every_command_says_in_both_languages_what_it_does() -> None:
    for arguments in (("init",), ("serve",), ("worker",), ("task", "complete"), ("contract", "add"), ("user", "add")):
        english = ask(*arguments, "--help")
        chinese = run(*arguments, "--help")
        assert (english.status, chinese.status) == (0, 0)
        assert english.out != chinese.out
