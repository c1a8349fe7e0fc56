"""All open tasks are looked at once a day, in between only what is new; nothing is told twice or never."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, func, select, update

from app.clock import make_china_moment
from app.db import database, reading, transaction
from app.jobs.marks import put_mark
from app.jobs.reminders import MARK, add_reminders, has_to_merge
from app.jobs.tick import send_reminders
from app.outbox.models import outbox_messages
from app.tasks.models import tasks
from app.tasks.operations import claim_task
from tests.integration.counting import count
from tests.integration.simulating import HONGSHAN, reach
from tests.integration.world import World

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
WRITES = ("INSERT", "UPDATE", "DELETE")


def list_told() -> list[tuple[int, object, int]]:
    """Task, stage and person of every reminder."""
    with reading() as connection:
        found = select(outbox_messages.c.payload, outbox_messages.c.person_id).where(
            outbox_messages.c.kind == "reminder"
        )
        rows = connection.execute(found.order_by(outbox_messages.c.id)).all()
    return [(payload["task_id"], payload["stage"], person_id) for payload, person_id in rows]


def count_digests() -> int:
    with reading() as connection:
        found = select(func.count()).where(outbox_messages.c.template == "digest")
        return connection.execute(found).scalar_one()


@pytest.mark.usefixtures("app")
def test_between_two_days_a_quiet_tick_writes_nothing_and_reads_no_task() -> None:
    world = World()
    told = list_told()
    assert told
    later = world.now + 30 * MINUTE
    send_reminders(later)
    with count() as counted:
        assert send_reminders(later + MINUTE / 4) == 0
    assert ([one for one in counted.statements if one.startswith(WRITES)], counted.commits) == ([], 0)
    assert [one for one in counted.statements if "due_explained" in one] == []
    assert list_told() == told


@pytest.mark.usefixtures("app")
def test_a_task_opened_after_the_days_look_is_told_the_same_day() -> None:
    world = World()
    before = len(list_told())
    world.clock.move_to(world.now + 120 * MINUTE)
    world.file()
    opened = {task.id for task in world.list_tasks()}
    send_reminders(world.now + MINUTE)
    assert {task_id for task_id, _stage, _person in list_told()[before:]} == opened


@pytest.mark.usefixtures("app")
def test_who_claims_a_task_after_the_days_look_is_told_the_same_day() -> None:
    world = World()
    task = world.list_tasks()[0]
    stranger = world.cast.people["supervisor"].id
    later = world.now + 120 * MINUTE
    add_reminders(later)
    with transaction() as connection:
        claim_task(connection, task.id, stranger, later + MINUTE)
    add_reminders(later + 2 * MINUTE)
    assert list_told()[-1] == (task.id, "new", stranger)


@pytest.mark.usefixtures("app")
def test_days_without_a_clock_end_with_the_latest_stage_told_once() -> None:
    world = World()
    before = len(list_told())
    task = world.list_tasks()[0]
    moment = make_china_moment(task.due_at.date() + DAY, 9)
    added = [add_reminders(moment), add_reminders(moment + MINUTE), add_reminders(moment + 60 * MINUTE)]
    assert (added[0] > 0, added[1:]) == (True, [0, 0])
    assert len({stage for _task, stage, _person in list_told()[before:]}) == 1


@pytest.mark.parametrize("ahead", [DAY * 400, MINUTE])
@pytest.mark.usefixtures("app")
def test_a_look_marked_later_than_now_counts_for_nothing(ahead: dt.timedelta) -> None:
    world = World()
    told = list_told()
    with transaction() as connection:
        connection.execute(delete(outbox_messages).where(outbox_messages.c.kind == "reminder"))
        put_mark(connection, MARK, (world.now + 60 * MINUTE + ahead).isoformat())
    add_reminders(world.now + 60 * MINUTE)
    assert list_told() == told


@pytest.mark.usefixtures("app")
def test_a_look_that_failed_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    before = len(list_told())
    tomorrow = world.now + DAY * 30
    monkeypatch.setattr("app.jobs.reminders.add", None)
    assert send_reminders(tomorrow) == 0
    monkeypatch.undo()
    assert send_reminders(tomorrow + MINUTE / 4) > 0
    assert len(list_told()) > before


@pytest.mark.usefixtures("app")
def test_a_task_finished_meanwhile_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    before = list_told()
    compute = "app.jobs.reminders._leave_out_known"

    def finish_first(_connection: object, gathered: list[object]) -> list[object]:
        with database.engine.connect() as other, other.begin():
            other.execute(update(tasks).values(state="cancelled", closed_at=world.now))
        return gathered

    monkeypatch.setattr(compute, finish_first)
    add_reminders(world.now + DAY * 30)
    assert list_told() == before


@pytest.mark.usefixtures("app")
def test_only_a_reminder_of_somebody_without_a_digest_asks_for_a_merge() -> None:
    world = World()
    today = world.now.date()
    with reading() as connection:
        assert not has_to_merge(connection, today, world.now)
    digests = count_digests()
    later = world.now + 120 * MINUTE
    with transaction() as connection:
        waiting = outbox_messages.c.kind == "reminder"
        connection.execute(update(outbox_messages).where(waiting).values(state="waiting", merged_into=None))
    with reading() as connection:
        assert not has_to_merge(connection, today, later)
        assert has_to_merge(connection, today + DAY, later + DAY)
    assert send_reminders(later) == 0
    assert send_reminders(later + DAY) > 0
    assert count_digests() > digests


@pytest.mark.usefixtures("app")
def test_a_task_finished_before_the_next_digest_is_in_no_mail() -> None:
    world = World()
    world.file()
    world.tick(world.now + MINUTE)
    world.do("check_completeness")
    world.tick(world.now + MINUTE)
    done = world.do("review", {"facts": reach(HONGSHAN, "Q1")})
    assert done.id in {task_id for task_id, _stage, _person in list_told()}
    world.tick_on(world.now.date() + DAY)
    with reading() as connection:
        found = select(outbox_messages.c.payload, outbox_messages.c.state).where(outbox_messages.c.kind == "reminder")
        states = {state for payload, state in connection.execute(found) if payload["task_id"] == done.id}
    assert states == {"stopped"}
