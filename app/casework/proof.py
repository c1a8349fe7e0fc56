"""Which evidence an entered fact rests on (rules.md, §2: a reviewer names the evidence, a scorer as well)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.casework.forms import FormRefused, Refusal
from app.casework.work import Work
from app.errors import Message, find_nearest
from app.evidence.queries import list_evidence

Proof = dict[str, tuple[int, ...]]
"""Numbers of evidence by fact."""


def find_proof(work: Work, named: Mapping[str, Sequence[int]]) -> Proof:
    """Return by fact the evidence that it rests on: what is named for its indicator, else all that stands there now.

    `named`: numbers of evidence by indicator. Raises `FormRefused` for what doesn't stand at its indicator.
    """
    standing: dict[str, list[int]] = {code: [] for code in work.scorer.codes}
    for one in list_evidence(work.connection, work.case.id):
        if one.is_current:
            standing.setdefault(one.indicator, []).append(one.id)
    _require_standing(named, standing)
    proof: dict[str, list[int]] = {}
    for code, reads in work.scorer.reads.items():
        for fact in reads:
            proof.setdefault(fact, []).extend(named.get(code, standing[code]))
    return {fact: tuple(dict.fromkeys(ids)) for fact, ids in proof.items()}


def _require_standing(named: Mapping[str, Sequence[int]], standing: Mapping[str, Sequence[int]]) -> None:
    template = "no evidence of this indicator: {ids}"
    refusals = [
        Refusal(f"evidence.{code}", Message(template, ids=strange))
        for code, ids in named.items()
        if code in standing and (strange := tuple(str(one) for one in ids if one not in standing[code]))
    ]
    refusals += [
        Refusal(f"evidence.{code}", _name_unknown(code, tuple(standing))) for code in named if code not in standing
    ]
    if refusals:
        raise FormRefused(refusals)


def _name_unknown(code: str, known: tuple[str, ...]) -> Message:
    template = "unknown indicator {code}; nearest: {nearest}"
    return Message(template, code=code, nearest=find_nearest(code, known))
