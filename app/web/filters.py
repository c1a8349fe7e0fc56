"""What templates call: filters for points, money and dates, the words of roles and states."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask, g, request, url_for

from app.errors import Message
from app.permissions import may
from app.programmes.catalogue import get_catalogue
from app.web.access import find_viewer, may_here
from app.web.assets import find_asset
from app.web.due import describe_due, show_date
from app.web.navigation import list_navigation
from app.web.site import get_site, list_demo_cards
from app.web.states import find_state
from app.web.words import _, get_language, say

ROLES = {
    "party_staff": Message("Party's clerk"),
    "party_head": Message("Party's head"),
    "local_authority": Message("Local authority"),
    "reviewer": Message("Reviewer"),
    "scorer": Message("Scorer"),
    "approver": Message("Approver"),
    "second_approver": Message("Second approver"),
    "appeal_handler": Message("Appeal handler"),
    "verifier": Message("Verifier"),
    "finance": Message("Finance"),
    "supervisor": Message("Supervisor"),
    "process_admin": Message("Process administrator"),
    "system_admin": Message("System administrator"),
    "security_admin": Message("Security administrator"),
    "audit_admin": Message("Audit administrator"),
}


def show_points(value: Decimal | int | None) -> str:
    """Return points with two decimals at least, more where there are more."""
    if value is None:
        return "—"
    exact = Decimal(value).normalize()
    exponent = exact.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{exact:.{places}f}"


def show_money(value: Decimal | int | None, *, unit: bool = True) -> str:
    """Return CNY with separated thousands and two decimals, and the unit unless the column's head has it."""
    if value is None:
        return "—"
    text = f"{Decimal(value):,.2f}"
    return _("{amount} CNY", amount=text) if unit else text


def show_size(count: int) -> str:
    """Return a file's size in the unit that people read."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def show_role(code: str) -> str:
    """Return a role's name; an unknown code as it is."""
    return say(ROLES[code]) if code in ROLES else code


def list_held_roles() -> list[str]:
    """Return the roles that the viewer holds, in words, with the programme where it is for one."""
    session = g.get("session")
    if session is None:
        return []
    return list(dict.fromkeys(_describe_holding(one.role, one.programme) for one in session.holdings))


def _describe_holding(role: str, programme: str | None) -> str:
    if programme is None:
        return show_role(role)
    return f"{show_role(role)} · {get_catalogue().get_programme(programme).short_name}"


def find_organisation_name() -> str:
    """Return the name of the viewer's own organisation."""
    session = g.get("session")
    return "" if session is None else session.organisation.name


def find_path() -> str:
    """Return the path of the page that is shown, for coming back to it; a form's answer has none."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def add_filters(app: Flask) -> None:
    """Give an application's templates what they call."""
    app.jinja_env.filters.update(
        points=show_points,
        money=show_money,
        when=show_date,
        role=show_role,
        size=show_size,
        say=say,
        due=describe_due,
        state=find_state,
    )
    app.jinja_env.globals.update(
        _=_,
        say=say,
        asset=find_asset,
        may=may,
        may_here=may_here,
        viewer=find_viewer,
        language=get_language,
        navigation=list_navigation,
        demo_cards=list_demo_cards,
        site=get_site,
        has_page=lambda endpoint: endpoint in app.view_functions,
        page=url_for,
        here=find_path,
        person_session=lambda: g.get("session"),
        held_roles=list_held_roles,
        organisation_name=find_organisation_name,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
