"""Delivery through a real mail server: what is sent, tried again, given up; what an outage or a kill leaves behind."""

from __future__ import annotations

import datetime as dt
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import Connection

from app.calendar.due_explained import explain_step_due, pack_step_due
from app.calendar.holidays import WorkingCalendar
from app.channels.delivery import Delivered, deliver
from app.channels.letters import Recipient
from app.channels.smtp import Mailer, Retry, SmtpMailer, Unreachable
from app.clock import get_china_day
from app.config import SmtpSettings
from app.db import reading, transaction
from app.outbox.models import Message, Outgoing
from app.outbox.operations import add, merge_digests
from app.outbox.queries import count_sent, list_by_case
from app.outbox.rules import LEASE, make_message_id

NOW = dt.datetime(2025, 4, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PAYLOAD = {
    "case_id": 9,
    "case_code": "HS-Y1Q1",
    "contract": "红山实训培训",
    "programme": "绩效考核",
    "period": "Y1Q1",
    "target": "submit",
    "reason": "缺台账",
    "due": pack_step_due(explain_step_due(WorkingCalendar(), dt.date(2025, 4, 1), 10)),
}


@dataclass
class Mailbox:
    """What a server took; `answers` holds what it says to each next letter, else it takes it."""

    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: set[object] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802  # the server calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.connections.add(session.peer)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def list_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


def find_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(box: Mailbox) -> Iterator[Controller]:
    """A mail server that runs from the start; a test may stop and start it."""
    controller = Controller(box, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    yield controller
    controller.stop(no_assert=True)


@pytest.fixture
def mailer(server: Controller) -> SmtpMailer:
    return SmtpMailer(SmtpSettings("127.0.0.1", server.port, "kaohe@example.org"))


def find_address(person_id: int) -> Recipient | None:
    return Recipient(f"张{person_id}", f"p{person_id}@example.org") if person_id else None


def put(count: int = 1, person_id: int = 1) -> None:
    with transaction() as connection:
        add(
            connection,
            [Outgoing(f"n{place}", "notice", person_id, "returned", PAYLOAD, 9) for place in range(count)],
            NOW,
        )


def send(mailer: Mailer, now: dt.datetime = NOW, limit: int = 100) -> Delivered:
    return deliver(mailer, "worker", now, find_address, transaction, limit)


def list_rows() -> list[Message]:
    with reading() as connection:
        return list_by_case(connection, 9)


def test_a_notice_arrives_with_its_id_and_is_marked_sent(app: Flask, mailer: SmtpMailer, box: Mailbox) -> None:
    put()
    assert send(mailer) == Delivered(sent=1)
    (mail,) = box.mails
    assert mail["Subject"] == "退回通知：红山实训培训 Y1Q1"
    assert (mail["From"], mail["To"]) == ("kaohe@example.org", "张1 <p1@example.org>")
    assert mail["Message-ID"] == make_message_id("n0")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "缺台账" in body.get_content()
    assert [(row.state, row.address) for row in list_rows()] == [("sent", "p1@example.org")]
    assert send(mailer) == Delivered()


def test_a_batch_goes_over_one_connection(app: Flask, mailer: SmtpMailer, box: Mailbox) -> None:
    put(20)
    assert send(mailer) == Delivered(sent=20)
    assert len(box.connections) == 1


def test_a_temporary_refusal_is_tried_again_with_the_same_id(app: Flask, mailer: SmtpMailer, box: Mailbox) -> None:
    put()
    box.answers = ["451 try again later"]
    assert send(mailer) == Delivered(retried=1)
    assert [(row.state, row.last_error) for row in list_rows()] == [("waiting", "451 try again later")]
    assert send(mailer, NOW + 4 * MINUTE) == Delivered()
    assert send(mailer, NOW + 5 * MINUTE) == Delivered(sent=1)
    assert box.list_ids() == [make_message_id("n0")]


@pytest.mark.parametrize("what", ["recipient", "content"])
def test_a_permanent_refusal_is_dead_at_once(app: Flask, mailer: SmtpMailer, box: Mailbox, what: str) -> None:
    put(2)
    if what == "recipient":
        box.refused = {"p1@example.org"}
    else:
        box.answers = ["554 not wanted", "554 not wanted"]
    assert send(mailer) == Delivered(dead=2)
    assert [row.state for row in list_rows()] == ["dead", "dead"]


def test_a_server_that_closes_amid_a_batch_gets_the_rest_over_a_new_connection(
    app: Flask, mailer: SmtpMailer, box: Mailbox
) -> None:
    put(3)
    box.answers = ["421 closing"]
    assert send(mailer) == Delivered(sent=2, retried=1)


def test_whoever_has_no_address_is_given_up_and_holds_up_nobody(app: Flask, mailer: SmtpMailer) -> None:
    put(1, person_id=0)
    with transaction() as connection:
        add(connection, [Outgoing("other", "notice", 2, "returned", PAYLOAD, 9)], NOW)
    assert send(mailer) == Delivered(sent=1, dead=1)


def test_a_message_that_cannot_be_written_is_given_up_and_holds_up_nobody(app: Flask, mailer: SmtpMailer) -> None:
    with transaction() as connection:
        broken = Outgoing("broken", "notice", 1, "returned", {"reason": "缺台账"}, 9)
        unknown = Outgoing("unknown", "notice", 1, "no_such_template", {}, 9)
        odd = Outgoing("odd", "notice", 1, "returned", {**PAYLOAD, "due": "soon"}, 9)
        add(connection, [broken, unknown, odd], NOW)
    put()
    assert send(mailer) == Delivered(sent=1, dead=3)
    assert "UndefinedError" in str(list_rows()[0].last_error)


def test_a_server_down_for_six_hours_loses_none_of_500_letters(app: Flask, box: Mailbox) -> None:
    put(500)
    port = find_free_port()
    mailer = SmtpMailer(SmtpSettings("127.0.0.1", port, "kaohe@example.org"))
    moment = NOW
    while moment < NOW + dt.timedelta(hours=6):
        assert send(mailer, moment, 500).sent == 0
        moment += 5 * MINUTE
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        while moment < NOW + dt.timedelta(hours=8):
            send(mailer, moment, 500)
            moment += 5 * MINUTE
    finally:
        server.stop(no_assert=True)
    assert Counter(box.list_ids()) == Counter(make_message_id(f"n{place}") for place in range(500))
    assert {row.state for row in list_rows()} == {"sent"}


def test_an_outage_is_noticed_once_for_the_whole_batch(app: Flask) -> None:
    class Down:
        tried = 0

        def send(self, _mail: EmailMessage) -> None:
            self.tried += 1
            raise Unreachable("nobody answers")

    put(50)
    down = Down()
    assert send(down) == Delivered(retried=50)
    assert down.tried == 1


class Killed(BaseException):
    """The process ends here."""


def test_a_process_killed_before_it_marks_sends_at_most_that_letter_twice(
    app: Flask, mailer: SmtpMailer, box: Mailbox
) -> None:
    put(10)
    begun = 0

    def transaction_until_killed() -> AbstractContextManager[Connection]:
        nonlocal begun
        begun += 1
        if begun == 5:
            raise Killed
        return transaction()

    with pytest.raises(Killed):
        deliver(mailer, "first", NOW, find_address, transaction_until_killed)
    assert Counter(row.state for row in list_rows()) == {"sent": 3, "waiting": 7}
    assert send(mailer, NOW + LEASE) == Delivered(sent=7)
    sent = Counter(box.list_ids())
    assert set(sent) == {make_message_id(f"n{place}") for place in range(10)}
    assert sum(sent.values()) == 11


def test_no_transaction_is_open_while_a_letter_is_sent(app: Flask) -> None:
    class Writer:
        def send(self, _mail: EmailMessage) -> None:
            with transaction() as connection:
                add(connection, [Outgoing("from within", "reminder", 1, "step_due", {})], NOW)

    put()
    assert send(Writer()) == Delivered(sent=1)


def test_a_digest_of_several_reminders_is_one_mail(app: Flask, mailer: SmtpMailer, box: Mailbox) -> None:
    task = {**PAYLOAD, "step": "score", "role": "scorer"}
    rows = [Outgoing(f"r{place}", "reminder", 1, "step_due", {**task, "task_id": place}, 9) for place in range(3)]
    with transaction() as connection:
        add(connection, rows, NOW)
        merge_digests(connection, get_china_day(NOW), NOW)
    assert send(mailer) == Delivered(sent=1)
    assert box.mails[0]["Subject"] == "考核待办 3 项"
    with reading() as connection:
        assert count_sent(connection) == 1


def test_a_mail_server_that_is_not_there_is_unreachable() -> None:
    mail = EmailMessage()
    mail["To"] = "a@example.org"
    with pytest.raises(Unreachable):
        SmtpMailer(SmtpSettings("127.0.0.1", find_free_port(), "k@example.org")).send(mail)


def test_a_server_that_cannot_start_tls_gets_nothing(server: Controller, box: Mailbox) -> None:
    mail = EmailMessage()
    mail["To"] = "a@example.org"
    with pytest.raises(Retry):
        SmtpMailer(SmtpSettings("127.0.0.1", server.port, "k@example.org", starttls=True)).send(mail)
    assert box.mails == []
