"""Delivery: letters leased in one transaction, sent outside of any, each marked in another.

A process that dies in between leaves its lease to run out: the letter is sent again with the same Message-ID, so that
nothing is lost and at most the one under way comes twice.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage

from jinja2 import TemplateError
from sqlalchemy import Connection

from app.channels.letters import Letterhead, Recipient, make_mail, render_letter
from app.channels.smtp import GiveUp, Mailer, Retry, Unreachable
from app.errors import KaoheError
from app.outbox.models import Message
from app.outbox.operations import lease, mark_dead, mark_failed, mark_sent, release
from app.outbox.rules import LEASE

Transaction = Callable[[], AbstractContextManager[Connection]]
GetAddress = Callable[[int], Recipient | None]
BATCH = 100


@dataclass(slots=True)
class Delivered:
    """What a batch came to: letters sent, to be tried again, given up."""

    sent: int = 0
    retried: int = 0
    dead: int = 0


def deliver(
    mailer: Mailer,
    worker: str,
    now: dt.datetime,
    get_address: GetAddress,
    transaction: Transaction,
    limit: int = BATCH,
    letterhead: Letterhead | None = None,
) -> Delivered:
    """Send up to `limit` letters that are due; each result is kept at once.

    `get_address` returns None for a person who has no address or no account any more. When the server can't be reached
    the rest of the batch waits for its next try; what isn't reached before the lease ends is given back.
    """
    with transaction() as connection:
        letters = lease(connection, worker, now, limit)
    batch = _Batch(mailer, now, get_address, transaction, letterhead or Letterhead())
    try:
        batch.send(letters)
    finally:
        close = getattr(mailer, "close", None)
        if close is not None:
            close()
    return batch.delivered


class _Batch:
    """One batch on its way."""

    def __init__(
        self,
        mailer: Mailer,
        now: dt.datetime,
        get_address: GetAddress,
        transaction: Transaction,
        letterhead: Letterhead,
    ) -> None:
        self.mailer, self.now, self.letterhead = mailer, now, letterhead
        self.get_address, self.transaction = get_address, transaction
        self.delivered = Delivered()

    def send(self, letters: Sequence[Message]) -> None:
        """Send the letters in turn."""
        latest = time.monotonic() + LEASE.total_seconds() / 2
        for place, message in enumerate(letters):
            if time.monotonic() > latest:
                with self.transaction() as connection:
                    release(connection, letters[place:])
                return
            try:
                self._send_one(message)
            except Unreachable as error:
                self._put_off(letters[place:], str(error))
                return

    def _send_one(self, message: Message) -> None:
        try:
            mail, address = self._make(message)
            self.mailer.send(mail)
        except Unreachable:
            raise
        except Retry as error:
            self._put_off([message], str(error))
        except GiveUp as error:
            self._give_up(message, str(error))
        else:
            with self.transaction() as connection:
                mark_sent(connection, message, address, self.now)
            self.delivered.sent += 1

    def _make(self, message: Message) -> tuple[EmailMessage, str]:
        recipient = self.get_address(message.person_id)
        if recipient is None:
            raise GiveUp("the person has no address")
        try:
            letter = render_letter(
                message.template, message.payload, recipient.language, self.now, self.letterhead, recipient.name
            )
        except (TemplateError, KaoheError, LookupError, TypeError, ValueError) as error:
            raise GiveUp(f"{type(error).__name__}: {error}") from error
        return make_mail(message, letter, recipient, self.now), recipient.email

    def _put_off(self, letters: Sequence[Message], error: str) -> None:
        with self.transaction() as connection:
            for message in letters:
                if mark_failed(connection, message, error, self.now):
                    self.delivered.retried += 1
                else:
                    self.delivered.dead += 1

    def _give_up(self, message: Message, error: str) -> None:
        with self.transaction() as connection:
            mark_dead(connection, message, error, self.now)
        self.delivered.dead += 1
