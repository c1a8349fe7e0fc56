"""Random valid scenarios of both contract programmes, for the engine and its second reading."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from decimal import Decimal
from functools import cache
from typing import Any

from app.programmes.catalogue import get_catalogue, read_examples
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer
from tests.unit.oracles.quarter import HONGSHAN, SPECIAL, Facts, get_scorer

PROGRAMMES = (HONGSHAN, "chifeng-hr-park")
FEES = ("12000000.00", "12000000.00", "1000000.00", "1000000.00", "345678.91", "123456.77", "0.01", "0.00")
PAID_FEES = tuple(fee for fee in FEES if fee != "0.00")
QUALITIES: tuple[tuple[float | None, ...], ...] = (
    (None,),
    (0.0, 0.0, 0.2),
    (0.1, 0.5, 0.8),
    (0.8, 0.9, 0.97, 1.0),
    (0.0, 0.5, 0.9, 1.0),
)
"""How likely a fact is as in the best example (None: scores at the bounds). A scenario keeps to one row."""


def list_programmes() -> list[str]:
    """Return the contract programmes whose rubric and examples are there."""
    known = get_catalogue().list_rubric_names()
    return [name for name in PROGRAMMES if name in known and all(list_sheets(name, number) for number in (1, 2, 3, 4))]


@cache
def list_sheets(programme: str, number: int) -> list[Facts]:
    """Return the complete facts of a part's worked examples, best first, special points left out."""
    scorer, found = get_scorer(programme, number), []
    for path in get_catalogue().list_example_files():
        if path.parts[-3] != programme:
            continue
        for example, _rubric, part, facts in read_examples(path).list_resolved():
            if part == f"Q{number}" and example.refused is None and not example.missing:
                plain = {name: value for name, value in facts.items() if name not in SPECIAL}
                values = scorer.check_facts(plain)
                found.append((scorer.score(values).total or Decimal(0), values))
    return [dict(values) for _total, values in sorted(found, key=lambda pair: -pair[0])]


def draw_value(rng: random.Random, programme: str, number: int, name: str) -> Value:
    """Return a value at, just below, just above or half way to one that some example has."""
    if name in SPECIAL:
        return draw_special_value(rng, name)
    sheets = list_sheets(programme, number)
    value: Value = rng.choice([rng.choice(sheets), sheets[-1], sheets[-1]])[name]
    if isinstance(value, bool):
        return rng.random() < 0.5
    limit = 100 if name.endswith(("_mean", "_percent")) else None
    near: Value = rng.choice([value, value, max(value - 1, 0), value + 1, value // 2, 0, value * 2])
    return near if limit is None else min(near, limit)


def draw_special_value(rng: random.Random, name: str) -> Value:
    if name.startswith("other_"):
        return Decimal(rng.randrange(0, 80)) / rng.choice([1, 2, 10])
    return rng.choice([0, 0, 1, 1, 2, 3, 5, 9]) if name.endswith("al") and "_" in name else rng.choice([0, 1, 2, 4])


def draw_facts(rng: random.Random, programme: str, number: int, quality: float) -> Facts:
    """Return complete facts: each as in the best example with this probability, else somewhere near a bound."""
    best = list_sheets(programme, number)[0]
    return {
        name: value if rng.random() < quality else draw_value(rng, programme, number, name)
        for name, value in best.items()
    }


def draw_round_facts(rng: random.Random, programme: str, number: int) -> Facts:
    """Return facts whose score is, if luck allows, 10, 15 or 20: the bounds of every consequence."""
    scorer = get_scorer(programme, number)
    for _ in range(80):
        facts = draw_facts(rng, programme, number, rng.choice([0.4, 0.6, 0.8]))
        if scorer.score(facts).total in {10, 15, 20}:
            break
    return facts


def draw_corrections(rng: random.Random, programme: str, number: int, names: list[str]) -> Facts:
    """Return new values, good or bad, for some of these facts."""
    best = list_sheets(programme, number)[0]
    return {
        name: best[name] if name in best and rng.random() < 0.5 else draw_value(rng, programme, number, name)
        for name in names
    }


def draw_names(rng: random.Random, programme: str, number: int) -> list[str]:
    names = list(list_sheets(programme, number)[0])
    if programme != HONGSHAN:
        names += SPECIAL
    return rng.sample(names, rng.choice([0, 1, 2, 4, len(names) // 2, len(names)]))


def draw_quarter(rng: random.Random, programme: str, number: int, quality: float | None) -> dict[str, Any]:
    """Return a quarter; without a quality, one at the bounds, to which less else happens."""
    if quality is None:
        quarter: dict[str, Any] = {"facts": draw_round_facts(rng, programme, number)}
    else:
        quarter = {"facts": draw_facts(rng, programme, number, quality)}
    busy = 0.1 if quality is None else 0.35
    if programme != HONGSHAN and rng.random() < 2 * busy:
        names = rng.sample(SPECIAL, rng.randrange(len(SPECIAL)))
        quarter["special"] = {name: draw_special_value(rng, name) for name in names}
    if rng.random() < busy:
        quarter |= draw_scorers(rng, programme, number)
    for stage in ("representation", "appeal"):
        if rng.random() < busy:
            quarter[stage] = draw_corrections(rng, programme, number, draw_names(rng, programme, number))
    if rng.random() < busy:
        quarter["rectification"] = rng.choice([["pass"], ["fail", "pass"], ["fail", "fail", "pass"]])
    codes = get_scorer(programme, number).codes
    if programme == HONGSHAN and number != 4 and rng.random() < busy + 0.1:
        quarter["defer"] = rng.sample(codes, rng.choice([0, 1, 2, 3, len(codes)]))
    return quarter


def draw_scorers(rng: random.Random, programme: str, number: int) -> dict[str, Any]:
    """Return scorers who correct alike or differently, and what a joint look agreed, needed or not."""
    names = draw_names(rng, programme, number)
    alike = draw_corrections(rng, programme, number, names)
    drawn = [draw_corrections(rng, programme, number, names) for _ in range(rng.randrange(1, 5))]
    scorers = [rng.choice([{}, alike, one, {**one, **alike}]) for one in drawn]
    if rng.random() < 0.4:
        return {"scorers": scorers}
    return {"scorers": scorers, "agreed": draw_corrections(rng, programme, number, rng.sample(names, len(names) // 2))}


def draw_made_up(rng: random.Random, programme: str, year: int, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what was made up, in a year's fourth quarter, for some of what earlier quarters deferred."""
    made_up: dict[str, Any] = {}
    for number, quarter in enumerate(earlier, 1):
        codes = [code for code in quarter.get("defer", []) if rng.random() < 0.6]
        scorer = get_scorer(programme, number)
        if codes:
            made_up[f"Y{year}Q{number}"] = {code: draw_made_up_facts(rng, scorer, number, code) for code in codes}
    return made_up


def draw_made_up_facts(rng: random.Random, scorer: PartScorer, number: int, code: str) -> Facts:
    reads = list(scorer.reads[code])
    return draw_corrections(rng, HONGSHAN, number, rng.sample(reads, rng.randrange(len(reads) + 1)))


def draw_scenario(rng: random.Random, programme: str | None = None) -> dict[str, Any]:
    """Return a random valid scenario, decoded."""
    programme = programme or rng.choice(list_programmes())
    years = rng.randrange(1, 4)
    fee = rng.choice(FEES)
    paid = rng.choice(["0.00", "0.00", "0.00", "0.00", fee, f"{Decimal(fee) / 3:.2f}", "20000000.00"])
    qualities, quarters = rng.choice(QUALITIES), list[dict[str, Any]]()
    for place in range(rng.randrange(1, 4 * years + 1)):
        quarter = draw_quarter(rng, programme, place % 4 + 1, rng.choice(qualities))
        if place % 4 == 3:
            quarter["made_up"] = draw_made_up(rng, programme, place // 4 + 1, quarters[place - 3 :])
        quarters.append(quarter)
    chance = rng.choice([0.0, 0.3, 1.0])
    decisions = ["end" if rng.random() < chance else "continue" for _ in range(rng.randrange(7))]
    contract: dict[str, Any] = {"annual_fee": fee, "start": dt.date(2025, 1, 1), "years": years, "paid": paid}
    scenario: dict[str, Any] = {"programme": programme, "contract": contract, "quarters": quarters}
    return {**scenario, "decisions": {"termination": decisions}} if decisions else scenario


def draw_simulable(rng: random.Random, programme: str) -> dict[str, Any]:
    """Return a random term that a contract can have: a fee above 0 of which at most all is paid."""
    scenario = draw_scenario(rng, programme)
    contract = scenario["contract"]
    fee = contract["annual_fee"] if contract["annual_fee"] in PAID_FEES else rng.choice(PAID_FEES)
    paid = contract["paid"] if Decimal(contract["paid"]) <= Decimal(fee) else rng.choice(["0.00", fee])
    return {**scenario, "contract": {**contract, "annual_fee": fee, "paid": paid}}


def write_scenario(scenario: dict[str, Any]) -> str:
    """Return a scenario as YAML: JSON with its decimals and dates unquoted."""
    return re.sub(r'"@([^@"]*)@"', r"\1", json.dumps(scenario, default=lambda value: f"@{value}@", indent=1))
