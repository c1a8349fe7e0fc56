"""SMTP: one connection for a batch; what to try again and what to give up told apart."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Protocol

from app.config import SmtpSettings

TIMEOUT_SECONDS = 20
PERMANENT = 500
CLOSING = 421


class GiveUp(Exception):
    """The letter can't be delivered, now or later."""


class Retry(Exception):
    """The letter couldn't be delivered this time."""


class Unreachable(Retry):
    """The mail server doesn't answer or doesn't let us in: no other letter would get through either."""


class Mailer(Protocol):
    """Takes letters to their way. One that holds a connection also has `close()`, called after each batch."""

    def send(self, mail: EmailMessage) -> None:
        """Hand a letter over; raise `Retry` or `GiveUp` when it wasn't taken."""


class SmtpMailer:
    """Hands letters to a mail server; connects at the first one, and again after the server closed."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hand a letter over, from the configured sender unless it names its own."""
        if "From" not in mail:
            mail["From"] = self._settings.sender
        server = self._connect()
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise self._sort(*min(error.recipients.values())) from error
        except smtplib.SMTPDataError as error:
            raise self._sort(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise GiveUp(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Retry(_describe(error)) from error

    def close(self) -> None:
        """End the connection, if there is one."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()

    def _sort(self, code: int, reply: bytes | str) -> GiveUp | Retry:
        """Return what a refusal means; a server that says that it closes is connected to anew."""
        if code == CLOSING:
            self.close()
        words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
        text = f"{code} {words}"
        return GiveUp(text) if code >= PERMANENT else Retry(text)

    def _connect(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._open()
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(_describe(error)) from error
        return self._server

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
        try:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.username:
                server.login(settings.username, settings.password)
        except BaseException:
            server.close()
            raise
        return server


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
