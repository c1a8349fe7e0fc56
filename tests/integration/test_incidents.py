"""An automatic step that fails: the person's work is kept, it is tried again, then a person is asked; others go on."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from app.audit.models import audit_entries
from app.cases.models import Incident, cases, incidents
from app.cases.queries import find_incident_of_case
from app.casework.add_contract import add_contract
from app.casework.fire_timers import retry_incident
from app.casework.install import install_processes
from app.casework.work import Doer
from app.clock import make_china_moment
from app.contracts.models import contracts
from app.contracts.operations import NewContract
from app.db import reading, transaction
from app.evidence.models import facts
from app.identity.operations import NewRole, add_person
from app.jobs.seals import verify_trail
from app.jobs.tick import tick
from app.ledger.models import ledger_entries
from app.outbox.models import outbox_messages
from app.processes.models import process_instances, process_versions
from app.simulation.cast import make_cast, make_doer
from app.simulation.mailer import CollectingMailer
from app.tasks.models import tasks
from tests.integration.quarters import lose
from tests.integration.simulating import HONGSHAN
from tests.integration.world import FEE, World

MINUTE = dt.timedelta(minutes=1)
BROKEN = "zerstört"


def add_admin(world: World) -> Doer:
    """A process administrator of the authority."""
    with transaction() as connection:
        roles = [NewRole("process_admin")]
        organisation_id = world.cast.authority_id
        person = add_person(
            connection, None, "admin", "流程管理员", "a@x.invalid", organisation_id, None, roles, world.now
        )
        return make_doer(connection, person.id, person.name, world.now)


def set_reviewed(world: World, value: object) -> None:
    """Write a reviewed fact past every check."""
    where = (facts.c.case_id == world.case.id, facts.c.stage == "reviewed", facts.c.fact == "mentors")
    with transaction() as connection:
        connection.execute(update(facts).where(*where).values(value=value))


def find_incident(world: World) -> Incident | None:
    with reading() as connection:
        return find_incident_of_case(connection, world.case.id)


def count_letters(template: str) -> int:
    with reading() as connection:
        found = select(func.count()).where(outbox_messages.c.template == template)
        return connection.execute(found).scalar_one()


def fail_to_draft() -> tuple[World, Doer, dt.datetime]:
    """A quarter whose result can't be drafted after the last scorer's word, because a row is broken."""
    world = World()
    admin = add_admin(world)
    world.file()
    world.review()
    set_reviewed(world, BROKEN)
    world.score()
    return world, admin, world.now


def test_a_failed_step_keeps_the_persons_work_and_is_tried_again_by_itself(app: Flask) -> None:
    world, _admin, start = fail_to_draft()
    assert [outcome for step, outcome in world.list_steps() if step == "score"] == ["done", "done"]
    assert (world.list_tasks(), count_letters("draft_result")) == ([], 0)
    tries = []
    for moment in (start + MINUTE / 2, start + MINUTE, start + 10 * MINUTE):
        world.tick(moment)
        incident = find_incident(world)
        assert incident is not None
        tries.append((incident.tries, incident.state))
    assert tries == [(1, "retrying"), (2, "retrying"), (2, "retrying")]
    set_reviewed(world, 6)
    world.tick(start + 11 * MINUTE)
    assert find_incident(world) is None
    assert [task.step for task in world.list_tasks()] == ["represent"]
    assert count_letters("incident") == 0


def test_after_the_third_failure_a_person_is_told_and_the_case_goes_on_from_there(app: Flask) -> None:
    world, admin, start = fail_to_draft()
    for minutes in (1, 11, 60, 600):
        world.tick(start + minutes * MINUTE)
    incident = find_incident(world)
    assert incident is not None
    assert (incident.tries, incident.state, incident.next_try_at) == (3, "open", None)
    assert (incident.operation, count_letters("incident"), world.mailer.count > 0) == ("draft_result", 1, True)
    retry(incident, admin, world)
    again = find_incident(world)
    assert again is not None
    assert (again.tries, again.state, count_letters("incident")) == (4, "open", 1)

    set_reviewed(world, 6)
    retry(again, admin, world)
    with reading() as connection:
        resolved = connection.execute(select(incidents.c.state, incidents.c.resolved_by)).one()
        assert verify_trail(connection, []) == []
    assert tuple(resolved) == ("resolved", admin.id)
    world.do("represent")
    world.do("approve")
    assert world.case.status == "published"


def retry(incident: Incident, admin: Doer, world: World) -> None:
    with transaction() as connection:
        retry_incident(connection, incident, admin.on(world.now), world.now)


def set_rectification(*, is_active: bool) -> None:
    """Take away, or give back, the process that a result below 20 opens."""
    with transaction() as connection:
        wanted = update(process_versions).where(process_versions.c.name == "rectification")
        connection.execute(wanted.values(is_active=is_active))


def test_what_succeeded_before_a_failure_is_undone_with_it_and_happens_once(app: Flask) -> None:
    world = World()
    world.reach_approval(**lose(HONGSHAN, "Q1"))
    set_rectification(is_active=False)
    world.do("approve")
    incident = find_incident(world)
    assert incident is not None
    assert incident.operation == "open_consequences"
    assert world.list_steps()[-1] == ("approve", "done")
    assert (list_posted(), count_letters("rectification_opened"), count_letters("result_published")) == ([], 0, 0)

    set_rectification(is_active=True)
    world.tick(world.now + MINUTE)
    assert world.case.status == "published"
    assert list_posted() == ["points", "money"]
    assert (count_letters("rectification_opened"), count_letters("result_published")) == (2, 2)
    with reading() as connection:
        done = Counter(connection.execute(select(audit_entries.c.action)).scalars())
        assert verify_trail(connection, []) == []
    assert (done["posted"], done["published"], done["incident"], done["incident_resolved"]) == (1, 1, 1, 1)


def list_posted() -> list[str]:
    with reading() as connection:
        return list(connection.execute(select(ledger_entries.c.kind).order_by(ledger_entries.c.place)).scalars())


CASES = 50
START = dt.date(2025, 1, 1)
OPENS, UNFILED = dt.date(2025, 4, 1), dt.date(2025, 4, 25)


def add_contracts() -> None:
    now = make_china_moment(START, 8)
    with transaction() as connection:
        install_processes(connection, now)
        cast = make_cast(connection, "P", HONGSHAN, 1, now)
        for number in range(CASES):
            new = NewContract(f"P{number}", f"P{number}", HONGSHAN, cast.authority_id, cast.vendor_id, START, 1, FEE)
            add_contract(connection, None, new, now)


def list_steps() -> Counter[str]:
    with reading() as connection:
        return Counter(connection.execute(select(tasks.c.step).where(tasks.c.state == "open")).scalars())


def test_one_poisoned_case_in_fifty_holds_up_nobody(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    add_contracts()
    mailer, poisoned = CollectingMailer(), CASES // 2
    with transaction() as connection:
        connection.execute(update(contracts).where(contracts.c.id == poisoned).values(programme=BROKEN))
    assert tick(make_china_moment(OPENS, 7), mailer).opened == CASES - 1
    with transaction() as connection:
        connection.execute(update(contracts).where(contracts.c.id == poisoned).values(programme=HONGSHAN))
        instance_id = connection.execute(select(cases.c.instance_id).order_by(cases.c.id)).scalars().all()[poisoned]
        connection.execute(update(tasks).where(tasks.c.id == poisoned).values(start_day=BROKEN))
    done = tick(make_china_moment(OPENS, 9), mailer)
    with reading() as connection:
        reminders = connection.execute(select(outbox_messages.c.payload).where(outbox_messages.c.kind == "reminder"))
        reminded = {one["task_id"] for one in reminders.scalars()}
    assert (done.opened, len(reminded), done.digests, done.sent > 0) == (1, CASES - 1, 1, True)

    with transaction() as connection:
        row = process_instances.c.id == instance_id
        state = connection.execute(select(process_instances.c.state).where(row)).scalar_one()
        connection.execute(update(process_instances).where(row).values(state=b"poison"))
    tick(make_china_moment(UNFILED, 7), mailer)
    assert list_steps() == {"decide_unfiled": CASES - 1, "submit": 1}
    with transaction() as connection:
        connection.execute(update(process_instances).where(row).values(state=state))
    tick(make_china_moment(UNFILED, 7) + MINUTE, mailer)
    assert list_steps() == {"decide_unfiled": CASES}
    logged = [record.getMessage() for record in caplog.records if record.name == "kaohe.jobs"]
    expected = {f"open period {1 + 4 * (poisoned - 1)} failed", f"remind of task {poisoned} failed"}
    expected |= {"open periods together from 1 failed"}
    assert set(logged) == {*expected, f"fire timers {instance_id} failed"}


def set_states(instance_ids: list[int], state: bytes) -> None:
    with transaction() as connection:
        wanted = update(process_instances).where(process_instances.c.id.in_(instance_ids))
        connection.execute(wanted.values(state=state))


def poison_quarter() -> tuple[World, Doer, bytes]:
    """A quarter whose state can't be read any more, with somebody to be told of it."""
    world = World()
    admin = add_admin(world)
    with reading() as connection:
        found = select(process_instances.c.state).where(process_instances.c.id == world.case.instance_id)
        state: bytes = connection.execute(found).scalar_one()
    set_states([world.case.instance_id], b"poison")
    return world, admin, state


def watch(world: World, moments: list[dt.datetime], caplog: pytest.LogCaptureFixture) -> list[tuple[int, str, int]]:
    """Tick at each moment; return tries and state of the incident then, and how much the tick had to log."""
    seen = []
    for moment in moments:
        caplog.clear()
        world.tick(moment)
        incident = get_incident(world)
        seen.append((incident.tries, incident.state, len(caplog.records)))
    return seen


def get_incident(world: World) -> Incident:
    found = find_incident(world)
    assert found is not None
    return found


def test_timers_that_cannot_be_fired_wait_longer_each_time_and_then_for_a_person(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    world, admin, state = poison_quarter()
    start = make_china_moment(UNFILED, 7)
    tries = watch(world, [start + minutes * MINUTE for minutes in (0, 0.25, 0.5, 1, 1.25, 10, 11, 12, 600)], caplog)
    first, second, third = (1, "retrying"), (2, "retrying"), (3, "open")
    expected = [(*first, 1), (*first, 0), (*first, 0), (*second, 1), (*second, 0), (*second, 0)]
    assert tries == [*expected, (*third, 1), (*third, 0), (*third, 0)]
    incident = get_incident(world)
    assert (incident.operation, count_letters("incident")) == ("fire_timers", 1)
    assert incident.message.startswith("error: Error -3")

    set_states([world.case.instance_id], state)
    retry(incident, admin, world)
    assert find_incident(world) is None
    assert [task.step for task in world.list_tasks()] == ["decide_unfiled"]
    with reading() as connection:
        done = Counter(connection.execute(select(audit_entries.c.action)).scalars())
        assert verify_trail(connection, []) == []
    assert (done["incident"], done["incident_resolved"]) == (3, 1)


def test_timers_that_can_be_fired_again_settle_their_incident_by_themselves(app: Flask) -> None:
    world, _admin, state = poison_quarter()
    world.tick_on(UNFILED, 7)
    set_states([world.case.instance_id], state)
    world.tick(world.now + MINUTE)
    assert (find_incident(world), count_letters("incident")) == (None, 0)
    assert [task.step for task in world.list_tasks()] == ["decide_unfiled"]


def test_an_incident_stands_even_where_nobody_can_be_told(app: Flask) -> None:
    world, _admin, _state = poison_quarter()
    world.tick_on(UNFILED, 7)
    with transaction() as connection:
        connection.execute(update(cases).values(programme=BROKEN))
    for minutes in (1, 11):
        world.tick(make_china_moment(UNFILED, 7) + minutes * MINUTE)
    assert (get_incident(world).state, count_letters("incident")) == ("open", 0)


def test_a_database_that_was_busy_is_no_incident(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def refuse(*_arguments: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr("app.jobs.tick.fire_timers", refuse)
    world.tick_on(UNFILED, 7)
    assert find_incident(world) is None
    monkeypatch.undo()
    world.tick(world.now + MINUTE / 4)
    assert [task.step for task in world.list_tasks()] == ["decide_unfiled"]


def test_poisoned_cases_do_not_starve_those_behind_them(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    add_contracts()
    tick(make_china_moment(OPENS, 7), None)
    monkeypatch.setattr("app.jobs.tick.AT_ONCE", CASES // 2)
    with reading() as connection:
        first = list(connection.execute(select(cases.c.instance_id).order_by(cases.c.instance_id)).scalars())
    set_states(first[: CASES // 2], b"poison")
    tick(make_china_moment(UNFILED, 7), None)
    assert list_steps() == {"submit": CASES}
    tick(make_china_moment(UNFILED, 7) + MINUTE / 4, None)
    assert list_steps() == {"submit": CASES // 2, "decide_unfiled": CASES // 2}
