"""Letters: a message's template and values made into subject, text and HTML in the reader's language."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.calendar.due_explained import (
    describe_date,
    describe_deadline,
    describe_due,
    describe_left,
    explain_reason,
    unpack_step_due,
)
from app.calendar.holidays import WorkingCalendar
from app.channels.catalogue import get_message_types
from app.channels.smtp import GiveUp
from app.clock import CHINA, get_china_day
from app.config import get_data_folder
from app.errors import Message
from app.i18n import Language, format_number, render
from app.outbox.models import Message as Row

MOST_SUBJECT_CHARACTERS = 200
DIGEST = "digest"
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter goes to, and in which language."""

    name: str
    email: str
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters share: where links lead (no links without it), and the working days that they count by."""

    base_url: str = ""
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is read: subject of one line, text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render_letter(
    template: str,
    payload: Mapping[str, object],
    language: Language,
    now: dt.datetime,
    letterhead: Letterhead,
    name: str = "",
) -> Letter:
    """Return a letter; days left are counted on the day of `now` in China.

    `UnknownName` for a template that isn't there, `jinja2.UndefinedError` for a value that the payload lacks. A
    reminder is shown as the digest that it would be part of.
    """
    kind = get_message_types().get_type(template)
    if kind.kind == "reminder":
        payload = {"day": str(get_china_day(now)), "items": [{"template": template, **payload}]}
        kind = get_message_types().get_type(DIGEST)
    values = {
        **payload,
        "language": language,
        "today": get_china_day(now),
        "calendar": letterhead.calendar,
        "base_url": letterhead.base_url,
        "name": name,
        "title": kind.title.get(language),
        "statutory": kind.statutory,
    }
    environment = _get_environment(language)
    template_of_text = environment.get_template(f"{language}/{kind.code}.txt")
    first = "".join(template_of_text.blocks["subject"](template_of_text.new_context(values)))
    text = template_of_text.render(values).removeprefix(first)
    subject = _clean(first)[:MOST_SUBJECT_CHARACTERS]
    html = environment.get_template(f"{language}/{kind.code}.html").render(values, subject=subject)
    return Letter(subject, _tidy(text), _INLINER.inline(html))


def make_mail(message: Row, letter: Letter, recipient: Recipient, now: dt.datetime) -> EmailMessage:
    """Return a letter as a mail, without its sender; `GiveUp` when the address can't be one."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message.message_id
    mail["Date"] = format_datetime(now.astimezone(CHINA))
    mail["To"] = _make_address(recipient)
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "zh-CN" if recipient.language == "zh" else "en"
    mail.set_content(letter.text, cte="base64")
    mail.add_alternative(letter.html, subtype="html", cte="base64")
    return mail


def _make_address(recipient: Recipient) -> Address:
    if not recipient.email.isascii() or "@" not in recipient.email:
        raise GiveUp(f"not an address: {recipient.email!r}")
    try:
        return Address(_clean(recipient.name), addr_spec=recipient.email)
    except ValueError as error:
        raise GiveUp(f"not an address: {recipient.email!r}") from error


def _clean(text: str) -> str:
    """Return a text as one line without control characters: fit for a header."""
    kept = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text)
    return " ".join(kept.split())


def _tidy(text: str) -> str:
    """Return a text without the blank lines that a template's own lines leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or lines[place - 1]]
    return "\n".join(kept) + "\n"


@lru_cache(maxsize=2)
def _get_environment(language: Language) -> Environment:
    """Return the templates' environment: sandboxed, HTML escaped, a value that isn't there an error."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(get_data_folder("notifications") / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    types = get_message_types()

    def say(message: Message) -> str:
        return render(message, language)

    environment.filters.update(
        due=pass_context(lambda context, packed: say(describe_due(context["calendar"], packed, context["today"]))),
        left=pass_context(lambda context, packed: say(_describe_left(context, packed))),
        late=pass_context(_count_late),
        reason=pass_context(lambda context, packed: say(_explain_reason(context, packed))),
        day=lambda value: say(describe_date(dt.date.fromisoformat(str(value)))),
        points=_show_points,
        money=lambda value: f"{Decimal(str(value)):,.2f}",
        deadline=lambda value: say(describe_deadline(_read_due(value))),
        step=lambda code: types.steps[code].get(language) if code in types.steps else code,
        role=lambda code: types.roles[code].get(language) if code in types.roles else code,
    )
    return environment


def _describe_left(context: Context, value: object) -> Message:
    day = get_china_day(_read_due(value))
    return describe_left(context["calendar"], context["today"], day)


def _explain_reason(context: Context, packed: Mapping[str, object]) -> Message:
    due = unpack_step_due(packed)
    return explain_reason(due, context["calendar"].find_day_off_name(get_china_day(due.due)))


def _count_late(context: Context, items: list[Mapping[str, object]]) -> int:
    """Return how many items of a digest are overdue today."""
    return sum(get_china_day(_read_due(item["due"])) < context["today"] for item in items)


def _show_points(value: object) -> str:
    """Return points with two decimals at least, as papers show them (rules.md)."""
    whole, _, decimals = format_number(Decimal(str(value))).partition(".")
    return f"{whole}.{decimals:0<2}"


def _read_due(value: object) -> dt.datetime:
    """Return the moment of a packed due date, or of one as ISO text."""
    if isinstance(value, Mapping):
        value = value["due"]
    return dt.datetime.fromisoformat(str(value))
