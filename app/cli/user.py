"""`kaohe user`: organisations and accounts, their roles and passwords."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from app.cli.context import Opened, check_programme, find_organisation, find_person, find_role, name_role, open_app
from app.cli.due import Day
from app.cli.numbers import write_json
from app.cli.tables import CODE, TEXT, print_table
from app.cli.words import _, say
from app.db import reading, transaction
from app.identity.models import KINDS, Organisation, Person, RoleHolding
from app.identity.one_time import make_password
from app.identity.operations import (
    AccountRefused,
    NewRole,
    PasswordRefused,
    add_organisation,
    add_person,
    end_role,
    grant_role,
    set_password,
)
from app.identity.queries import (
    find_organisation_by_code,
    get_organisation,
    list_holdings_of,
    list_organisations,
    list_people,
    list_roles_of,
)
from app.identity.rules import ROLES, is_in_effect

ONE_DAY = dt.timedelta(days=1)
ROLE_FORM = "ROLE[:PROGRAMME]"


@click.group(help=_("Accounts: who works here, in which roles."))
def user() -> None:
    """Gather the commands about accounts."""


@user.command("add", help=_("Add an account. Without --password-stdin a one-time password is printed once."))
@click.argument("username")
@click.option("--name", required=True, help=_("The person's name."))
@click.option("--organisation", required=True, metavar="CODE", help=_("The organisation's code."))
@click.option("--new-organisation", metavar="NAME", help=_("Add the organisation as well, under this name."))
@click.option("--kind", type=click.Choice(KINDS), help=_("Kind of the new organisation."))
@click.option("--role", "roles", multiple=True, metavar=ROLE_FORM, help=_("A role, such as reviewer or 审核员."))
@click.option("--email", default="", help=_("Where notices go."))
@click.option("--password-stdin", is_flag=True, help=_("Read the first password from standard input."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def user_add(
    *,
    username: str,
    name: str,
    organisation: str,
    new_organisation: str | None,
    kind: str | None,
    roles: tuple[str, ...],
    email: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add an account."""
    wanted = [NewRole(role, programme=programme) for role, programme in map(read_role_of("--role"), roles)]
    if (new_organisation is None) != (kind is None):
        raise click.UsageError(_("--new-organisation and --kind go together"))
    password = read_password() if password_stdin else make_password(username)
    with open_app() as opened, transaction() as connection, naming_options():
        place = find_or_add_organisation(connection, opened, organisation, new_organisation, kind)
        args = (username, name, email, place.id, password, wanted, opened.now)
        person = add_person(connection, opened.actor, *args)
    answer: dict[str, object] = {"username": person.username, "name": person.name, "organisation": place.code}
    report_password(answer, None if password_stdin else password, as_json=as_json)


def report_password(answer: dict[str, object], password: str | None, *, as_json: bool) -> None:
    """Say whose account is ready, with its one-time password when one was made."""
    if as_json:
        print(write_json(answer if password is None else {**answer, "password": password}, indent=2))
        return
    print(_("Account {name} is ready.").format(name=answer["username"]))
    if password is not None:
        print(
            _("One-time password, shown only now, to be changed at the first sign-in: {password}").format(
                password=password
            )
        )


@contextmanager
def naming_options() -> Iterator[None]:
    """Turn what accounts refuse into usage errors that name the option."""
    try:
        yield
    except AccountRefused as error:
        option = OPTIONS.get(error.field, error.field)
        raise click.BadParameter(say(error.message), param_hint=option) from None
    except PasswordRefused as error:
        words = " ".join(say(problem) for problem in error.problems)
        raise click.BadParameter(words, param_hint="--password-stdin") from None


OPTIONS = {
    "username": "USERNAME",
    "name": "--name",
    "email": "--email",
    "code": "--organisation",
    "kind": "--kind",
    "role": "--role",
    "to_date": "--last-day",
}


class read_role_of:  # noqa: N801  # reads as a function bound to its option
    """Reads `ROLE[:PROGRAMME]`, given to an option, as the role's code and the programme or None."""

    def __init__(self, option: str) -> None:
        self.option = option

    def __call__(self, text: str) -> tuple[str, str | None]:
        """Return role and programme; a usage error for a name that isn't known."""
        role, _colon, programme = text.partition(":")
        return find_role(role, self.option), check_programme(programme, self.option) if programme else None


def find_or_add_organisation(
    connection: Connection, opened: Opened, code: str, new_name: str | None, kind: str | None
) -> Organisation:
    """Return the organisation with a code, added where it is new."""
    if new_name is None or kind is None:
        return find_organisation(connection, code, "--organisation")
    found = find_organisation_by_code(connection, code)
    if found is not None and (found.name, found.kind) == (new_name, kind):
        return found
    return add_organisation(connection, opened.actor, code, new_name, kind, opened.now)


def read_password() -> str:
    """Return the first line of standard input; a usage error when there is none."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError(_("--password-stdin: no password on standard input"))
    return password


@user.command("list", help=_("List accounts with the roles that they hold today."))
@click.option("--organisation", metavar="CODE", help=_("Only this organisation's."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def user_list(*, organisation: str | None, as_json: bool) -> None:
    """List accounts."""
    with open_app() as opened, reading() as connection:
        places = list_organisations(connection)
        if organisation is not None:
            places = [find_organisation(connection, organisation, "--organisation")]
        found = [
            (place, person, list_roles_of(connection, person.id, opened.today))
            for place in places
            for person in list_people(connection, place.id)
        ]
    if as_json:
        print(write_json([describe_person(*one) for one in found], indent=2))
    elif found:
        print_people(found)
    else:
        print(_("There are no accounts yet; add one with “kaohe user add”."))


def describe_person(place: Organisation, person: Person, holdings: list[RoleHolding]) -> dict[str, object]:
    """Return an account as JSON values."""
    return {
        "username": person.username,
        "name": person.name,
        "organisation": place.code,
        "email": person.email,
        "state": person.state,
        "must_change_password": person.must_change_password,
        "roles": [{"role": one.role, "programme": one.programme} for one in holdings],
    }


def print_people(found: list[tuple[Organisation, Person, list[RoleHolding]]]) -> None:
    """Print accounts as a table."""
    columns = [(_("User"), CODE), (_("Name"), TEXT), (_("Organisation"), TEXT), (_("Roles"), TEXT), (_("Email"), TEXT)]
    rows = [
        (
            person.username,
            person.name,
            place.name,
            _(", ").join(map(show_role, holdings)),
            person.email,
            show_state(person),
        )
        for place, person, holdings in found
    ]
    print_table(_("Accounts"), [*columns, (_("State"), TEXT)], rows)


def show_role(holding: RoleHolding) -> str:
    """Return a role in words, with its programme."""
    return name_role(holding.role) + (f"（{holding.programme}）" if holding.programme else "")


def show_state(person: Person) -> str:
    """Return whether an account may be used."""
    return _("in use") if person.is_active else _("disabled")


@user.command(
    "role", help=_("Grant and end roles; without an option list them. Roles: {roles}").format(roles=", ".join(ROLES))
)
@click.argument("username")
@click.option("--add", "added", multiple=True, metavar=ROLE_FORM, help=_("Grant a role, from today."))
@click.option("--end", "ended", multiple=True, metavar=ROLE_FORM, help=_("End a role."))
@click.option(
    "--last-day", type=Day(), metavar="DATE", help=_("Last day of what is ended (default: yesterday, at once).")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def user_role(
    *, username: str, added: tuple[str, ...], ended: tuple[str, ...], last_day: dt.date | None, as_json: bool
) -> None:
    """Change somebody's roles."""
    grants, ends = [*map(read_role_of("--add"), added)], [*map(read_role_of("--end"), ended)]
    with open_app() as opened, transaction() as connection, naming_options():
        person = find_person(connection, username, "USERNAME")
        day = last_day or opened.today - ONE_DAY
        for role, programme in ends:
            end_held(connection, opened, person, role, programme, day)
        for role, programme in grants:
            grant_role(connection, opened.actor, person.id, NewRole(role, programme=programme), opened.now)
        holdings = list_holdings_of(connection, person.id)
        places = {one.organisation_id: get_organisation(connection, one.organisation_id) for one in holdings}
    if as_json:
        print(write_json([describe_holding(one, places[one.organisation_id]) for one in holdings], indent=2))
        return
    columns = [
        (_("Role"), TEXT),
        (_("Programme"), CODE),
        (_("Organisation"), TEXT),
        (_("First day"), CODE),
        (_("Last day"), CODE),
    ]
    rows = [
        (name_role(one.role), one.programme or "—", places[one.organisation_id].name, *show_span(one))
        for one in holdings
    ]
    print_table(person.name, columns, rows)


def end_held(
    connection: Connection, opened: Opened, person: Person, role: str, programme: str | None, day: dt.date
) -> None:
    """End a role that a person holds; a usage error when there is none such."""
    held = [
        one for one in list_holdings_of(connection, person.id) if one.to_date is None or is_in_effect(one, opened.today)
    ]
    found = [one for one in held if (one.role, one.programme) == (role, programme)]
    if not found:
        names = _(", ").join(one.role + (f":{one.programme}" if one.programme else "") for one in held) or "—"
        words = _("{name} doesn't hold {role}; held: {held}").format(name=person.username, role=role, held=names)
        raise click.BadParameter(words, param_hint="--end")
    for one in found:
        end_role(connection, opened.actor, one.id, day, opened.now)


def describe_holding(one: RoleHolding, place: Organisation) -> dict[str, object]:
    """Return a role held as JSON values."""
    from_, to = show_span(one)
    return {
        "role": one.role,
        "programme": one.programme,
        "organisation": place.code,
        "from": from_,
        "to": to if one.to_date else None,
    }


def show_span(one: RoleHolding) -> tuple[str, str]:
    """Return first and last day of a role as text."""
    return one.from_date.isoformat(), one.to_date.isoformat() if one.to_date else "—"


@user.command("password", help=_("Set somebody's password anew: a one-time password is printed once; sessions end."))
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help=_("Read it from standard input instead."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def user_password(*, username: str, password_stdin: bool, as_json: bool) -> None:
    """Set a password."""
    password = read_password() if password_stdin else make_password(username)
    with open_app() as opened, transaction() as connection, naming_options():
        person = find_person(connection, username, "USERNAME")
        set_password(connection, opened.actor, person.id, password, opened.now)
    report_password({"username": person.username}, None if password_stdin else password, as_json=as_json)
