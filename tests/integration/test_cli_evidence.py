"""Evidence on the command line: what a form names by number is uploaded, listed and withdrawn without a browser."""

from __future__ import annotations

from pathlib import Path

from tests.integration.command import run
from tests.integration.installation import data
from tests.integration.simulating import HONGSHAN, reach, write_yaml
from tests.integration.test_cli_quarter import complete, do, opened

__all__ = ["data", "opened"]

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0d"
    "efa59b0000000049454e44ae426082"
)


def list_numbers(case: str, *options: str) -> list[int]:
    return [one["id"] for one in do("evidence", "list", case, "--json", *options).json]


def test_files_and_links_are_added_on_a_task_and_named_by_the_numbers_printed(opened: Path, tmp_path: Path) -> None:
    filing = do("task", "list", "--user", "zhao", "--json").json[0]["id"]
    picture, forged = tmp_path / "签到表.png", tmp_path / "合同.pdf"
    picture.write_bytes(PICTURE)
    forged.write_bytes(b"not a PDF")
    where = ("evidence", "add", str(filing), "--indicator", "training", "--user", "zhao")

    added = do(*where, str(picture), "--link", "https://example.org/news", "--json").json
    assert [(one["indicator"], one["stands"]) for one in added] == [("training", True)] * 2
    assert list_numbers("HS-Y1Q1") == [one["id"] for one in added]
    assert (added[0]["name"], added[0]["size"]) == ("签到表.png", len(PICTURE))
    kept = run(*where, "--requirement", "1", str(forged), str(picture))
    assert (kept.status, "合同.pdf" in kept.out, "签到表.png" in kept.out) == (1, True, True)

    gone = str(added[1]["id"])
    withdraw = ("evidence", "withdraw", str(filing), gone, "--reason", "链接有误")
    assert "上传" in run(*withdraw, "--user", "sun").out
    assert do(*withdraw, "--user", "zhao", "--json").json["reason"] == "链接有误"
    assert "已撤回" in run(*withdraw, "--user", "zhao").out
    assert added[1]["id"] not in list_numbers("HS-Y1Q1")
    assert added[1]["id"] in list_numbers("HS-Y1Q1", "--all")
    assert "已撤回：链接有误" in do("evidence", "list", "HS-Y1Q1", "--all").out

    review = complete(complete(complete(filing, "zhao", write_yaml({"facts": reach(HONGSHAN, "Q1")})), "zhao"), "sun")
    late = run(*where, str(picture))
    assert (late.status, "佐证材料" in late.out) == (1, True)
    facts = reach(HONGSHAN, "Q1")
    wrong = write_yaml({"facts": facts, "evidence": {"training": [added[1]["id"]]}})
    assert run("task", "complete", str(review), "--user", "sun", "--form", "-", given=wrong).status != 0
    assert complete(review, "sun", write_yaml({"facts": facts, "evidence": {"training": [added[0]["id"]]}}))


def test_a_wrong_place_is_answered_with_the_nearest_ones(opened: Path, tmp_path: Path) -> None:
    filing = str(do("task", "list", "--user", "zhao", "--json").json[0]["id"])
    where = ("evidence", "add", filing, "--user", "zhao", "--link", "https://example.org/")
    assert "training" in run(*where, "--indicator", "trainin").err
    assert "training" in run(*where).err
    assert "--link" in run("evidence", "add", filing, "--user", "zhao", "--indicator", "training").err
    assert run(*where, "--indicator", "training", "--requirement", "99").status == 2
    stranger = run(
        "evidence", "add", filing, "--indicator", "training", "--link", "https://example.org/", "--user", "li"
    )
    assert (stranger.status, "办理" in stranger.out) == (1, True)
