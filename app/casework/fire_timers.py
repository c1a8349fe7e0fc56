"""Let the clock do what it must: timers that are due, automatic steps that are tried again."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from app.cases.models import Incident
from app.cases.queries import lock_case, lock_case_of_instance
from app.casework.follow import follow, settle_incident
from app.casework.services import bind_services
from app.casework.work import Doer, Work
from app.processes import operations as engine
from app.processes.values import Advance


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
