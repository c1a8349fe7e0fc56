"""Diamonds: exactly one arrow is taken, whatever the variables are; never by the order in which arrows were drawn."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from app.errors import Message
from app.processes.checking.diagram import Diagram, Element, Flow, Scope, describe, get_kind
from app.processes.checking.elements import check_names
from app.processes.expressions import ExpressionRefused, evaluate, list_names, parse_expression

_MOST_CASES = 4096


def check_gateways(diagram: Diagram, variables: frozenset[str]) -> list[Message]:
    """Return what is wrong with diamonds and the conditions of their arrows."""
    return [
        one
        for scope in diagram.scopes
        for gateway in scope.list_of("exclusiveGateway", "parallelGateway")
        for one in _check_gateway(scope, gateway, variables)
    ]


def _check_gateway(scope: Scope, gateway: Element, variables: frozenset[str]) -> Iterator[Message]:
    leaving = scope.outgoing[gateway.get("id", "")]
    if get_kind(gateway) == "parallelGateway" or len(leaving) < 2:
        for flow in leaving:
            if flow.condition is not None and get_kind(gateway) == "exclusiveGateway":
                yield Message("{element}: a single arrow needs no condition", element=describe(flow.element))
        return
    default = gateway.get("default")
    if default is not None and default not in [flow.id for flow in leaving]:
        yield Message("{element}: its default arrow doesn't leave it", element=describe(gateway))
        return
    others = [flow for flow in leaving if flow.id != default]
    problems = [one for flow in others for one in _check_condition(flow, variables)]
    yield from problems
    for flow in leaving:
        if flow.id == default and flow.condition is not None:
            yield Message("{element}: the default arrow has no condition", element=describe(flow.element))
    if not problems:
        yield from _check_exclusive(gateway, others, has_default=default is not None)


def _check_condition(flow: Flow, variables: frozenset[str]) -> Iterator[Message]:
    if not flow.condition:
        yield Message("{element}: give a condition, or make it the default", element=describe(flow.element))
        return
    yield from check_names(flow.element, flow.condition, variables)


def _check_exclusive(gateway: Element, flows: list[Flow], *, has_default: bool) -> Iterator[Message]:
    """Give what is wrong when all values are tried that the conditions can tell apart."""
    conditions = [flow.condition or "" for flow in flows]
    if has_default and len(conditions) == 1:
        return
    names, domains = _list_domains(conditions)
    is_small = _count_cases(domains) <= _MOST_CASES
    try:
        cases = (dict(zip(names, values, strict=True)) for values in itertools.product(*domains)) if is_small else None
        met = [sum(bool(evaluate(one, case)) for one in conditions) for case in cases] if cases is not None else [2]
    except ExpressionRefused:
        met = [2]
    if max(met) > 1:
        yield Message("{element}: more than one condition can hold at once", element=describe(gateway))
    if min(met) < 1 and not has_default:
        yield Message("{element}: no condition may hold; give a default arrow", element=describe(gateway))


def _count_cases(domains: list[list[object]]) -> int:
    count = 1
    for domain in domains:
        count *= len(domain)
    return count


def _list_domains(conditions: list[str]) -> tuple[list[str], list[list[object]]]:
    """Return the variables and the values to try: yes, no, and every text that a condition compares with."""
    names = sorted({name for one in conditions for name in list_names(one)})
    texts = {
        node.value
        for one in conditions
        for node in ast.walk(parse_expression(one))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    values: list[object] = [True, False, *sorted(texts), *(["\0"] if texts else [])]
    return names, [values for _name in names]
