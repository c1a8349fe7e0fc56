"""Back-off, message ids and the items of a digest."""

from __future__ import annotations

import datetime as dt

from app.outbox.models import Message
from app.outbox.rules import MOST_TRIES, find_next_try, list_digest_items, make_message_id

NOW = dt.datetime(2025, 4, 1, 1, tzinfo=dt.UTC)


def make_message(number: int, template: str = "step_due", /, **payload: object) -> Message:
    return Message(
        id=number,
        key=f"key:{number}",
        kind="reminder",
        state="waiting",
        person_id=1,
        organisation_id=None,
        case_id=None,
        template=template,
        payload=payload,
        not_before=NOW,
        created_at=NOW,
        attempts=0,
        next_try_at=NOW,
        lease_until=None,
        leased_by=None,
        last_error=None,
        sent_at=None,
        message_id=make_message_id(f"key:{number}"),
        address=None,
        merged_into=None,
    )


def test_tries_reach_over_at_least_a_day_before_a_letter_is_given_up() -> None:
    moment, attempts = NOW, 1
    while (following := find_next_try(attempts, moment)) is not None:
        assert following > moment
        moment, attempts = following, attempts + 1
    assert attempts == MOST_TRIES
    assert moment - NOW >= dt.timedelta(hours=24)


def test_the_first_hour_tries_every_five_minutes() -> None:
    assert find_next_try(1, NOW) == NOW + dt.timedelta(minutes=5)
    assert find_next_try(12, NOW) == NOW + dt.timedelta(minutes=5)
    assert find_next_try(13, NOW) == NOW + dt.timedelta(minutes=40)


def test_a_message_id_depends_on_the_key_alone_and_bears_the_domain() -> None:
    assert make_message_id("期限:1") == make_message_id("期限:1")
    assert make_message_id("期限:1") != make_message_id("期限:2")
    assert make_message_id("a", "example.org").endswith("@example.org>")
    assert make_message_id("a" * 200).isascii()


def test_a_digest_lists_what_is_due_first_first() -> None:
    late = make_message(1, task_id=1, due={"due": "2025-04-10T23:59:59+08:00"})
    soon = make_message(2, task_id=2, due={"due": "2025-04-02T23:59:59+08:00"})
    assert [item["task_id"] for item in list_digest_items([late, soon])] == [2, 1]


def test_of_several_stages_of_one_task_a_digest_keeps_the_latest() -> None:
    stages = [make_message(number, task_id=7, stage=number) for number in (1, 2, 3)]
    other = make_message(4, "escalation", task_id=7, stage=1)
    items = list_digest_items([*stages, other])
    assert [(item["template"], item["stage"]) for item in items] == [("step_due", 3), ("escalation", 1)]


def test_reminders_without_a_task_are_all_kept() -> None:
    assert len(list_digest_items([make_message(1), make_message(2)])) == 2
