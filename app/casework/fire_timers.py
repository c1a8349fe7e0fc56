"""Let the clock do what it must: timers that are due, automatic steps that are tried again."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import Connection, select

from app.audit.operations import append
from app.cases.models import Case, Incident, cases, incidents
from app.cases.operations import record_failure, set_heads
from app.cases.queries import find_incident_of_case, lock_case, lock_case_of_instance
from app.casework.follow import follow, settle_incident
from app.casework.notices import notify
from app.casework.services import bind_services
from app.casework.work import Doer, Work
from app.errors import KaoheError
from app.outbox.operations import add
from app.processes import operations as engine
from app.processes.queries import list_due
from app.processes.values import Advance

LOG = logging.getLogger("kaohe.casework")
TIMERS = "fire_timers"
"""The operation that an incident names when the engine itself failed and no automatic step did."""
MOST_MESSAGE_CHARACTERS = 2000
_STOPPED = (
    select(cases.c.instance_id)
    .join(incidents, incidents.c.case_id == cases.c.id)
    .where(incidents.c.state != "resolved")
)


def list_due_instances(connection: Connection, now: dt.datetime, limit: int) -> list[int]:
    """Return the instances with a timer that is due, the longest due first.

    A case with an incident is left out: its timers are fired when that is tried again.
    """
    stopped = set(connection.execute(_STOPPED).scalars())
    due = list_due(connection, now, limit + len(stopped))
    return [one for one in due if one not in stopped][:limit]


def fire_timers(connection: Connection, instance_id: int, now: dt.datetime) -> Advance:
    """Fire what is due on a case: a filing that never came, a representation that wasn't made (silence means none)."""
    work = Work(connection, lock_case_of_instance(connection, instance_id), now)
    went = engine.fire_timers(connection, instance_id, bind_services(work), now)
    follow(work, went, lapsed_state="lapsed")
    return went


def retry_incident(connection: Connection, incident: Incident, doer: Doer | None, now: dt.datetime) -> Advance:
    """Try a failed automatic step again: by itself, or on a process administrator's word."""
    work = Work(connection, lock_case(connection, incident.case_id), now, doer)
    went = engine.run_automatic(connection, work.case.instance_id, bind_services(work), now)
    if went.failure is None:
        settle_incident(work, None if doer is None else doer.id)
    follow(work, went, lapsed_state="lapsed")
    return went


def record_timer_fault(connection: Connection, instance_id: int, error: Exception, now: dt.datetime) -> None:
    """Record, in a transaction of its own, that firing the timers of a case raised an error and changed nothing."""
    _record(connection, lock_case_of_instance(connection, instance_id), TIMERS, error, now)


def record_retry_fault(connection: Connection, incident: Incident, error: Exception, now: dt.datetime) -> None:
    """Record, in a transaction of its own, that trying an incident again raised an error and changed nothing."""
    _record(connection, lock_case(connection, incident.case_id), incident.operation, error, now)


def _record(connection: Connection, case: Case, operation: str, error: Exception, now: dt.datetime) -> None:
    """Count a failure of the engine as one of an automatic step: tries, back-off, then a person is asked."""
    work = Work(connection, case, now)
    message = f"{type(error).__name__}: {error}".replace("\0", "")[:MOST_MESSAGE_CHARACTERS]
    before = find_incident_of_case(connection, case.id)
    incident = record_failure(connection, case.id, operation, message, before, now)
    if incident.state == "open":
        _tell(work, incident)
    details = {"operation": operation, "tries": incident.tries, "message": message}
    set_heads(connection, {case.id: append(connection, case.head, case.chain, [(None, "incident", details)], now)})
    add(connection, work.messages, now)


def _tell(work: Work, incident: Incident) -> None:
    """Gather the notice to the process administrators; without it the incident still stands in their list."""
    payload = {"operation": incident.operation, "tries": incident.tries, "message": incident.message}
    try:
        notify(work, ["process_admin"], "incident", incident.id, payload)
    except KaoheError:
        LOG.exception("nobody could be told of incident %s", incident.id)
