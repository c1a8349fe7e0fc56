"""A decision table as a page shows it: one row for each rule, yes and no in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Message
from app.processes.xml_files import read_xml

ANY = "{*}"
CELLS = {"True": Message("yes"), "False": Message("no"), "-": Message("either")}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it asks for, what follows, and the same as a sentence."""

    inputs: tuple[Message | str, ...]
    outputs: tuple[Message | str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table with the heads of its columns."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]


def read_decision_table(source: bytes) -> DecisionTable:
    """Return the table of a DMN file that has one."""
    root = read_xml(source)
    decision, table = root.find(f"{ANY}decision"), root.find(f".//{ANY}decisionTable")
    if decision is None or table is None:
        raise LookupError("no decision table in this file")
    rules = tuple(
        Rule(
            inputs=tuple(_say(one.findtext(f"{ANY}text")) for one in rule.findall(f"{ANY}inputEntry")),
            outputs=tuple(_say(one.findtext(f"{ANY}text")) for one in rule.findall(f"{ANY}outputEntry")),
            sentence=rule.findtext(f"{ANY}description") or "",
        )
        for rule in table.findall(f"{ANY}rule")
    )
    return DecisionTable(
        name=decision.get("name") or "",
        inputs=tuple(one.get("label") or "" for one in table.findall(f"{ANY}input")),
        outputs=tuple(one.get("label") or "" for one in table.findall(f"{ANY}output")),
        rules=rules,
    )


def _say(cell: str | None) -> Message | str:
    text = (cell or "").strip()
    return CELLS.get(text, text)
