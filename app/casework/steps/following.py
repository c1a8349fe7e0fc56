"""The cases that follow from a result, each one human step until they have diagrams of their own."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.forms import TerminationForm, VerifyForm, read_form
from app.casework.work import Outcome, Work


def verify_rectification(work: Work, given: Mapping[str, object]) -> Outcome:
    """Find the rectification done."""
    form = read_form(VerifyForm, given)
    return Outcome(decision=form.decision, opinion=form.opinion)


def decide_termination(work: Work, given: Mapping[str, object]) -> Outcome:
    """Decide on the proposal: a person's decision, with reasons; the contract continues."""
    form = read_form(TerminationForm, given)
    work.audit("termination_decided", decision=form.decision)
    return Outcome(decision=form.decision, opinion=form.opinion)
