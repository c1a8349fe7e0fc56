"""A mailer that keeps what it is given: a simulation never mails real people."""

from __future__ import annotations

from email.message import EmailMessage


class CollectingMailer:
    """Takes every letter and counts it."""

    def __init__(self) -> None:
        self.count = 0

    def send(self, mail: EmailMessage) -> None:
        """Take a letter."""
        self.count += bool(mail["To"])
