"""Straight-line Python that scores every rubric by hand: the benchmark's yardstick and the engine's independent oracle.

The rules stand here as plain code, read from the sources anew: no rubric files, no rule engine, nothing from `app`.
Each scorer takes one flat dict of facts (numbers as int or Decimal) and gives back the total, the points by
indicator, and what else the sheet shows. `random_facts.py` draws facts around the rules' bounds.
"""

from __future__ import annotations

from benchmarks.straight_line import chifeng, hongshan, hunan_2023, hunan_window, sme
from benchmarks.straight_line.checks import Missing, Refused, Result, Scorer

__all__ = ["SCORERS", "Missing", "Refused", "Result", "Scorer"]

SCORERS: dict[tuple[str, str], Scorer] = {
    ("hongshan-talent-training", "Q1"): hongshan.score_q1,
    ("hongshan-talent-training", "Q2"): hongshan.score_q2,
    ("hongshan-talent-training", "Q3"): hongshan.score_q3,
    ("hongshan-talent-training", "Q4"): hongshan.score_q4,
    ("chifeng-hr-park", "Q1"): chifeng.score_q1,
    ("chifeng-hr-park", "Q2"): chifeng.score_q2,
    ("chifeng-hr-park", "Q3"): chifeng.score_q3,
    ("chifeng-hr-park", "Q4"): chifeng.score_q4,
    ("hunan-2023-municipal", "Y"): hunan_2023.score_municipal,
    ("hunan-2023-county", "Y"): hunan_2023.score_county,
    ("hunan-window-municipal", "Y"): hunan_window.score_municipal,
    ("hunan-window-cluster", "Y"): hunan_window.score_cluster,
    ("hunan-window-county", "Y"): hunan_window.score_county,
    ("sme-empowerment", "B"): sme.score_batch,
}
