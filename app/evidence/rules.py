"""What needs no database: names and links as they are kept, and which evidence is still missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from app.errors import KaoheError, Message
from app.evidence.models import LONGEST_LINK, LONGEST_NAME, Evidence

UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*]')
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
NOT_IN_LINKS = re.compile(r"[\s\\\x00-\x20\x7f<>\"]")


class LinkRefused(KaoheError):
    """A link that can't be taken as evidence."""


class NameRefused(KaoheError):
    """A file name of which nothing is left."""


def clean_name(name: str) -> str:
    """Return a file's name as it is kept: no folders, no hidden or unsafe characters, 200 at most, its ending kept."""
    visible = "".join(one for one in name if unicodedata.category(one) not in HIDDEN)
    last = re.split(r"[/\\]", visible)[-1]
    cleaned = UNSAFE_IN_NAMES.sub("_", unicodedata.normalize("NFC", last)).strip().rstrip(". ")
    if not cleaned.strip("._ "):
        raise NameRefused(Message("the file has no name"))
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 10:
        return cleaned[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def get_extension(name: str) -> str:
    """Return the ending of a cleaned name in lower case, without its dot; "" when there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def check_link(link: str) -> str:
    """Return a link that may be shown; raise `LinkRefused`. It is never fetched."""
    link = link.strip()
    if len(link) > LONGEST_LINK:
        raise LinkRefused(Message("the link has more than {most} characters", most=LONGEST_LINK))
    if NOT_IN_LINKS.search(link) or any(unicodedata.category(one) in HIDDEN for one in link):
        raise LinkRefused(Message("a link has no blanks, quotes, brackets, backslashes or hidden characters"))
    parts = _split_link(link)
    if parts.scheme not in ("http", "https"):
        raise LinkRefused(Message("a link begins with http:// or https://"))
    if not parts.hostname:
        raise LinkRefused(Message("the link names no website"))
    if "@" in parts.netloc:
        raise LinkRefused(Message("a link holds no user name or password"))
    return link


def _split_link(link: str) -> SplitResult:
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:
        raise LinkRefused(Message("this is no link")) from None
    return parts


def name_link(link: str) -> str:
    """Return what a link is shown as when nobody named it: its website and path."""
    parts = urlsplit(link)
    return f"{parts.hostname}{parts.path}"[:LONGEST_NAME]


def find_missing(requirements: Mapping[str, Sequence[str]], evidence: Iterable[Evidence]) -> list[tuple[str, int]]:
    """Return (indicator, 0-based place) of what the rubric asks for and no standing evidence proves, in its order.

    `requirements`: names of what is asked for, by indicator.
    """
    proven = {(one.indicator, one.requirement) for one in evidence if one.is_current}
    asked = ((indicator, place) for indicator, names in requirements.items() for place in range(len(names)))
    return [one for one in asked if one not in proven]
