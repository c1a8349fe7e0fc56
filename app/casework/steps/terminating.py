"""The human steps of a termination proposal: served, answered, decided by a person, served again."""

from __future__ import annotations

from collections.abc import Mapping

from app.casework.forms import FormRefused, OpinionForm, ProofForm, Refusal, StatementForm, TerminationForm, read_form
from app.casework.notices import notify
from app.casework.obstacles import find_obstacle
from app.casework.serving import prove, receive, serve_again
from app.casework.work import Outcome, Work
from app.errors import Message

NOTICE, DECISION = "termination_notice", "termination_decision"


def receive_proposal(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign for the notice of the proposed termination; the party's time runs from here."""
    form = read_form(OpinionForm, given)
    receive(work, NOTICE)
    return Outcome({"served": True}, "received", form.opinion)


def prove_proposal(work: Work, given: Mapping[str, object]) -> Outcome:
    """Prove that the notice of the proposed termination arrived, or serve it again."""
    return _prove(work, given, NOTICE, "receive_proposal", "proposal_unopened_at")


def prove_termination(work: Work, given: Mapping[str, object]) -> Outcome:
    """Prove that the notice of termination arrived, or serve it again."""
    return _prove(work, given, DECISION, "receive_termination", "termination_unopened_at")


def receive_termination(work: Work, given: Mapping[str, object]) -> Outcome:
    """Sign for the notice of termination; the contract ends by it."""
    form = read_form(OpinionForm, given)
    receive(work, DECISION)
    return Outcome({"served": True}, "received", form.opinion)


def represent_termination(work: Work, given: Mapping[str, object]) -> Outcome:
    """Take the party's statement; none means no objection."""
    form = read_form(StatementForm, given)
    if form.statement:
        notify(work, ["approver"], "statement_received", work.round, {"statement": form.statement})
    work.audit("represented", statement=bool(form.statement))
    return Outcome(decision="contested" if form.statement else "no_objection", opinion=form.statement)


def decide_termination(work: Work, given: Mapping[str, object]) -> Outcome:
    """Decide on the proposal: a person's decision, with reasons; to end, also the document that decided it."""
    form = read_form(TerminationForm, given)
    obstacle = find_obstacle(work.connection, work.case, work.now)
    if obstacle is not None:
        raise FormRefused([Refusal("decision", obstacle)])
    ends = form.decision == "end"
    if ends and not form.basis:
        text = Message("name the document by which the contract is ended")
        raise FormRefused([Refusal("basis", text)])
    work.audit("termination_decided", decision=form.decision, basis=form.basis)
    opinion = f"{form.basis}\n{form.opinion}" if ends else form.opinion
    return Outcome({"ending": ends}, form.decision, opinion)


def _prove(work: Work, given: Mapping[str, object], kind: str, step: str, variable: str) -> Outcome:
    form = read_form(ProofForm, given)
    if form.decision == "again":
        return Outcome(serve_again(work, kind, step, variable), "served_again", form.opinion)
    prove(work, kind, form)
    return Outcome({"served": True}, "proven", form.opinion)
