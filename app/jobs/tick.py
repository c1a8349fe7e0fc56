"""One tick of the clock: everything that is due, each piece in a transaction of its own, safe to repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from app.cases.queries import list_incidents_to_retry
from app.casework.fire_timers import (
    fire_timers,
    list_due_instances,
    record_retry_fault,
    record_timer_fault,
    retry_incident,
)
from app.channels.delivery import deliver
from app.channels.letters import Letterhead
from app.channels.smtp import Mailer
from app.clock import CHINA, get_china_day
from app.db import reading, transaction
from app.jobs.addresses import find_address
from app.jobs.guarding import guard
from app.jobs.opening import open_periods
from app.jobs.reminders import add_reminders, has_to_merge, stop_finished
from app.outbox.operations import merge_digests

DIGEST_HOUR = 8
"""From this hour of the day on, China time, the day's digest is sent."""
AT_ONCE = 500


@dataclass(slots=True)
class Done:
    """What a tick did."""

    opened: int = 0
    fired: int = 0
    retried: int = 0
    digests: int = 0
    sent: int = 0


def tick(now: dt.datetime, mailer: Mailer | None, worker: str = "worker", letterhead: Letterhead | None = None) -> Done:
    """Do everything that is due at a moment; what fails is logged and left for the next tick, the rest goes on."""
    done = Done()
    done.opened = open_periods(now)
    done.fired = fire_all(now)
    done.retried = retry_all(now)
    if now.astimezone(CHINA).hour >= DIGEST_HOUR:
        done.digests = send_reminders(now)
    if mailer is not None:
        done.sent = deliver_all(mailer, worker, now, letterhead)
    return done


def fire_all(now: dt.datetime) -> int:
    """Fire the timers of every case that is due; one that fails becomes an incident and is left out until its time."""
    with reading() as connection:
        due = list_due_instances(connection, now, AT_ONCE)
    for instance_id in due:
        with guard("fire timers", instance_id) as tried, transaction() as connection:
            fire_timers(connection, instance_id, now)
        if tried.fault is not None:
            with guard("record failed timers", instance_id), transaction() as connection:
                record_timer_fault(connection, instance_id, tried.fault, now)
    return len(due)


def retry_all(now: dt.datetime) -> int:
    """Try automatic steps again whose time has come."""
    with reading() as connection:
        due = list_incidents_to_retry(connection, now)
    for incident in due:
        with guard("retry", incident.case_id) as tried, transaction() as connection:
            retry_incident(connection, incident, None, now)
        if tried.fault is not None:
            with guard("record a failed retry", incident.case_id), transaction() as connection:
                record_retry_fault(connection, incident, tried.fault, now)
    return len(due)


def send_reminders(now: dt.datetime) -> int:
    """Gather the day's reminders and merge each person's into one digest; return how many digests that gave."""
    today = get_china_day(now)
    with guard("gather reminders", 0):
        add_reminders(now)
    with guard("merge digests", 0):
        with reading() as connection:
            is_needed = has_to_merge(connection, today, now)
        if is_needed:
            with transaction() as connection:
                stop_finished(connection, now)
                return merge_digests(connection, today, now)
    return 0


def deliver_all(mailer: Mailer, worker: str, now: dt.datetime, letterhead: Letterhead | None = None) -> int:
    """Deliver what the outbox holds, a batch after the other."""
    sent = 0
    while True:
        batch = deliver(mailer, worker, now, find_address, transaction, letterhead=letterhead)
        sent += batch.sent
        if not (batch.sent or batch.dead):
            return sent


Tick = Callable[[dt.datetime], Done]
