"""Letters on pages: what they are called, and how their delivery stands."""

from __future__ import annotations

from dataclasses import dataclass

from app.cases.models import Case
from app.channels.catalogue import get_message_types
from app.errors import Message
from app.permissions import Viewer
from app.web.site import get_site
from app.web.words import get_language


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a letter's delivery stands: a word, a tone and an icon."""

    words: Message
    tone: str
    icon: str


DELIVERIES = {
    "waiting": Delivery(Message("waiting to be sent"), "blue", "clock"),
    "sent": Delivery(Message("sent"), "green", "check"),
    "merged": Delivery(Message("in the day's digest"), "grey", "list-details"),
    "stopped": Delivery(Message("no longer needed"), "grey", "ban"),
    "dead": Delivery(Message("not delivered"), "red", "alert-triangle"),
}


def name_template(code: str) -> str:
    """Return what a kind of letter is called; an unknown code as it is."""
    found = next((one for one in get_message_types().messages if one.code == code), None)
    return code if found is None else found.title.get(get_language())


def list_supervised(viewer: Viewer) -> list[tuple[int, str | None]]:
    """Return the authorities, with the programmes (None: all), for which somebody is the supervisor."""
    return [(one.organisation_id, one.programme) for one in viewer.holdings if one.role == "supervisor"]


def reads_all_letters(viewer: Viewer, case: Case | None) -> bool:
    """Whether somebody reads letters of a case to others: everybody in a demonstration, its supervisors elsewhere."""
    if get_site().settings.demo:
        return True
    if case is None:
        return False
    return any(
        organisation_id == case.authority_id and programme in (None, case.programme)
        for organisation_id, programme in list_supervised(viewer)
    )
