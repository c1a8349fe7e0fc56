"""A quarter through the command line alone: installed, people and contract added, every step completed, checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.integration.command import Done, run
from tests.integration.installation import data
from tests.integration.simulating import HONGSHAN, reach, write_yaml
from tests.unit.test_evidence_samples import PNG

__all__ = ["data"]

AUTHORITY = ("--organisation", "hongshan", "--new-organisation", "红山区人社局", "--kind", "authority")
VENDOR = ("--organisation", "vendor", "--new-organisation", "某实训服务公司", "--kind", "vendor")
PARK = "chifeng-hr-park"
PEOPLE = {
    "zhao": (*VENDOR, "--role", "party_staff", "--role", "负责人"),
    "sun": (*AUTHORITY, "--role", f"reviewer:{HONGSHAN}", "--role", "supervisor"),
    "li": (*AUTHORITY, "--role", "评分专家"),
    "wu": (*AUTHORITY, "--role", "approver"),
    "qian": (*AUTHORITY, "--role", "appeal_handler", "--role", "verifier"),
}
ONE_QUARTER_AGO = dt.timedelta(days=100)


def do(*arguments: str, given: str = "") -> Done:
    done = run(*arguments, given=given)
    assert done.status == 0, done
    return done


@pytest.fixture
def opened(data: Path) -> Path:
    """An installation whose first quarter is over and has its case."""
    made = do("init", "--admin", "gly", "--json").json
    assert (made["tables"], made["processes"], len(made["administrators"])) == ("made", 5, 1)
    for username, options in PEOPLE.items():
        added = do("user", "add", username, "--name", username, *options, "--json").json
        assert len(added["password"]) == 16
    start = dt.datetime.now(dt.UTC).date() - ONE_QUARTER_AGO
    terms = ("--programme", HONGSHAN, "--start", str(start), "--years", "1", "--annual-fee", "12000000")
    parties = ("--authority", "hongshan", "--vendor", "vendor")
    do("contract", "add", "--code", "HS", "--name", "红山合同", *terms, *parties)
    once = do("worker", "--once", "--json").json
    assert once["done"]["opened"] == 1
    return data


def complete(task: int, username: str, form: str | None = None) -> int:
    """Complete a task and return the number of the one that follows."""
    given = () if form is None else ("--form", "-")
    following = do("task", "complete", str(task), "--user", username, "--json", *given, given=form or "").json["next"]
    return int(following[0]["id"]) if following else 0


def test_a_quarter_goes_from_filing_to_ledger_through_the_command_line(opened: Path) -> None:
    waiting = do("task", "list", "--user", "zhao", "--json").json
    assert [one["step"] for one in waiting] == ["submit"]
    filed = reach(HONGSHAN, "Q1", trainees_cumulative=0)
    signing = complete(waiting[0]["id"], "zhao", write_yaml({"facts": filed}))
    review = complete(complete(signing, "zhao"), "sun")
    scoring = complete(review, "sun", do("task", "show", str(review), "--template").out)
    approval = complete(complete(scoring, "li"), "zhao")
    assert complete(approval, "wu") == 0

    shown = do("case", "show", "HS-Y1Q1", "--json").json
    assert (shown["status"], shown["tasks"], shown["incident"]) == ("published", [], None)
    assert [one["person"] for one in shown["steps"]] == ["zhao", "zhao", "sun", "sun", "li", "zhao", "wu"]
    lost = [one for one in do("ledger", "show", "HS", "--json").json if one["kind"] == "points"]
    assert [(one["quarter"], one["points"], one["case"]) for one in lost] == [("Y1Q1", "3", "HS-Y1Q1")]
    contract = do("contract", "show", "HS", "--json").json
    assert (contract["cumulative_deduction"], contract["termination_at"]) == ("3", "40")
    assert contract["quarters"][0]["score"] == shown["sheet"]["score"] == "22"

    appeal_and_amend(opened)

    sealed = do("audit", "seal", "--json").json
    assert sealed["seals"] == 3
    assert do("audit", "verify", "--json").json == {"whole": True, "findings": []}
    assert "红山合同" in do("contract", "show", "HS").out
    assert "填报完成情况" in do("case", "show", "HS-Y1Q1").out


def appeal_and_amend(folder: Path) -> None:
    """The party's head appeals, withdraws, appeals again; the supervisor amends no year that is assessed; papers."""
    wrong = run("case", "appeal", "HS-Y1Q1", "--user", "wu")
    assert (wrong.status, "负责人" in wrong.out) == (1, True)
    appeal = do("case", "appeal", "HS-Y1Q1", "--user", "zhao", "--json").json
    assert appeal["case"] == "HS-Y1Q1-FH"
    assert "已申请过复核" in run("case", "appeal", "HS-Y1Q1", "--user", "zhao").out
    withdraw = ("case", "withdraw-appeal", "HS-Y1Q1-FH", "--reason", "材料未齐")
    assert run(*withdraw, "--user", "wu").status == 1
    assert do(*withdraw, "--user", "zhao", "--json").json == {"case": "HS-Y1Q1-FH", "status": "withdrawn"}
    appeal = do("case", "appeal", "HS-Y1Q1", "--user", "zhao", "--json").json
    assert appeal["case"] == "HS-Y1Q1-FH2"
    form = write_yaml({"contested": {"training": {"reason": "漏报", "facts": {"trainees_cumulative": 60}}}})
    handling = complete(appeal["task"], "zhao", form)
    answers = write_yaml({"answers": {"training": {"reason": "属实", "facts": {"trainees_cumulative": 60}}}})
    assert complete(complete(handling, "qian", answers), "wu") == 0
    amended = run("contract", "amend", "HS", "--from-year", "1", "--annual-fee", "1", "--reason", "x", "--user", "sun")
    assert amended.status == 1
    papers = do("paper", "list", "HS", "--json").json
    assert [one["kind"] for one in papers] == ["appeal_decision"]
    do("paper", "write", "HS", papers[0]["number"], str(folder / "decision.pdf"))
    assert (folder / "decision.pdf").read_bytes().startswith(b"%PDF")
    file_scans(folder, papers[0]["number"])
    entries = do("ledger", "show", "HS", "--json").json
    assert [one["kind"] for one in entries] == ["points", "reversal"]


def file_scans(folder: Path, number: str) -> None:
    """The decision comes back sealed, is scanned better, and the signed score sheet is filed; the party files none."""
    scan = str(folder / "decision.pdf")
    sealed = ("paper", "file", "HS", number, scan, "--kind", "sealed", "--user")
    assert run(*sealed, "zhao").status == 1
    assert "第1版" in do(*sealed, "sun").out
    better = folder / "better.png"
    better.write_bytes(PNG)
    again = ("paper", "file", "HS", number, str(better), "--kind", "both", "--user", "sun")
    refused = run(*again)
    assert (refused.status, "理由" in refused.out) == (1, True)
    do(*again, "--reason", "原件模糊")
    scans = do("paper", "list", "HS", "--json").json[0]["scans"]
    assert [(one["version"], one["kind"], one["superseded"]) for one in scans] == [
        (2, "both", False),
        (1, "sealed", True),
    ]
    assert "用印签字件，第2版" in do("paper", "list", "HS").out
    do("paper", "file-sheet", "HS-Y1Q1", scan, "--kind", "signed", "--user", "sun")
    letter = folder / "decision.docx"
    letter.write_bytes(b"PK")
    wrong = run("paper", "file", "HS", number, str(letter), "--kind", "sealed", "--user", "sun")
    assert (wrong.status, "只接受 PDF" in wrong.out) == (1, True)


def test_repeating_init_changes_nothing_and_keeps_the_administrator(data: Path) -> None:
    do("init", "--admin", "gly", "--json")
    again = do("init", "--admin", "gly", "--json").json
    assert (again["tables"], again["administrators"], again["kept"]) == ("current", [], ["gly"])
    assert (data / "secret.key").stat().st_mode & 0o077 == 0
    people = do("user", "list", "--json").json
    assert [(one["username"], one["must_change_password"]) for one in people] == [("gly", True)]


def test_a_complaint_is_recorded_answered_and_checked_on_the_command_line(opened: Path) -> None:
    start = dt.datetime.now(dt.UTC).date() - ONE_QUARTER_AGO
    terms = ("--programme", PARK, "--start", str(start), "--years", "1", "--annual-fee", "3000000")
    do("contract", "add", "--code", "CF", "--name", "园区合同", *terms, "--authority", "hongshan", "--vendor", "vendor")
    told = ("--kind", "valid_complaints", "--on", str(start), "--source", "热线", "--description", "电梯停运")
    assert "第 1 号" in do("occurrence", "record", "CF", *told, "--user", "sun").out
    early = run("occurrence", "check", "CF", "1", "--valid", "--finding", "属实", "--user", "qian")
    assert early.status == 1
    assert "服务商说明期限未满" in early.out
    do("occurrence", "answer", "CF", "1", "--text", "已修复", "--user", "zhao")
    assert "属实" in do("occurrence", "check", "CF", "1", "--valid", "--finding", "属实", "--user", "qian").out
    found = do("occurrence", "list", "CF", "--json").json
    assert [(one["number"], one["verdict"], one["answer"]) for one in found] == [(1, "valid", "已修复")]
    wrong = run("occurrence", "record", "CF", *told[:2], "--on", "2020-01-01", *told[4:], "--user", "sun")
    assert (wrong.status, "合同期" in wrong.out) == (1, True)
