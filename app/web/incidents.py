"""Failed steps: what the system could not do, in plain words, and trying it again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.wrappers import Response

from app.cases.models import Case, Incident
from app.cases.queries import get_case, get_incident, list_cases_by_id, list_incidents
from app.casework.fire_timers import record_retry_fault, retry_incident
from app.casework.work import Doer
from app.contracts.models import Contract
from app.contracts.queries import list_contracts
from app.db import reading, transaction
from app.errors import Message
from app.permissions import NotPermitted, Permission, Viewer
from app.web.access import get_session, get_viewer, needs
from app.web.case_words import name_operation
from app.web.numbers import ID
from app.web.site import get_now
from app.web.words import _, say

blueprint = Blueprint("incidents", __name__)
LOG = logging.getLogger("kaohe.web")
ROLE = "process_admin"
EFFECTS = {
    "compare_findings": Message("The findings of the scorers are in, but they are not compared yet."),
    "draft_result": Message("The draft result is not made yet; the party has not been told it."),
    "weigh_consequences": Message("The result is signed, but its consequences are not weighed yet."),
    "post_consequences": Message("The result is signed, but neither points nor money are posted yet."),
    "open_consequences": Message("Points and money are posted, but what follows is not opened yet."),
    "publish_result": Message("Everything is posted, but the result is not published yet."),
    "record_decision": Message("The decision is signed, but it has not taken effect yet."),
    "fire_timers": Message("A time limit is over, but the case has not moved on yet."),
}
"""What it means for a case that an automatic step has not run."""
UNKNOWN_EFFECT = Message("The case stands still at this step.")


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A failed step as it is shown: the system tries it again by itself while `next_try_at` is set."""

    incident: Incident
    case: Case
    contract_name: str
    what: Message | str
    effect: Message


@blueprint.get("/incidents")
@needs(Permission.SEE_INCIDENTS)
def list_all() -> str:
    """List the failed steps of the viewer's authority: those that wait for a person first."""
    viewer = get_viewer()
    with reading() as connection:
        found = [one for state in ("open", "retrying") for one in list_incidents(connection, state)]
        cases = list_cases_by_id(connection, {one.case_id for one in found})
        contracts = {one.id: one for one in list_contracts(connection)} if found else {}
    views = [make_view(one, cases[one.case_id], contracts) for one in found if administers(viewer, cases[one.case_id])]
    return render_template("incidents/list.html", found=views)


@blueprint.post(f"/incidents/<{ID}:incident_id>/retry")
@needs(Permission.RETRY_INCIDENT)
def retry(incident_id: int) -> Response:
    """Try a failed step again at once."""
    with reading() as connection:
        incident = _get_own(connection, incident_id)
    if incident.state == "resolved":
        flash(_("This step has run meanwhile; nothing was left to do."), "info")
    else:
        flash(*_retry(incident))
    return redirect(url_for("incidents.list_all"), 303)


def make_view(incident: Incident, case: Case, contracts: Mapping[int, Contract]) -> IncidentView:
    """Return a failed step in plain words."""
    return IncidentView(
        incident=incident,
        case=case,
        contract_name=contracts[case.contract_id].name,
        what=name_operation(incident.operation),
        effect=EFFECTS.get(incident.operation, UNKNOWN_EFFECT),
    )


def administers(viewer: Viewer, case: Case) -> bool:
    """Whether somebody keeps the processes of a case's authority for its programme."""
    return any(
        one.role == ROLE and one.organisation_id == case.authority_id and one.programme in (None, case.programme)
        for one in viewer.holdings
    )


def _get_own(connection: Connection, incident_id: int) -> Incident:
    """Return a failed step that the viewer may repeat; `NotPermitted` for another authority's."""
    incident = get_incident(connection, incident_id)
    if not administers(get_viewer(), get_case(connection, incident.case_id)):
        raise NotPermitted(Permission.RETRY_INCIDENT)
    return incident


def _retry(incident: Incident) -> tuple[str, str]:
    """Try a failed step again; what it raises is recorded as one more failure. Return what to say and its tone."""
    person, what = get_session().person, say(name_operation(incident.operation))
    failed = _("{step}: did not succeed again. The fault is recorded; tell the support its text.", step=what)
    try:
        with transaction() as connection:
            went = retry_incident(connection, incident, Doer(person.id, person.name, get_viewer()), get_now())
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        LOG.exception("incident %s", incident.id)
        with transaction() as connection:
            record_retry_fault(connection, incident, error, get_now())
        return failed, "danger"
    if went.failure is not None:
        return failed, "danger"
    return _("{step}: done. The case goes on.", step=what), "success"
