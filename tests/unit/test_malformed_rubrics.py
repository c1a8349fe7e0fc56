"""Mistakes in rubric files: each is refused with line, column, Chinese path and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.i18n import render
from app.programmes.rubric_files import make_rubric
from app.programmes.yaml_files import FileRefused, read_yaml, read_yaml_file

HERE = Path(__file__).parent
SMALL = (HERE / "rubric_small.yaml").read_text("utf-8")
CASES: Any = read_yaml_file(HERE / "malformed_rubrics.yaml").value
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 8)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


def list_problems(content: str) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        make_rubric(read_yaml(content, "small.yaml"))
    return [f"{one.line}:{one.column} {one.path}: {render(one.message, 'zh')}" for one in refused.value.problems]


def test_the_small_rubric_itself_is_right() -> None:
    assert make_rubric(read_yaml(SMALL, "small.yaml")).points_of_year == 25


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["by"].strip()[:40])
def test_a_mistake_is_reported_where_it_stands(case: dict[str, Any]) -> None:
    assert SMALL.count(case["replace"]) >= 1
    assert list_problems(SMALL.replace(case["replace"], case["by"], 1)) == case["says"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "1:1 : 文件为空"),
        ("# 只有注释\n", "1:1 : 文件为空"),
        ("- a\n", "1:1 : 文件须由字段组成"),
        ("&x {a: *x}\n", "1:1 : 内容过多或嵌套过深"),
        (BOMB, "1:5 : 内容过多或嵌套过深"),
    ],
)
def test_content_that_is_no_rubric_at_all_is_refused(content: str, says: str) -> None:
    line, message = list_problems(content)[0].split(":", 1)
    wanted_line, wanted = says.split(":", 1)
    assert message.split(" ", 1)[1] == wanted.split(" ", 1)[1]
    assert int(line) >= int(wanted_line)


@pytest.mark.parametrize("content", ["rubric: [\n", "a: b: c\n", "[" * 3000, "\x00", "a: 'open\n"])
def test_broken_yaml_is_refused_with_its_place(content: str) -> None:
    assert "不是有效的 YAML" in list_problems(content)[0]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes("name: 评分表".encode("gbk"))
    with pytest.raises(FileRefused, match="not UTF-8"):
        read_yaml_file(file)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as stream:
        stream.truncate(5 * 2**20)
    with pytest.raises(FileRefused, match="larger than 4 MiB"):
        read_yaml_file(file)
