"""Facts that can't be right: each is refused with its name, and a fact that is missing is not zero."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.cli.numbers import read_json
from app.i18n import render
from app.programmes.rubric_files import read_rubric
from app.scoring.facts import FactRefused
from app.scoring.scorer import PartScorer

SCORER = PartScorer(read_rubric(Path(__file__).parent / "rubric_small.yaml"), "Q1")


def refuse(facts: dict[str, object]) -> tuple[str | None, str]:
    with pytest.raises(FactRefused) as refused:
        SCORER.check_facts(facts)
    return refused.value.fact, render(refused.value.message, "zh")


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("trained", -1, "trained：计数不得为负（-1）"),
        ("trained", Decimal("1.5"), "trained：计数须为整数，不能是 1.5"),
        ("trained", "60", "trained：须为整数，不能是文字“60”"),
        ("trained", "x" * 50, "trained：须为整数，不能是文字“" + "x" * 20 + "…”"),
        ("trained", True, "trained：须为整数，不能是是/否值"),
        ("trained", [60], "trained：须为整数，不能是列表"),
        ("trained", {"n": 60}, "trained：须为整数，不能是一组值"),
        ("trained", 1.0, "trained：须为整数，不能是1.0"),
        ("trained", 10**16, "trained：数字过大"),
        ("trained", Decimal("1e400"), "trained：数字过大"),
        ("trained", Decimal("NaN"), "trained：须为有限数字"),
        ("trained", Decimal("Infinity"), "trained：须为有限数字"),
        ("trained", None, "trained：null 不是有效值；尚不知道时请不要填写此项"),
        ("plan_made", 1, "plan_made：须为是或否（true 或 false），不能是1"),
        ("plan_made", "是", "plan_made：须为是或否（true 或 false），不能是文字“是”"),
        ("share", Decimal("100.1"), "share：不得超过 100（现为 100.1）"),
        ("share", -1, "share：不得为负（-1）"),
        ("share", Decimal("1.0000001"), "share：最多 6 位小数"),
        ("share", Decimal("4." + "9" * 40), "share：最多 6 位小数"),
        ("share", Decimal("1E-40"), "share：最多 6 位小数"),
        ("share", "90%", "share：须为数字，不能是文字“90%”"),
        ("share", True, "share：须为数字，不能是是/否值"),
        ("attitude", Decimal("2.1"), "attitude：不得超过 2（现为 2.1）"),
        ("attitude", Decimal("1.05"), "attitude：评分以 0.1 分为一级"),
        ("attitude", Decimal("-0.1"), "attitude：不得为负（-0.1）"),
        ("traned", 5, "没有指标值 traned，相近的有：trained"),
        ("zzz", 5, "没有指标值 zzz"),
        ("", 5, "没有指标值 "),
    ],
)
def test_a_fact_that_cannot_be_right_is_refused_by_name(fact: str, value: object, says: str) -> None:
    assert refuse({fact: value}) == (fact, says)


def test_zeros_behind_the_point_do_not_count_as_decimals() -> None:
    assert SCORER.check_facts({"share": Decimal("90." + "0" * 40)})["share"] == 90


@pytest.mark.parametrize("number", [Decimal("60.0"), Decimal("6e1"), 60])
def test_a_whole_number_is_a_count_however_it_is_written(number: object) -> None:
    assert SCORER.check_facts({"trained": number})["trained"] == 60


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "不是有效的 JSON"),
        ('{"a": NaN}', "NaN 不是数字"),
        ('{"a": Infinity}', "Infinity 不是数字"),
        ('{"a": 1, "a": 2}', "a 重复"),
        ("[" * 100_000, "嵌套过深"),
        ("9" * 5000, "数字位数过多"),
        ("{} {}", "不是有效的 JSON"),
        ('{"a": .5}', "不是有效的 JSON"),
    ],
)
def test_broken_json_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(FactRefused) as refused:
        read_json(text)
    assert says in render(refused.value.message, "zh")


def test_a_missing_fact_leaves_the_sheet_open_and_is_named() -> None:
    sheet = SCORER.score(SCORER.check_facts({"trained": 60, "late": 0}))
    assert (sheet.total, sheet.is_complete) == (None, False)
    assert sheet.missing == ("plan_made", "media", "share", "share_target", "attitude", "awards")
    assert sheet.indicators == {"training": 5, "reports": 3}
