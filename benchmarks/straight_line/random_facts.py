"""Random complete, valid facts of a part, drawn around the bounds of its rules: at them, just beside them, far off."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from benchmarks.straight_line import chifeng, hongshan, hunan_2023, hunan_window, sme
from benchmarks.straight_line.bounds import BOUNDS
from benchmarks.straight_line.checks import COUNT, NONE, SHARE, YES_NO, Kind, Kinds
from benchmarks.straight_line.chifeng_special import SPECIAL

Key = tuple[str, str]

_HUNDREDTH = Decimal("0.01")
_SME_OPTIONAL: Kinds = {**sme.UNDERTAKEN, **sme.INNOVATION}

_PARTS: dict[Key, tuple[Kinds, Kinds]] = {
    ("hongshan-talent-training", "Q1"): (hongshan.Q1, NONE),
    ("hongshan-talent-training", "Q2"): (hongshan.Q2, NONE),
    ("hongshan-talent-training", "Q3"): (hongshan.Q3, NONE),
    ("hongshan-talent-training", "Q4"): (hongshan.Q4, NONE),
    ("chifeng-hr-park", "Q1"): (chifeng.Q1, SPECIAL),
    ("chifeng-hr-park", "Q2"): (chifeng.Q2, SPECIAL),
    ("chifeng-hr-park", "Q3"): (chifeng.Q3, SPECIAL),
    ("chifeng-hr-park", "Q4"): (chifeng.Q4, SPECIAL),
    ("hunan-2023-municipal", "Y"): (hunan_2023.MUNICIPAL, NONE),
    ("hunan-2023-county", "Y"): (hunan_2023.COUNTY, NONE),
    ("hunan-window-municipal", "Y"): (hunan_window.WITH_ONLINE_SERVICES, NONE),
    ("hunan-window-cluster", "Y"): (hunan_window.CLUSTER, NONE),
    ("hunan-window-county", "Y"): (hunan_window.WITH_ONLINE_SERVICES, NONE),
    ("sme-empowerment", "B"): (sme.WITHOUT_INNOVATION, _SME_OPTIONAL),
}

_PLAIN: Sequence[int | Decimal] = (1, 2)


def list_fact_names(rubric: str, part: str) -> list[str]:
    """Return every fact name that the part knows, the required ones first."""
    required, optional = _PARTS[rubric, part]
    return [*required, *optional]


def draw_facts(rng: random.Random, rubric: str, part: str) -> dict[str, object]:
    """Return complete, valid facts; every sheet has its own share of facts that are simply good enough."""
    required, optional = _PARTS[rubric, part]
    bounds = BOUNDS[rubric, part]
    good = rng.choice((0.3, 0.8, 0.95, 1.0))
    facts = {name: _draw(rng, kind, bounds.get(name, _PLAIN), good) for name, kind in required.items()}
    if optional is SPECIAL:
        wanted = rng.choice((0.0, 0.2, 0.7))
        facts |= {name: _draw(rng, kind, (1, 5), 0) for name, kind in optional.items() if rng.random() < wanted}
    elif optional:
        facts |= _draw_innovation(rng, bounds, good)
    _relate(rng, facts, good)
    return facts


def _draw_innovation(
    rng: random.Random, bounds: Mapping[str, Sequence[int | Decimal]], good: float
) -> dict[str, object]:
    undertaken = rng.choice((None, True, False))
    facts: dict[str, object] = {} if undertaken is None else {"innovation_undertaken": undertaken}
    given = rng.choice((0.0, 0.5)) if undertaken is False else 1.0  # they needn't be there where it isn't undertaken
    for name, kind in sme.INNOVATION.items():
        if rng.random() < given:
            facts[name] = _draw(rng, kind, bounds.get(name, _PLAIN), good)
    return facts


def _draw(rng: random.Random, kind: Kind, bounds: Sequence[int | Decimal], good: float) -> object:
    if kind == YES_NO:
        return rng.random() < max(good, 0.7)
    if isinstance(kind, Decimal):
        return _draw_judged(rng, int(kind))
    if kind == COUNT:
        return _draw_count(rng, [int(bound) for bound in bounds], good)
    bound = max(bounds) if rng.random() < good else rng.choice(bounds)
    steps = (0, 1, 3000) if rng.random() < good else (-100, -1, 0, 0, 1, 1000)
    value = rng.choice((bound, bound + rng.choice(steps) * _HUNDREDTH, bound + rng.choice(steps) * _HUNDREDTH))
    if rng.random() < (1 - good) / 5:
        value = rng.choice((0, Decimal(rng.randrange(0, 10_000)) * _HUNDREDTH, 99_999_999_999))
    return min(value, 100) if kind == SHARE else max(value, 0)


def _draw_judged(rng: random.Random, highest: int) -> int | Decimal:
    tenths = rng.randrange(0, 10 * highest + 1)
    return rng.choice((highest, highest, 0, Decimal(highest) - Decimal("0.1"), Decimal(tenths) / 10))


def _draw_count(rng: random.Random, bounds: Sequence[int], good: float) -> int:
    highest = max(bounds)
    if rng.random() < good:
        return highest + rng.choice((0, 0, 1, 1 + highest, 999_999))
    bound = rng.choice(bounds)
    return rng.choice(
        (bound - 1, bound, bound + 1, 0, rng.randrange(0, 2 * highest + 1), highest + rng.choice((50, 10**9)))
    )


def _relate(rng: random.Random, facts: dict[str, object], good: float) -> None:
    """Draw what is measured by another fact anew, around that fact."""
    for name, target in facts.items():
        actual = _ACTUAL_OF.get(name)
        if actual is None or actual not in facts or rng.random() < 0.3:
            continue
        step = rng.choice((0, 1, 7)) if rng.random() < good else rng.choice((-1, -1, 0, 0, 1, -40))
        if isinstance(target, Decimal):
            facts[actual] = max(0, min(100, target + step * _HUNDREDTH))
        elif isinstance(target, int):
            most = 100 if name.endswith("_percent") else 10**15
            facts[actual] = max(0, min(most, target + step))
    if "industrial_enterprises" in facts:
        facts["industrial_enterprises"] = industrial = rng.choice((0, 1, 9, 10, 11, 111, 500, 1115, 2001, 10**15))
        needed = -(-9 * industrial // 10)
        missing = rng.choice((0, 0, -1, 1, 99, 100, 101, 700, 999, 1000, 1400, 1500, needed))
        facts["enterprises_served"] = max(0, needed - missing)
    if "completion_target" in facts:
        facts["completion_target"] = target = rng.choice((0, 1, 3, 7, 100, 3600, 10**6 + 3, 10**15))
        some = rng.randrange(0, target + 1)
        facts["completed"] = rng.choice((target, max(0, target - 1), min(target + 1, 10**15), some, some, 0, 10**15))


_ACTUAL_OF = {
    **{name: name.removesuffix("_target") for name in sme.ALL if name.endswith("_target")},
    **{name: name.replace("_target_percent", "_percent") for name in sme.ALL if name.endswith("_target_percent")},
    "classes_target": "classes_held",
}
