"""Decision tables: each combination of yes and no meets exactly one rule; no number stands in a cell."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from lxml import etree

from app.errors import Message
from app.processes.checking.diagram import Element, describe
from app.processes.expressions import ExpressionRefused, parse_expression
from app.processes.values import ProcessRefused
from app.processes.xml_files import read_xml

_POLICIES = ("UNIQUE", "COLLECT")
_MOST_INPUTS = 10
_CELLS = {"True": (True,), "False": (False,), "-": (True, False)}


def get_decision_id(root: Element) -> str:
    """Return the id of a file's one decision; `ProcessRefused` where it holds none or several, or several tables."""
    decisions = _find(root, "decision")
    if len(decisions) != 1 or len(_find(decisions[0], "decisionTable")) != 1:
        raise ProcessRefused([Message("a file holds one decision with one table")])
    return decisions[0].get("id", "")


def check_decision(source: bytes, variables: frozenset[str]) -> list[Message]:
    """Return what is wrong with a decision table."""
    (decision,) = _find(read_xml(source), "decision")
    (table,) = _find(decision, "decisionTable")
    policy = table.get("hitPolicy", "UNIQUE").upper()
    if policy not in _POLICIES or table.get("aggregation"):
        return [
            Message(
                "{element}: the hit policy is UNIQUE or COLLECT, not {policy}",
                element=describe(decision),
                policy=policy,
            )
        ]
    problems = [*_check_inputs(table, variables), *_check_outputs(table, variables)]
    rows = [(_read_cells(rule, "inputEntry"), _read_cells(rule, "outputEntry")) for rule in _find(table, "rule")]
    width = len(_find(table, "input")), len(_find(table, "output"))
    for rule, row in zip(_find(table, "rule"), rows, strict=True):
        problems += _check_row(rule, row, width)
    if not problems and policy == "UNIQUE":
        problems += _check_unique(decision, [inputs for inputs, _outputs in rows], width[0])
    return problems


def _find(element: Element, name: str) -> list[Element]:
    """Return the elements of a name below one, in whichever version of DMN."""
    return [one for one in element.iter() if isinstance(one.tag, str) and etree.QName(one).localname == name]


def _check_inputs(table: Element, variables: frozenset[str]) -> Iterator[Message]:
    inputs = _find(table, "input")
    if len(inputs) > _MOST_INPUTS:
        yield Message("{element}: more than {most} inputs", element=describe(table), most=_MOST_INPUTS)
    for one in inputs:
        texts = [(text.text or "").strip() for text in _find(one, "text")]
        if len(texts) != 1 or texts[0] not in variables:
            yield Message(
                "{element}: the input is one of the diagram's variables, not {name}",
                element=_describe_column(one),
                name=", ".join(texts) or "-",
            )


def _check_outputs(table: Element, variables: frozenset[str]) -> Iterator[Message]:
    for one in _find(table, "output"):
        name = one.get("name") or ""
        if name not in variables:
            yield Message("{element}: the diagram has no variable {name}", element=_describe_column(one), name=name)


def _describe_column(column: Element) -> str:
    return column.get("label") or describe(column)


def _read_cells(rule: Element, kind: str) -> list[str]:
    return [((_find(cell, "text") or [cell])[0].text or "").strip() for cell in _find(rule, kind)]


def _check_row(rule: Element, row: tuple[list[str], list[str]], width: tuple[int, int]) -> Iterator[Message]:
    inputs, outputs = row
    name = describe(rule)
    if (len(inputs), len(outputs)) != width:
        yield Message("{element}: the rule has not as many cells as the table has columns", element=name)
    for cell in inputs:
        if cell not in _CELLS:
            yield Message("{element}: a condition's cell is True, False or -, not {cell}", element=name, cell=cell)
    for cell in outputs:
        if not _is_constant(cell):
            yield Message("{element}: a result's cell is True, False or a text, not {cell}", element=name, cell=cell)


def _is_constant(cell: str) -> bool:
    try:
        return isinstance(parse_expression(cell).value, ast.Constant)
    except ExpressionRefused:
        return False


def _check_unique(decision: Element, rows: list[list[str]], width: int) -> Iterator[Message]:
    """Give the combinations that meet no rule or several: the engine takes the first, or none, silently."""
    for case in itertools.product((True, False), repeat=width):
        met = sum(all(value in _CELLS[cell] for value, cell in zip(case, row, strict=True)) for row in rows)
        if met != 1:
            yield Message(
                "{element}: {count} rules meet {values}, not one",
                element=describe(decision),
                count=met,
                values=", ".join(map(str, case)),
            )
