"""Expressions of diagrams and decision tables: a small language of yes and no, evaluated by an allow-list.

Variables, texts, `True`, `False`, `None`, lists of these, `and`, `or`, `not`, comparisons for sameness and membership.
Not here: numbers, arithmetic, attributes, calls, anything that could run long or reach out. What an administrator types
into a diagram is refused when it is deployed, and again when it is evaluated.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping
from functools import lru_cache

from simpleeval import EvalWithCompoundTypes

from app.errors import KaoheError, Message

MAX_LENGTH = 500
_ALLOWED = (
    ast.Expression,
    ast.Expr,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.List,
    ast.Tuple,
)


class ExpressionRefused(KaoheError):
    """An expression that this language doesn't have, or that names an unknown variable."""


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> ast.Expr:
    """Return an expression's tree; `ExpressionRefused` for anything outside the language."""
    if len(text) > MAX_LENGTH:
        raise ExpressionRefused(Message("longer than {most} characters", most=MAX_LENGTH))
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionRefused(Message("{text}: not an expression", text=text)) from error
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise ExpressionRefused(Message("{text}: not an expression", text=text))
    for node in ast.walk(body[0]):
        _require_allowed(node, text)
    return body[0]


def _require_allowed(node: ast.AST, text: str) -> None:
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        raise ExpressionRefused(Message("{text}: {kind} is not allowed", text=text, kind=kind))
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExpressionRefused(Message("{text}: {kind} is not allowed", text=text, kind=node.id))
    if isinstance(node, ast.Constant) and not isinstance(node.value, bool | str | None):
        raise ExpressionRefused(
            Message("{text}: a number or {kind} is not allowed, give a variable", text=text, kind=repr(node.value)[:40])
        )


def list_names(text: str) -> set[str]:
    """Return the variables that an expression names; `ExpressionRefused` as above."""
    return {node.id for node in ast.walk(parse_expression(text)) if isinstance(node, ast.Name)}


def evaluate(text: str, variables: Mapping[str, object]) -> object:
    """Return an expression's value; `ExpressionRefused` where it names a variable that has no value."""
    tree = parse_expression(text)
    for name in list_names(text):
        if name not in variables:
            raise ExpressionRefused(Message("{text}: {name} has no value", text=text, name=name))
    evaluator = _get_evaluator()
    evaluator.names = variables
    try:
        return evaluator.eval(text, previously_parsed=tree)
    except TypeError as error:
        raise ExpressionRefused(Message("{text}: {error}", text=text, error=error)) from error
    finally:
        evaluator.names = {}


def parse_assignment(text: str) -> tuple[str, str]:
    """Return name and expression of a script, which is one line `name = expression`."""
    try:
        body = ast.parse(text.strip()).body if len(text) <= MAX_LENGTH else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body = []
    is_one = len(body) == 1 and "\n" not in text.strip()
    statement = body[0] if is_one else None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            expression = ast.unparse(statement.value)
            parse_expression(expression)
            return target.id, expression
    raise ExpressionRefused(Message("{text}: a script is one line: name = expression", text=text[:MAX_LENGTH]))


_local = threading.local()


def _get_evaluator() -> EvalWithCompoundTypes:
    """Return this thread's evaluator: making one touches the process's warning filters, which threads share."""
    found = getattr(_local, "evaluator", None)
    if found is None:
        found = _local.evaluator = EvalWithCompoundTypes(functions={}, names={})
        found.functions.clear()
    return found
