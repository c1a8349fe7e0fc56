"""Proof of service (送达): how a notice reached the party, and what happens while that can't be proven."""

from __future__ import annotations

import datetime as dt

from app.calendar.due_explained import pack_step_due
from app.calendar.working_days import get_end_of_day
from app.casework.forms import FormRefused, ProofForm, Refusal
from app.casework.notices import PARTY, notify
from app.casework.work import ONE_SECOND, Work
from app.clock import get_china_day, make_china_moment
from app.errors import KaoheError, Message
from app.evidence.queries import list_evidence
from app.outbox.queries import list_by_case
from app.papers.models import Paper, Service
from app.papers.operations import record_service
from app.papers.queries import find_paper, find_service

SERVICE_EVIDENCE = "service"
"""Under this word, in the place of an indicator, the scans of receipts and announcements stand."""
LETTERS = {"termination_notice": "termination_opened", "termination_decision": "termination_decided"}
"""The mail that carries each notice."""


def get_issued(work: Work, kind: str) -> Paper:
    """Return the notice that the case issued."""
    paper = find_paper(work.connection, work.case.id, kind)
    if paper is None:
        raise LookupError(f"{work.case.code} has issued no {kind}")
    return paper


def require_service(work: Work, paper: Paper) -> Service:
    """Return the proof that a notice arrived; without one nothing that runs from its arrival may begin."""
    service = find_service(work.connection, paper.id)
    if service is None:
        raise KaoheError(Message("there is no proof that {number} arrived", number=paper.number))
    return service


def receive(work: Work, kind: str) -> Paper:
    """Record that the party opened and signed for a notice here."""
    paper = get_issued(work, kind)
    record_service(work.connection, paper.id, "portal", work.now, work.person.id, work.now)
    work.audit("paper_received", number=paper.number)
    return paper


def prove(work: Work, kind: str, form: ProofForm) -> None:
    """Record another proof that a notice arrived; `FormRefused` where what is named doesn't prove it."""
    paper = get_issued(work, kind)
    arrived_at = _find_mail(work, kind) if form.manner == "mail" else _find_written(work, paper, form)
    evidence_id = None if form.manner == "mail" else form.evidence
    record_service(
        work.connection,
        paper.id,
        form.manner,
        arrived_at,
        work.person.id,
        work.now,
        note=form.opinion,
        evidence_id=evidence_id,
    )
    work.audit("service_proven", number=paper.number, manner=form.manner, arrived_at=arrived_at.isoformat())


def serve_again(work: Work, kind: str, step: str, variable: str) -> dict[str, object]:
    """Send a notice once more; return the variable that says until when it waits to be signed for."""
    paper, due = get_issued(work, kind), work.explain_due("service")
    work.round += 1
    payload: dict[str, object] = {"paper": paper.number, "due": pack_step_due(due)}
    payload |= {"opened_case": work.case.code} if kind == "termination_notice" else {"ending": True}
    notify(work, PARTY, LETTERS[kind], f"again{work.round}", payload)
    work.dues[step] = due
    return {variable: (due.due + ONE_SECOND).isoformat(), "served": False}


def _find_mail(work: Work, kind: str) -> dt.datetime:
    """Return when the first mail with a notice was taken by the party's mail server."""
    sent = [
        one.sent_at
        for one in list_by_case(work.connection, work.case.id)
        if one.template == LETTERS[kind] and one.state == "sent" and one.sent_at is not None
    ]
    if not sent:
        text = Message("no mail with this notice was taken by the party's mail server; prove it otherwise")
        raise FormRefused([Refusal("manner", text)])
    return min(sent)


def _find_written(work: Work, paper: Paper, form: ProofForm) -> dt.datetime:
    """Return when a notice arrived by a receipt or an announcement; both are proven by their scan."""
    refusals = []
    if not form.manner:
        refusals.append(Refusal("manner", Message("say how the notice arrived")))
    day = form.arrived_on
    if day is None:
        refusals.append(Refusal("arrived_on", Message("say on which day the notice arrived")))
    elif not get_china_day(paper.issued_at) <= day <= work.today:
        refusals.append(Refusal("arrived_on", Message("the notice arrived between its issue and today")))
    scans = {one.id for one in list_evidence(work.connection, work.case.id) if one.is_current}
    if form.evidence not in scans:
        refusals.append(Refusal("evidence", Message("name the scan of the receipt or announcement, uploaded here")))
    if refusals or day is None:
        raise FormRefused(refusals)
    return min(work.now, get_end_of_day(day)) if day == work.today else make_china_moment(day, 12)
