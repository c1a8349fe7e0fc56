"""JSON at the edge: numbers come in as exact decimals and go out as strings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import NoReturn

from app.errors import Message
from app.scoring.facts import FactRefused

PROBLEMS = {
    "Expecting value": Message("a value is missing"),
    "Expecting ',' delimiter": Message("a comma is missing"),
    "Expecting ':' delimiter": Message("a colon is missing"),
    "Expecting property name enclosed in double quotes": Message("a name in double quotes is missing"),
    "Illegal trailing comma before end of object": Message("a comma too many"),
    "Illegal trailing comma before end of array": Message("a comma too many"),
    "Unterminated string starting at": Message("the closing quote is missing"),
    "Extra data": Message("something stands behind the end"),
}
"""What the standard library's decoder finds wrong most often, in our words."""


def read_json(text: str) -> object:
    """Return decoded JSON, fractions as `Decimal`; raise `FactRefused` for what is no JSON, NaN, or a name twice."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_make_object)
    except json.JSONDecodeError as error:
        problem = PROBLEMS.get(error.msg, Message("{text}", text=error.msg))
        place = Message("line {line}, column {column}", line=error.lineno, column=error.colno)
        raise FactRefused(None, Message("not valid JSON ({place}): {problem}", place=place, problem=problem)) from None
    except RecursionError:
        raise FactRefused(None, Message("too many values, or nested too deeply")) from None
    except ValueError:
        raise FactRefused(None, Message("a number has too many digits")) from None


def _refuse_constant(name: str) -> NoReturn:
    raise FactRefused(None, Message("{value} is no number", value=name))


def _make_object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for name, _value in pairs:
            if name in seen:
                raise FactRefused(name, Message("{fact} stands twice", fact=name))
            seen.add(name)
    return made


def write_json(value: object, *, indent: int | None = None) -> str:
    """Return JSON text with Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
