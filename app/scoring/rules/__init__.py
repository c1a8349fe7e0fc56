"""The kinds of scoring rule (rules.md, "The kinds of scoring rule"): one file each, a model that binds to closures."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.scoring.rules.against_target import AgainstTarget
from app.scoring.rules.all_or_nothing import AllOrNothing
from app.scoring.rules.award import Award
from app.scoring.rules.base import Context, Rule
from app.scoring.rules.judged import Judged
from app.scoring.rules.per_item import PerItem
from app.scoring.rules.per_occurrence import PerOccurrence
from app.scoring.rules.per_shortfall import PerShortfall
from app.scoring.rules.ratio import Ratio
from app.scoring.rules.sum_of import SumOf
from app.scoring.rules.tiers import Tiers

AnyRule = Annotated[
    Tiers | AllOrNothing | PerItem | PerShortfall | PerOccurrence | Ratio | Judged | AgainstTarget | Award | SumOf,
    Field(discriminator="kind"),
]
"""Any rule, told apart by its `kind`."""

__all__ = [
    "AgainstTarget",
    "AllOrNothing",
    "AnyRule",
    "Award",
    "Context",
    "Judged",
    "PerItem",
    "PerOccurrence",
    "PerShortfall",
    "Ratio",
    "Rule",
    "SumOf",
    "Tiers",
]
