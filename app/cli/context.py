"""What commands that work on the installation share: the application opened, who acts, how moments are shown."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import OperationalError

from app.audit.values import Actor
from app.casework.work import Doer
from app.channels.catalogue import get_message_types
from app.cli.words import LANGUAGE, _
from app.clock import CHINA, get_china_day
from app.config import Settings, read_settings
from app.contracts.models import Contract
from app.contracts.queries import get_contract_by_code, list_contracts
from app.db import bind_database, database, normalise_url, reading
from app.errors import KaoheError, Message, UnknownName, find_nearest
from app.identity.models import Organisation, Person
from app.identity.queries import (
    find_organisation_by_code,
    find_person_by_username,
    list_organisations,
    list_people,
    list_roles_of,
)
from app.identity.rules import ROLES
from app.jobs.scheduler import DatabaseClock
from app.migrations.operations import is_current, is_empty
from app.permissions import Viewer
from app.programmes.catalogue import get_catalogue


@dataclass(frozen=True, slots=True)
class Opened:
    """The application at hand: its settings, and the moment when the command began."""

    app: Flask
    settings: Settings
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day in China."""
        return get_china_day(self.now)

    @property
    def actor(self) -> Actor:
        """Whom the audit trail names: whoever is at the console, by the name of the system's account."""
        return Actor(None, f"命令行（{_get_account()}）")


def _get_account() -> str:
    try:
        return getpass.getuser()[:80]
    except (KeyError, OSError):
        return "?"


@contextmanager
def open_app() -> Iterator[Opened]:
    """Open the application on its database; refuse one that isn't there, has no tables or older ones (`KaoheError`)."""
    settings = read_settings()
    require_file(settings)
    with bind(settings) as app:
        with reading() as connection:
            require_current(connection)
        yield Opened(app, settings, DatabaseClock().now())


@contextmanager
def bind(settings: Settings) -> Iterator[Flask]:
    """Push an application on the database of the settings, whatever is in it; `KaoheError` when it doesn't answer."""
    app = Flask("kaohe")
    bind_database(app, settings.database_url)
    with app.app_context():
        try:
            yield app
        except OperationalError as error:
            place, problem = show_url(settings.database_url), str(error.orig).strip().splitlines()[0]
            text = Message("the database {place} refuses: {problem}", place=place, problem=problem)
            raise KaoheError(text) from None
        finally:
            database.engine.dispose()


def require_file(settings: Settings) -> None:
    """Refuse SQLite's database before its file is there: connecting would make an empty one."""
    made = make_url(normalise_url(settings.database_url))
    if made.get_backend_name() == "sqlite" and made.database and not Path(made.database).is_file():
        raise KaoheError(Message("there is no database yet; run “kaohe init” first ({place})", place=made.database))


def require_current(connection: Connection) -> None:
    """Refuse a database without tables, or with those of another version."""
    if is_empty(connection):
        raise KaoheError(Message("the database has no tables yet; run “kaohe init” first"))
    if not is_current(connection):
        raise KaoheError(Message("the database is not of this version; run “kaohe init” to bring it up to date"))


def show_url(url: str) -> str:
    """Return a database's URL without its password."""
    return make_url(normalise_url(url)).render_as_string(hide_password=True)


def find_person(connection: Connection, username: str, option: str) -> Person:
    """Return a person by user name; a usage error names the option and the nearest known names."""
    person = find_person_by_username(connection, username)
    if person is None:
        known = (one.username for place in list_organisations(connection) for one in list_people(connection, place.id))
        raise _refuse(_("Unknown user {name}"), username, known, option)
    return person


def find_organisation(connection: Connection, code: str, option: str) -> Organisation:
    """Return an organisation by code; a usage error names the option and the nearest known codes."""
    organisation = find_organisation_by_code(connection, code)
    if organisation is None:
        raise _refuse(
            _("Unknown organisation {name}"), code, (one.code for one in list_organisations(connection)), option
        )
    return organisation


def find_contract(connection: Connection, code: str) -> Contract:
    """Return a contract by its code; a usage error names the nearest known ones."""
    try:
        return get_contract_by_code(connection, code)
    except UnknownName:
        known = (one.code for one in list_contracts(connection))
        raise _refuse(_("Unknown contract {name}"), code, known, "CONTRACT") from None


def find_role(text: str, option: str) -> str:
    """Return a role's code from its code or its Chinese name; a usage error names the nearest known ones."""
    codes = {name: role.code for role in ROLES.values() for name in (role.code, role.name)}
    if text not in codes:
        raise _refuse(_("Unknown role {name}"), text, codes, option, all_known=tuple(ROLES))
    return codes[text]


def check_programme(name: str, option: str) -> str:
    """Return a programme's name; a usage error names the nearest known ones."""
    known = get_catalogue().list_programme_names()
    if name not in known:
        raise _refuse(_("Unknown programme {name}"), name, known, option)
    return name


def _refuse(
    text: str, name: str, known: Iterable[str], option: str, *, all_known: tuple[str, ...] = ()
) -> click.BadParameter:
    names = sorted(known)
    shown = find_nearest(name, names)
    ending = _("; nearest: {names}") if shown else _("; there are: {names}")
    listed = shown or all_known or tuple(names[:20])
    words = text.format(name=name) + (ending.format(names=_(", ").join(listed)) if listed else "")
    return click.BadParameter(words, param_hint=option)


def make_doer(connection: Connection, person: Person, opened: Opened) -> Doer:
    """Return a person as someone who does something, with the roles held today."""
    viewer = Viewer(person.id, tuple(list_roles_of(connection, person.id, opened.today)), opened.today)
    return Doer(person.id, person.name, viewer)


def show_moment(moment: dt.datetime | None) -> str:
    """Return a moment as China time, to the minute; a dash for none."""
    return "—" if moment is None else f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def write_moment(moment: dt.datetime | None) -> str | None:
    """Return a moment for JSON: ISO 8601 in China time."""
    return None if moment is None else moment.astimezone(CHINA).isoformat()


def name_step(code: str) -> str:
    """Return a step's name in the reader's language."""
    steps = get_message_types().steps
    return steps[code].get(LANGUAGE) if code in steps else code


def name_role(code: str) -> str:
    """Return a role's name in the reader's language."""
    roles = get_message_types().roles
    return roles[code].get(LANGUAGE) if code in roles else code


def name_mail(code: str) -> str:
    """Return what a mail's template is called in the reader's language."""
    return next((one.title.get(LANGUAGE) for one in get_message_types().messages if one.code == code), code)
