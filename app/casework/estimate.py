"""What a filing would score as it stands: indicators whose facts are all filled in count, others nothing (pure)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from app.scoring.facts import Values
from app.scoring.model import ZERO
from app.scoring.scorer import PartScorer


@dataclass(frozen=True, slots=True)
class Estimate:
    """At most these points as filed; `missing`: names of open facts; `unproven`: indicators that ask for evidence."""

    total: Decimal
    max: Decimal
    missing: tuple[str, ...]
    unproven: tuple[str, ...]


def estimate(scorer: PartScorer, values: Values, proven: Collection[str]) -> Estimate:
    """Return what values would score; `proven`: codes of the indicators under which evidence lies."""
    sheet = scorer.score({**dict.fromkeys(scorer.special_facts, 0), **values})
    total = sum(sheet.indicators.values(), ZERO) + (ZERO if sheet.special is None else sheet.special.net)
    asking = [one for _section, one in scorer.part.list_indicators() if any(each.required for each in one.evidence)]
    unproven = tuple(one.code for one in asking if one.code not in proven)
    return Estimate(total, sheet.max, sheet.missing, unproven)
