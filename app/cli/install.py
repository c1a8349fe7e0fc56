"""`kaohe init`: an installation made or brought up to date; safe to repeat."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import Connection, make_url

from app.audit.values import Actor
from app.casework.install import install_processes
from app.cli.context import Opened, bind, find_role, show_url
from app.cli.numbers import write_json
from app.cli.words import _
from app.config import Settings, read_settings
from app.db import normalise_url, reading, transaction
from app.errors import KaoheError, Message
from app.identity.one_time import make_password
from app.identity.operations import NewRole, add_organisation, add_person
from app.identity.queries import find_organisation_by_code, find_person_by_username
from app.identity.rules import is_separated
from app.jobs.scheduler import DatabaseClock
from app.migrations.operations import find_mark, is_current, is_empty, upgrade_database

OPERATOR, OPERATOR_NAME = "platform", "平台运维单位"
SYSTEM_ADMIN = "system_admin"
MADE, UPGRADED, KEPT = "made", "upgraded", "current"


@dataclass(slots=True)
class Installed:
    """What was done; `passwords`: one-time passwords of new administrators by user name, shown once."""

    database: str
    tables: str
    processes: int = 0
    passwords: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


@click.command(
    "init",
    help=_(
        "Make this installation ready, or bring it up to date: data folder, database, diagrams. Safe to repeat.\n\n"
        "KAOHE_DATA names the data folder (default: var), KAOHE_DATABASE_URL another database than its SQLite file.\n\n"
        "Next: “kaohe user add”, “kaohe contract add”, then “kaohe serve”."
    ),
)
@click.option(
    "--admin",
    "admins",
    multiple=True,
    metavar="NAME[:ROLE]",
    help=_(
        "Add an administrator and print a one-time password; the role is system_admin, security_admin or audit_admin "
        "(default: system_admin). Can be given several times."
    ),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def init(*, admins: tuple[str, ...], as_json: bool) -> None:
    """Install."""
    wanted = [read_admin(one) for one in admins]
    # The folder holds the key of the forms and everything that is filed: nobody else's to read.
    os.umask(0o077)
    settings = read_settings()
    prepare_folder(settings)
    with bind(settings) as app:
        done = Installed(show_url(settings.database_url), bring_up_to_date())
        opened = Opened(app, settings, DatabaseClock().now())
        with transaction() as connection:
            done.processes = len(install_processes(connection, opened.now))
            for username, role in wanted:
                add_admin(connection, done, username, role, opened.actor, opened.now)
    if as_json:
        print(write_json(describe_installed(done, settings), indent=2))
    else:
        print_installed(done, settings)


def read_admin(text: str) -> tuple[str, str]:
    """Return user name and role of `NAME[:ROLE]`; a usage error for a role that is no administrator's."""
    username, _colon, role = text.partition(":")
    code = find_role(role, "--admin") if role else SYSTEM_ADMIN
    if not is_separated(code):
        text = _("{role} is no administrator; take system_admin, security_admin or audit_admin").format(role=role)
        raise click.BadParameter(text, param_hint="--admin")
    return username, code


def prepare_folder(settings: Settings) -> None:
    """Make the data folder, for this account only, and the folder of SQLite's file."""
    try:
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = make_url(normalise_url(settings.database_url))
        if made.get_backend_name() == "sqlite" and made.database:
            Path(made.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = Message(
            "the folder {place} can't be made: {problem}", place=settings.data_folder, problem=error.strerror
        )
        raise KaoheError(text) from None


def bring_up_to_date() -> str:
    """Make or upgrade the tables; say which. A simulation's database is left alone (`KaoheError`)."""
    with reading() as connection:
        if find_mark(connection, "made_by") is not None:
            raise KaoheError(Message("this database belongs to a simulation; name another one in KAOHE_DATABASE_URL"))
        was_empty, was_current = is_empty(connection), is_current(connection)
    if was_current:
        return KEPT
    upgrade_database()
    return MADE if was_empty else UPGRADED


def add_admin(
    connection: Connection, done: Installed, username: str, role: str, actor: Actor, now: dt.datetime
) -> None:
    """Add an administrator with a one-time password; one who is there already stays as they are."""
    if find_person_by_username(connection, username) is not None:
        done.kept.append(username)
        return
    organisation = find_organisation_by_code(connection, OPERATOR)
    if organisation is None:
        organisation = add_organisation(connection, actor, OPERATOR, OPERATOR_NAME, "operator", now)
    password = make_password(username)
    person = add_person(connection, actor, username, username, "", organisation.id, password, [NewRole(role)], now)
    done.passwords[person.username], done.roles[person.username] = password, role


def describe_installed(done: Installed, settings: Settings) -> dict[str, object]:
    """Return what was done as JSON values."""
    return {
        "data_folder": str(settings.data_folder),
        "database": done.database,
        "tables": done.tables,
        "processes": done.processes,
        "administrators": [
            {"username": name, "role": done.roles[name], "password": password}
            for name, password in done.passwords.items()
        ],
        "kept": done.kept,
    }


def print_installed(done: Installed, settings: Settings) -> None:
    """Say what was done and what to do next."""
    tables = {
        MADE: _("Database made: {place}"),
        UPGRADED: _("Database brought up to date: {place}"),
        KEPT: _("Database is up to date: {place}"),
    }
    print(_("Data folder: {place}").format(place=settings.data_folder))
    print(tables[done.tables].format(place=done.database))
    print(_("Diagrams ready: {count}").format(count=done.processes))
    for name, password in done.passwords.items():
        text = _("Administrator {name} ({role}), one-time password: {password}")
        print(text.format(name=name, role=done.roles[name], password=password))
    if done.passwords:
        print(_("The passwords are shown only now and must be changed at the first sign-in."))
    for name in done.kept:
        print(_("{name} has an account already; nothing was changed.").format(name=name))
    print(_("Next: add people with “kaohe user add”, a contract with “kaohe contract add”, then run “kaohe serve”."))
