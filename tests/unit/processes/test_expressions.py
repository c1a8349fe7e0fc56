"""Expressions: what an administrator may write in a diagram, and 80 ways of writing more."""

from __future__ import annotations

import pytest

from app.processes.expressions import ExpressionRefused, evaluate, list_names, parse_assignment, parse_expression
from app.processes.parts import Environment

VALUES: dict[str, object] = {"fine": True, "late": False, "kind": "年度", "people": ("甲", "乙"), "none": None}
ATTACKS = [
    "__import__('os').system('true')",
    "().__class__.__base__.__subclasses__()",
    "''.__class__.__mro__",
    "fine.__class__",
    "people.append",
    "kind.format(fine)",
    "'{0.__class__}'.format(fine)",
    "f'{fine.__class__}'",
    "f'{fine}'",
    "f'{fine!r:>{9**9}}'",
    "'%s' % fine",
    "getattr(fine, 'real')",
    "setattr(fine, 'x', 1)",
    "hasattr(fine, 'x')",
    "vars()",
    "globals()",
    "locals()",
    "dir()",
    "eval('1')",
    "exec('x = 1')",
    "compile('1', '', 'eval')",
    "open('/etc/passwd')",
    "input()",
    "print(fine)",
    "help()",
    "breakpoint()",
    "exit()",
    "type(fine)",
    "type('X', (), {})",
    "object()",
    "super()",
    "len(people)",
    "list(people)",
    "dict()",
    "rand()",
    "randint(9)",
    "int('9')",
    "str(fine)",
    "lambda: fine",
    "(lambda: 1)()",
    "[one for one in people]",
    "{one for one in people}",
    "{one: one for one in people}",
    "(one for one in people)",
    "[a for a in people for b in people for c in people]",
    "all(one for one in people)",
    "(x := fine)",
    "x = fine",
    "x += 1",
    "del fine",
    "import os",
    "from os import system",
    "fine; late",
    "fine\nlate",
    "while True: pass",
    "for one in people: pass",
    "def f(): pass",
    "class X: pass",
    "raise ValueError",
    "assert fine",
    "with fine: pass",
    "try: fine\nexcept: late",
    "return fine",
    "yield fine",
    "await fine",
    "9**9**9",
    "9**9**9**9",
    "'a' * 10**10",
    "people * 99999",
    "1 << 999999999",
    "-1",
    "+fine",
    "~fine",
    "1 + 1",
    "fine + late",
    "fine > late",
    "fine < 40",
    "40",
    "1.5",
    "1j",
    "b'x'",
    "...",
    "people[0]",
    "people[0:1]",
    "people[::9**9]",
    "*people",
    "[*people]",
    "{'a': fine}",
    "{**fine}",
    "{fine}",
    "fine if late else kind",
    "__builtins__",
    "__name__",
    "_fine",
    "fine.real.real.real",
    "kind.upper()",
    "",
    "   ",
    "fine and",
    "(" * 240 + "fine" + ")" * 240,
    "not " * 400 + "fine",
    "fine or " * 400 + "fine",
    "'" + "x" * 600 + "'",
    "fine # \n; import os",
    "\x00",
    "match fine:\n case _: pass",
    "ｆｉｎｅ.__class__",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_is_not_a_plain_question_is_refused_by_its_form_before_anything_is_evaluated(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        parse_expression(text)
    with pytest.raises(ExpressionRefused):
        Environment().evaluate(text, dict(VALUES), {"more": True})


@pytest.mark.parametrize("text", [*ATTACKS, "fine", "x = y = fine", "x.y = fine", "x, y = people", "x: bool = fine"])
def test_a_script_is_one_assignment_of_a_plain_question(text: str) -> None:
    if text == "x = fine":
        return
    with pytest.raises(ExpressionRefused):
        Environment().execute(f"{text}" if "=" in text else f"late = {text}\nfine", dict(VALUES))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fine", True),
        ("not fine", False),
        ("fine and not late", True),
        ("late or fine", True),
        ("kind == '年度'", True),
        ("kind != '年度'", False),
        ("kind in ['年度', '季度']", True),
        ("'丙' not in people", True),
        ("none is None", True),
        ("(fine) == (True)", True),
        (" fine ", True),
    ],
)
def test_plain_questions_are_answered(text: str, value: bool) -> None:  # noqa: FBT001  # the answer expected
    assert evaluate(text, VALUES) is value


def test_a_question_about_a_variable_without_a_value_says_which() -> None:
    with pytest.raises(ExpressionRefused, match="other"):
        evaluate("fine and other", VALUES)


def test_a_question_that_cannot_be_answered_is_a_clear_error() -> None:
    with pytest.raises(ExpressionRefused, match="fine in late"):
        evaluate("fine in late", VALUES)


def test_names_in_an_expression_are_listed() -> None:
    assert list_names("fine and (not late or kind == 'x')") == {"fine", "late", "kind"}


def test_a_script_sets_its_variable_and_nothing_else() -> None:
    values = dict(VALUES)
    Environment().execute("late = fine and not late", values)
    assert values == {**VALUES, "late": True}
    assert parse_assignment("late = fine") == ("late", "fine")
