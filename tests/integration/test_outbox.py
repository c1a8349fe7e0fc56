"""The outbox on both databases: one key one message, one digest a person a day, leases that nobody shares."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event

from app.clock import get_china_day
from app.db import database, reading, transaction
from app.errors import KaoheError, UnknownName
from app.outbox.models import Kind, Message, Outgoing
from app.outbox.operations import (
    add,
    lease,
    list_due_reminders,
    mark_dead,
    mark_failed,
    mark_sent,
    merge_digests,
    release,
    requeue,
    stop,
)
from app.outbox.queries import count_sent, get_message, list_by_case, list_dead, list_recent
from app.outbox.rules import LEASE, MOST_TRIES, make_message_id

NOW = dt.datetime(2025, 4, 1, 1, tzinfo=dt.UTC)
TODAY = get_china_day(NOW)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def make(key: str, kind: Kind = "notice", person_id: int = 1, case_id: int | None = 9, **payload: object) -> Outgoing:
    return Outgoing(key, kind, person_id, "step_due" if kind == "reminder" else "returned", payload, case_id)


def put(*messages: Outgoing, now: dt.datetime = NOW) -> None:
    with transaction() as connection:
        add(connection, messages, now)


def take(worker: str = "w", now: dt.datetime = NOW, limit: int = 100) -> list[Message]:
    with transaction() as connection:
        return lease(connection, worker, now, limit)


def merge(now: dt.datetime = NOW) -> int:
    with transaction() as connection:
        return merge_digests(connection, get_china_day(now), now)


def list_case(case_id: int = 9) -> list[Message]:
    with reading() as connection:
        return list_by_case(connection, case_id)


def test_one_key_gives_one_message_however_often_it_is_added(app: Flask) -> None:
    put(make("filing:1:-3"), make("filing:1:-3"))
    put(make("filing:1:-3", changed=True), make("filing:1:-1"))
    assert [(one.key, one.payload) for one in list_case()] == [("filing:1:-3", {}), ("filing:1:-1", {})]


def test_a_message_whose_transaction_fails_was_never_there(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as connection:
        add(connection, [make("a")], NOW)
        raise ZeroDivisionError
    assert list_case() == []


def test_a_key_that_is_too_long_is_refused(app: Flask) -> None:
    with pytest.raises(KaoheError, match="200"):
        put(make("长" * 201))


def test_a_message_id_is_kept_from_the_beginning(app: Flask) -> None:
    put(make("a"))
    assert list_case()[0].message_id == make_message_id("a")


def test_a_notice_that_must_not_leave_yet_is_not_leased(app: Flask) -> None:
    put(Outgoing("later", "notice", 1, "returned", {}, 9, NOW + HOUR))
    assert take() == []
    assert [one.key for one in take(now=NOW + HOUR)] == ["later"]


def test_reminders_of_one_person_become_one_mail_a_day(app: Flask) -> None:
    put(*[make(f"r{number}", "reminder", person_id=number % 2, step=number) for number in range(6)])
    assert merge() == 2
    letters = take()
    assert [one.key for one in letters] == [f"digest:0:{TODAY}", f"digest:1:{TODAY}"]
    assert letters[0].payload["items"] == [{"template": "step_due", "step": step} for step in (0, 2, 4)]
    assert {(one.state, one.merged_into) for one in list_case() if one.person_id == 0} == {("merged", letters[0].id)}


def test_what_comes_after_the_digest_waits_for_the_next_days(app: Flask) -> None:
    put(make("r1", "reminder"))
    merge()
    put(make("r2", "reminder"))
    assert merge(NOW + HOUR) == 0
    assert [one.state for one in list_case()] == ["merged", "waiting"]
    assert merge(NOW + DAY) == 1


def test_a_reminder_before_its_time_is_not_merged(app: Flask) -> None:
    put(Outgoing("r", "reminder", 1, "step_due", {}, 9, NOW + HOUR))
    assert (merge(), merge(NOW + HOUR)) == (0, 1)


def test_notices_are_letters_of_their_own(app: Flask) -> None:
    put(make("n1"), make("n2"), make("r1", "reminder"))
    assert merge() == 1
    assert [one.key for one in take()] == ["n1", "n2", f"digest:1:{TODAY}"]


def test_a_stopped_reminder_is_in_no_digest(app: Flask) -> None:
    put(make("step_due:1:", "reminder"), make("step_due:11:", "reminder"))
    with transaction() as connection:
        first, _second = list_due_reminders(connection, NOW)
        stop(connection, [first.id], NOW)
        stop(connection, [], NOW)
    assert [one.state for one in list_case()] == ["stopped", "waiting"]
    assert merge() == 1


def test_a_leased_letter_is_nobody_elses_until_the_lease_ends(app: Flask) -> None:
    put(make("a"))
    (first,) = take("one")
    assert take("two", NOW + LEASE - dt.timedelta(seconds=1)) == []
    (again,) = take("two", NOW + LEASE)
    assert (again.message_id, again.attempts, again.leased_by) == (first.message_id, 2, "two")


def test_a_sent_letter_is_sent_once_and_keeps_where_it_went(app: Flask) -> None:
    put(make("a"))
    (letter,) = take()
    with transaction() as connection:
        mark_sent(connection, letter, "zhang@example.org", NOW)
    (kept,) = list_case()
    assert (kept.state, kept.address, kept.sent_at, kept.lease_until) == ("sent", "zhang@example.org", NOW, None)
    assert take(now=NOW + DAY) == []
    with reading() as connection:
        assert count_sent(connection) == 1


def test_a_letter_that_fails_for_more_than_a_day_is_dead_and_can_be_requeued(app: Flask) -> None:
    put(make("a"))
    moment = NOW
    for place in range(MOST_TRIES):
        (letter,) = take(now=moment)
        with transaction() as connection:
            assert mark_failed(connection, letter, "451 later", moment) == (place < MOST_TRIES - 1)
        moment = list_case()[0].next_try_at
    with transaction() as connection:
        (dead,) = list_dead(connection)
        assert (dead.last_error, moment - NOW >= DAY) == ("451 later", True)
        assert requeue(connection, dead.id, moment)
        assert not requeue(connection, dead.id, moment)
    assert [one.attempts for one in take(now=moment)] == [1]


def test_a_failure_told_too_late_changes_nothing(app: Flask) -> None:
    put(make("a"))
    (slow,) = take("slow")
    (other,) = take("other", NOW + LEASE)
    with transaction() as connection:
        mark_dead(connection, slow, "550", NOW + LEASE)
    assert list_case()[0].state == "waiting"
    with transaction() as connection:
        mark_sent(connection, other, "a@b", NOW + LEASE)
        mark_failed(connection, other, "451", NOW + LEASE)
    assert list_case()[0].state == "sent"


def test_a_letter_given_back_untried_counts_no_try(app: Flask) -> None:
    put(make("a"))
    with transaction() as connection:
        release(connection, lease(connection, "w", NOW))
    assert [one.attempts for one in take()] == [1]


def test_a_merged_reminder_shows_when_its_digest_was_sent(app: Flask) -> None:
    put(make("r", "reminder"))
    merge()
    (digest,) = take()
    assert [(one.state, one.sent_at) for one in list_case()] == [("merged", None)]
    with transaction() as connection:
        mark_sent(connection, digest, "a@b", NOW)
    assert [(one.state, one.sent_at, one.address) for one in list_case()] == [("merged", NOW, "a@b")]


def test_recent_letters_are_paged_newest_first_without_reminders(app: Flask) -> None:
    put(*[make(f"n{number}") for number in range(5)], make("r", "reminder"))
    with reading() as connection:
        page = list_recent(connection, 2)
        following = list_recent(connection, 2, page[-1].id)
    assert [one.key for one in (*page, *following)] == ["n4", "n3", "n2", "n1"]


def test_an_unknown_message_is_refused(app: Flask) -> None:
    with reading() as connection, pytest.raises(UnknownName):
        get_message(connection, 1)


def test_eight_workers_at_once_never_lease_one_letter_twice(app: Flask) -> None:
    put(*[make(f"n{number}") for number in range(400)])
    engine = database.engine

    def work(number: int) -> list[int]:
        taken: list[int] = []
        with app.app_context():
            while got := take(f"w{number}", limit=7):
                taken += [one.id for one in got]
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [number for one in pool.map(work, range(8)) for number in one]
    engine.dispose()
    assert len(taken) == 400
    assert len(set(taken)) == 400


def test_leaders_at_once_make_one_digest_of_a_reminder(app: Flask) -> None:
    put(*[make(f"r{number}", "reminder", person_id=number % 5) for number in range(50)])

    def work(_number: int) -> int:
        with app.app_context():
            return merge()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 5
    items = [one.payload["items"] for one in take()]
    assert sum(len(one) for one in items if isinstance(one, list)) == 50


def test_looking_for_due_letters_does_not_read_what_was_sent(app: Flask) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole by choice")
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_others: object
    ) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    take()
    event.remove(database.engine, "before_cursor_execute", note)
    ((statement, values),) = (one for one in asked if one[0].startswith("SELECT"))
    with reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("USING INDEX ix_outbox_messages_waiting" in str(row) for row in plan), plan
