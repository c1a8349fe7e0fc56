"""Accounts: who may sign in, with which roles; locked ones opened, passwords set anew, people who left shut out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from app.audit.values import Actor
from app.clock import get_china_day
from app.db import reading, transaction
from app.identity.models import Organisation, Person, RoleHolding
from app.identity.one_time import make_password
from app.identity.operations import disable_person, enable_person, set_password, unlock_person
from app.identity.queries import get_organisation, get_person, list_organisations, list_people, list_roles_of
from app.permissions import SEPARATED_ROLES, Permission
from app.web.access import get_session, needs
from app.web.numbers import ID
from app.web.site import get_now
from app.web.words import _

blueprint = Blueprint("accounts", __name__)


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with its organisation and the roles that it has today."""

    person: Person
    place: Organisation
    roles: tuple[RoleHolding, ...]
    is_locked: bool

    @property
    def is_separated(self) -> bool:
        """Whether this is one of the three administrators (三员分立), whose accounts none of the others takes over."""
        return any(one.role in SEPARATED_ROLES for one in self.roles)

    def holds(self, text: str) -> bool:
        """Whether a text stands in the name, the username or the organisation."""
        return any(text in one for one in (self.person.name, self.person.username, self.place.name))


@blueprint.get("/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def list_accounts() -> str:
    """List all accounts by organisation; `q` finds some by name, username or organisation."""
    wanted = request.args.get("q", "").strip()
    with reading() as connection:
        found = [_view(connection, one, place) for place, one in _list_everybody(connection)]
    shown = [one for one in found if not wanted or one.holds(wanted)]
    return render_template("accounts/list.html", found=shown, wanted=wanted)


@blueprint.get(f"/accounts/<{ID}:person_id>")
@needs(Permission.MANAGE_ACCOUNTS)
def show_account(person_id: int) -> str:
    """Show an account with what can be done about it."""
    return render_template("accounts/account.html", view=_read(person_id), password="")


@blueprint.post(f"/accounts/<{ID}:person_id>/unlock")
@needs(Permission.MANAGE_ACCOUNTS)
def unlock(person_id: int) -> Response:
    """Let a locked account be tried again at once."""
    return _change(person_id, unlock_person, _("The account is unlocked."))


@blueprint.post(f"/accounts/<{ID}:person_id>/disable")
@needs(Permission.MANAGE_ACCOUNTS)
def disable(person_id: int) -> Response:
    """Shut an account: its sessions end at once. Nobody shuts their own."""
    if person_id == get_session().person.id:
        flash(_("Your own account is disabled by another administrator."), "warning")
        return redirect(url_for("accounts.show_account", person_id=person_id), 303)
    return _change(person_id, disable_person, _("The account is disabled and signed out everywhere."))


@blueprint.post(f"/accounts/<{ID}:person_id>/enable")
@needs(Permission.MANAGE_ACCOUNTS)
def enable(person_id: int) -> Response:
    """Let a disabled account be used again."""
    return _change(person_id, enable_person, _("The account may be used again."))


@blueprint.post(f"/accounts/<{ID}:person_id>/password")
@needs(Permission.MANAGE_ACCOUNTS)
def reset_password(person_id: int) -> Response:
    """Set a one-time password, shown on this answer only and kept nowhere."""
    if person_id != get_session().person.id and _read(person_id).is_separated:
        kept = _("The three administrators keep each other in check: this password is reset on the command line.")
        flash(kept, "warning")
        return redirect(url_for("accounts.show_account", person_id=person_id), 303)
    with transaction() as connection:
        password = make_password(get_person(connection, person_id).username)
        set_password(connection, _get_actor(), person_id, password, get_now())
    page = render_template("accounts/account.html", view=_read(person_id), password=password)
    return make_response(page, 200, {"Cache-Control": "no-store"})


def _change(person_id: int, operation: Callable[..., None], done: str) -> Response:
    with transaction() as connection:
        operation(connection, _get_actor(), person_id, get_now())
    flash(done, "success")
    return redirect(url_for("accounts.show_account", person_id=person_id), 303)


def _get_actor() -> Actor:
    return get_session().person.actor


def _read(person_id: int) -> AccountView:
    with reading() as connection:
        person = get_person(connection, person_id)
        return _view(connection, person, get_organisation(connection, person.organisation_id))


def _list_everybody(connection: Connection) -> list[tuple[Organisation, Person]]:
    return [(place, one) for place in list_organisations(connection) for one in list_people(connection, place.id)]


def _view(connection: Connection, person: Person, place: Organisation) -> AccountView:
    roles = list_roles_of(connection, person.id, get_china_day(get_now()))
    is_locked = person.locked_until is not None and person.locked_until > get_now()
    return AccountView(person, place, tuple(roles), is_locked)
