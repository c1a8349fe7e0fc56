"""A form with one file: receiving it, and what was wrong with the form by field."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from app.casework.forms import FormRefused
from app.errors import KaoheError, Message
from app.evidence.operations import Received, receive_file
from app.evidence.rules import NameRefused
from app.evidence.signatures import UploadRefused
from app.evidence.store import FileTooLarge, StorageFull
from app.web.evidence import get_store
from app.web.words import say

UPLOADS = (UploadRefused, NameRefused, FileTooLarge, StorageFull)


def receive_posted() -> Received | None:
    """Check and store the file that was sent under `file`; None where there was none."""
    file = request.files.get("file")
    return receive_file(get_store(), file.filename, file.stream) if file is not None and file.filename else None


def read_wrong(error: KaoheError, fields: Mapping[str, Message]) -> dict[str, Message]:
    """Return what is wrong by field, naming fields as the page does; anything that no field is to blame for goes on.

    A browser drops the file that it sent, so what is wrong with an upload says to choose it again.
    """
    if isinstance(error, FormRefused):
        return {one.field: _name_field(one.message, fields.get(one.field)) for one in error.refusals}
    if isinstance(error, UPLOADS):
        return {"file": Message("{reason} Choose the file again.", reason=say(error.message))}
    raise error


def _name_field(message: Message, name: Message | None) -> Message:
    if "field" not in message.values or name is None:
        return message
    return Message(message.text, **{**message.values, "field": name})
