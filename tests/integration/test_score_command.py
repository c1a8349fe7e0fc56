"""`kaohe score` as other programs use it: JSON Lines in, one line out for each, in order."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

from tests.builders import make_reached
from tests.integration.command import MAIN, run

HONGSHAN = "hongshan-talent-training"


def as_line(facts: dict[str, object]) -> str:
    return json.dumps(facts, default=float, ensure_ascii=False) + "\n"


def test_everything_reached_scores_25() -> None:
    done = run("score", HONGSHAN, "Q1", given=as_line(make_reached(HONGSHAN, "Q1")))
    sheet = done.json
    assert list(sheet) == ["total", "max", "complete", "missing", "indicators"]
    assert (sheet["total"], sheet["max"], sheet["complete"], sheet["missing"]) == ("25", "25", True, [])
    assert sheet["indicators"]["recruitment_campus"] == "2.8"
    assert (done.err, done.status) == ("", 0)


def test_a_missing_fact_leaves_the_total_open_and_the_status_0() -> None:
    facts = make_reached(HONGSHAN, "Q2")
    del facts["certified_cumulative"]
    done = run("score", HONGSHAN, "Q2", given=as_line(facts))
    assert (done.json["total"], done.json["complete"]) == (None, False)
    assert done.json["missing"] == ["certified_cumulative"]
    assert "certification" not in done.json["indicators"]
    assert done.status == 0


def test_a_refused_line_is_said_in_its_place_and_the_others_go_on() -> None:
    good = make_reached(HONGSHAN, "Q1")
    lines = [
        as_line(good),
        as_line({**good, "mentor": 3}),
        "not json\n",
        "\n",
        "[1]\n",
        as_line({**good, "mentors": -1}),
    ]
    done = run("score", HONGSHAN, "Q1", given="".join([*lines, as_line(good)]))
    assert [line.get("total") for line in done.lines] == ["25", None, None, None, None, None, "25"]
    assert done.lines[1]["error"]["fact"] == "mentor"
    assert "mentors" in done.lines[1]["error"]["message"]
    assert [line["error"]["fact"] for line in done.lines[2:6]] == [None, None, None, "mentors"]
    assert done.status == 1


def test_the_working_says_what_was_wanted_had_and_lost_and_quotes_the_source() -> None:
    facts = make_reached(HONGSHAN, "Q1", mentors=5)
    done = run("score", HONGSHAN, "Q1", "--explain", given=as_line(facts))
    first = done.json["working"]["mentoring"][0]
    assert list(first) == ["requirement", "wanted", "had", "met", "cost", "source"]
    assert (first["wanted"], first["had"], first["met"], first["cost"]) == ("≥ 6", "5", False, "2")
    assert "搭建导师库，储备导师6人" in first["source"]


def test_numbers_are_read_as_exact_decimals() -> None:
    facts = make_reached("chifeng-hr-park", "Q4")
    del facts["satisfaction_mean"]
    given = as_line(facts)[:-2] + ', "satisfaction_mean": 90.499999, "other_deduction": 0.1, "other_addition": 0.3}\n'
    sheet = run("score", "chifeng-hr-park", "Q4", given=given).json
    assert (sheet["indicators"]["satisfaction"], sheet["special"], sheet["total"]) == ("4", "0.2", "23.2")


def test_used_caps_leave_only_the_rest_of_the_year() -> None:
    facts = make_reached("chifeng-hr-park", "Q1", talents_national=3, honours_national=2)
    caps = '{"talents": "8", "innovations": "0", "total": "14"}'
    sheet = run("score", "chifeng-hr-park", "Q1", "--used-caps", caps, given=as_line(facts)).json
    assert (sheet["special"], sheet["total"]) == ("16", "41")


def test_used_caps_that_make_no_sense_are_a_wrong_call() -> None:
    for caps in ("{", '{"talent": 1}', '{"talents": -1}', '{"talents": "x"}', "[]", '{"talents": 11}'):
        done = run("score", "chifeng-hr-park", "Q1", "--used-caps", caps)
        assert (done.status, done.out) == (2, ""), caps
        assert "--used-caps" in done.err
    assert run("score", HONGSHAN, "Q1", "--used-caps", "{}").status == 2


def test_unknown_names_are_a_wrong_call_answered_with_the_nearest() -> None:
    done = run("score", "hongshan-talent", "Q1")
    assert done.status == 2
    assert HONGSHAN in done.err
    done = run("score", HONGSHAN, "Q7")
    assert done.status == 2
    assert "Q1、Q2、Q3、Q4" in done.err


def test_a_file_is_read_like_standard_input_a_missing_one_is_a_wrong_call(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + as_line(make_reached(HONGSHAN, "Q1")).encode()[:-1] + b"\r\n")
    assert run("score", HONGSHAN, "Q1", str(file)).json["total"] == "25"
    assert run("score", HONGSHAN, "Q1", str(tmp_path / "none.jsonl")).status == 2


def test_bytes_that_are_no_text_and_endless_lines_are_refused_in_their_place() -> None:
    good = as_line(make_reached(HONGSHAN, "Q1")).encode()
    done = run("score", HONGSHAN, "Q1", given=b"\xff\xfe\n" + b"x" * (3 * 2**20) + b"\n" + good)
    assert ["error" in line for line in done.lines] == [True, True, False]
    assert "1 MiB" in done.lines[1]["error"]["message"]


def test_each_line_is_answered_before_the_next_one_comes() -> None:
    command = [sys.executable, "-c", MAIN, "score", HONGSHAN, "Q1"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own command
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdin, process.stdout:
        for _ in range(3):
            process.stdin.write(as_line(make_reached(HONGSHAN, "Q1")).encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["total"] == "25"
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_a_pipe_that_closes_early_ends_the_command_quietly() -> None:
    lines = as_line(make_reached(HONGSHAN, "Q1")) * 3000
    script = f"{sys.executable} -c '{MAIN}' score {HONGSHAN} Q1 | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", script], input=lines.encode(), capture_output=True, check=False)  # noqa: S603  # our own command
    assert (done.stderr, len(done.stdout.splitlines())) == (b"", 1)


def test_an_evaluation_in_blocks_prints_raw_points_blocks_and_the_weighted_total() -> None:
    sheet = run("score", "hunan-2023-municipal", "Y", given=as_line(make_reached("hunan-2023-municipal", "Y"))).json
    assert sheet["blocks"] == {"digital_action": "100", "credit_loans": "100", "daily_work": "100"}
    assert (sheet["total"], sheet["max"], sheet["indicators"]["target_completion"]) == ("100", "100", "30")


def test_a_bonus_comes_on_top_of_100() -> None:
    facts = make_reached("hunan-window-county", "Y", service_awards=4, honours_and_media=4)
    sheet = run("score", "hunan-window-county", "Y", given=as_line(facts)).json
    assert (sheet["max"], sheet["total"], sheet["indicators"]["bonus"]) == ("100", "115", "15")


def test_a_province_without_innovation_services_is_scaled_to_100() -> None:
    facts = make_reached("sme-empowerment", "B", innovation_undertaken=False, classes_held=0, classes_target=1)
    sheet = run("score", "sme-empowerment", "B", given=as_line(facts)).json
    assert Decimal(sheet["total"]) == Decimal("94.4444")
    assert "innovation_enterprises" not in sheet["indicators"]


def measure_width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def test_a_table_is_aligned_although_the_characters_are_wide() -> None:
    done = run("score", HONGSHAN, "Q1", "--table", given=as_line(make_reached(HONGSHAN, "Q1", mentors=1)))
    lines = done.out.splitlines()
    head = next(line for line in lines if "失分" in line)
    rows = [line for line in lines[lines.index(head) + 2 :] if line.endswith(("0", "2"))]
    assert len(rows) == 12
    assert {measure_width(row) for row in rows} == {measure_width(head)}


def test_a_table_with_the_working_shows_the_loss_and_the_reading_applied() -> None:
    facts = as_line(make_reached(HONGSHAN, "Q1", mentors=1))
    done = run("score", HONGSHAN, "Q1", "--table", "--explain", given=facts)
    assert any("未达到" in line and line.split()[-2:] == ["5", "2"] for line in done.out.splitlines())
    assert "释义（数字化专业人才培训）：" in done.out
