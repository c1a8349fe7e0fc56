"""Ranking of a league (2023 evaluation, 六、评价结果与运用): ranks with ties, grades A, B, C, exclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.scoring.model import Model, NonNegative, Text, round_up

Grade = Literal["A", "B", "C"]


class Exclusion(StrEnum):
    """Why a platform is left out of the evaluation."""

    NOT_TAKING_PART = "not_taking_part"
    LEFT_HALF_WAY = "left_half_way"
    NOT_COOPERATING = "not_cooperating"
    FALSE_MATERIAL = "false_material"


class Grading(Model):
    """The cut-offs: A within the best share of the league and from a score up; C below a score; B the rest."""

    leagues: dict[str, Text] = Field(title="类别", min_length=1)
    best_percent: Annotated[NonNegative, Field(le=100)] = Field(title="优秀比例")
    best_from: NonNegative = Field(title="优秀分数线")
    failing_below: NonNegative = Field(title="不合格分数线")
    criterion: Text = Field(title="依据")


@dataclass(frozen=True)
class Contender:
    """A platform in its league: a score, or the reason why it is excluded."""

    party: str
    score: Decimal | None = None
    excluded: Exclusion | None = None


@dataclass(frozen=True)
class Standing:
    """A platform's place; rank and grade are None for an excluded one."""

    party: str
    rank: int | None
    grade: Grade | None
    score: Decimal | None
    excluded: Exclusion | None = None


def rank_league(grading: Grading, contenders: Sequence[Contender]) -> list[Standing]:
    """Return the standings, high to low; ties share a rank (1, 2, 2, 4) and its grade; excluded ones come last."""
    ranked = sorted(
        ((one.score, one.party) for one in contenders if one.excluded is None and one.score is not None),
        key=lambda pair: -pair[0],
    )
    last_best = round_up(grading.best_percent * len(ranked) / 100)
    standings, rank = [], 0
    for place, (score, party) in enumerate(ranked, start=1):
        if place == 1 or score != ranked[place - 2][0]:
            rank = place
        standings.append(Standing(party, rank, _find_grade(grading, rank, score, last_best), score))
    excluded = [
        Standing(one.party, None, None, one.score, one.excluded) for one in contenders if one.excluded is not None
    ]
    return standings + excluded


def _find_grade(grading: Grading, rank: int, score: Decimal, last_best: int) -> Grade:
    if score < grading.failing_below:
        return "C"
    return "A" if rank <= last_best and score >= grading.best_from else "B"
