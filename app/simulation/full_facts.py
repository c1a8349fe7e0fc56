"""Facts that reach everything, and ones that fall short, for quarters that nobody has lived."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from app.programmes.catalogue import get_catalogue, read_examples
from app.scoring.facts import Value
from app.scoring.scorer import PartScorer


@cache
def _read_full(rubric: str, part: str) -> dict[str, object]:
    catalogue = get_catalogue()
    programme = catalogue.get_rubric(rubric).programme
    for path in sorted((catalogue.folder / programme / "examples").glob(f"{rubric}-*.yaml")):
        for _example, of, in_part, facts in read_examples(path).list_resolved():
            if (of, in_part) == (rubric, part):
                return facts
    raise LookupError(f"no example of {rubric} {part}")


def make_full_facts(scorer: PartScorer) -> dict[str, Value]:
    """Return facts that reach everything: the part's first worked example."""
    return scorer.check_facts(_read_full(scorer.rubric.rubric, scorer.part_name))


def weaken(facts: Mapping[str, Value], names: int, random: Random) -> dict[str, Value]:
    """Return facts of which a number fall short of their targets, chosen by the generator given."""
    weaker = dict(facts)
    for name in random.sample(sorted(facts), min(names, len(facts))):
        value = facts[name]
        weaker[name] = False if isinstance(value, bool) else type(value)(int(value) // 2)
    return weaker
