"""Decision tables that are refused when a diagram is deployed."""

from __future__ import annotations

import pytest

from tests.unit.processes.building import make_bpmn, make_dmn
from tests.unit.processes.test_checking import check, draw, refuse

RULED = make_bpmn(draw("r").rule("r", "decide"))


def test_a_decision_table_with_one_rule_for_each_case_passes() -> None:
    found = check(
        RULED, {"table": make_dmn("True - => True; False True => False; False False => 'none'"), "other": OTHER}
    )
    assert found.decisions == ("table",)


OTHER = make_dmn("True => True").replace(b'decision id="decide"', b'decision id="other"')


@pytest.mark.parametrize(
    ("dmn", "words"),
    [
        (make_dmn("True - => True; False True => False"), "0 rules"),
        (make_dmn("True - => True; - True => False; False False => True"), "2 rules"),
        (make_dmn("- - => 40"), "not 40"),
        (make_dmn("40 - => True"), "not 40"),
        (make_dmn(">=40 - => True").replace(b">=40", b"&gt;=40"), ">=40"),
        (make_dmn("- - => x"), "not x"),
        (make_dmn("- - => open('f')").replace(b"open('f')", b"open('f')"), "open"),
        (make_dmn("- - => True", policy="FIRST"), "FIRST"),
        (make_dmn("- - => True", policy="ANY"), "ANY"),
        (make_dmn("- - => True", inputs="x other"), "other"),
        (make_dmn("- - => True", outputs="other"), "other"),
        (make_dmn("- => True"), "as many cells"),
        (make_dmn("- - => True", more='<decision id="second" name="s"/>'), "one decision"),
        (b"<definitions/>", "one decision"),
        (b"<!DOCTYPE d><definitions/>", "DOCTYPE"),
    ],
)
def test_a_decision_table_that_the_engine_would_answer_silently_wrong_is_refused(dmn: bytes, words: str) -> None:
    assert any(words in problem for problem in refuse(RULED, {"table": dmn}))
