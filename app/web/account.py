"""Signing in and out, one's own account, the language."""

from __future__ import annotations

import json

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask import session as form_cookie
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import PasswordField

from app.errors import Message
from app.i18n import Language
from app.identity.models import Session
from app.identity.rules import DEFAULTS, is_password_due
from app.identity.sessions import SignedIn
from app.permissions import Permission
from app.web.access import get_session, needs
from app.web.errors import is_fragment
from app.web.forms import Filled, SignInForm, SiteForm, label
from app.web.paths import keep_local
from app.web.sessions import (
    PASSWORD_RULE,
    clear_cookie,
    end_session,
    open_session,
    set_cookie,
    set_own_language,
    set_own_password,
)
from app.web.site import get_now, get_site, list_demo_cards
from app.web.words import COOKIE, _, say

blueprint = Blueprint("account", __name__)
LANGUAGE_AGE = 365 * 24 * 3600
HOME = "home.show_home"


class PasswordForm(SiteForm):
    """The old password, and the new one twice."""

    old = PasswordField(label(Message("Present password")), [Filled()], render_kw={"autocomplete": "current-password"})
    new = PasswordField(label(Message("New password")), [Filled()], render_kw={"autocomplete": "new-password"})
    again = PasswordField(
        label(Message("New password once more")), [Filled()], render_kw={"autocomplete": "new-password"}
    )


@blueprint.get("/sign-in")
@needs(Permission.SIGN_IN)
def show_sign_in() -> str:
    """Show the page that asks for name and password."""
    return _show_form(SignInForm(formdata=None))


@blueprint.post("/sign-in")
@needs(Permission.SIGN_IN)
def sign_in() -> Response | tuple[str, int]:
    """Open a session, or say why not."""
    form = SignInForm()
    if not form.validate():
        return _show_form(form), 422
    found = open_session(form.username.data or "", form.password.data or "")
    if isinstance(found, Message):
        return _show_form(form, found), 422
    return _let_in(found)


@blueprint.post("/sign-in/demo")
@needs(Permission.SIGN_IN)
def sign_in_by_card() -> Response | tuple[str, int]:
    """Sign in as a person of the demonstration; there is no such address outside one."""
    card = next((one for one in list_demo_cards() if one.username == request.form.get("username")), None)
    if card is None:
        raise NotFound
    found = open_session(card.username, card.password)
    if isinstance(found, Message):
        return _show_form(SignInForm(formdata=None), found), 422
    return _let_in(found)


@blueprint.post("/sign-out")
@needs(Permission.SIGN_IN)
def sign_out() -> Response:
    """End the session; the forms of other pages end with it."""
    end_session()
    form_cookie.clear()
    flash(_("Signed out."), "success")
    response = redirect(url_for("account.show_sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return clear_cookie(response)


@blueprint.post("/session/stay")
@needs(Permission.USE_OWN_ACCOUNT)
def stay() -> Response:
    """Answer someone who is still there: each request that writes prolongs the session."""
    return Response(status=204)


@blueprint.post("/language")
@needs(Permission.SIGN_IN)
def choose_language() -> Response:
    """Keep the language on this device and go back to the page."""
    language: Language = "en" if request.form.get("language") == "en" else "zh"
    session: Session | None = g.get("session")
    if session is not None:
        set_own_language(session, language)
    response = redirect(keep_local(request.form.get("next")) or url_for(HOME), 303)
    secure = get_site().is_secure
    response.set_cookie(COOKIE, language, max_age=LANGUAGE_AGE, httponly=True, samesite="Lax", secure=secure)
    return response


@blueprint.get("/account")
@needs(Permission.USE_OWN_ACCOUNT)
def show_account() -> str:
    """Show one's own account."""
    return render_template("account.html", session=get_session())


@blueprint.get("/account/password")
@needs(Permission.USE_OWN_ACCOUNT)
def change_password() -> str:
    """Show the page that changes one's password."""
    return _show_password(PasswordForm(formdata=None))


@blueprint.post("/account/password")
@needs(Permission.USE_OWN_ACCOUNT)
def save_password() -> Response | tuple[str, int]:
    """Change one's password."""
    form = PasswordForm()
    if not form.validate():
        return _show_password(form), 422
    if form.new.data != form.again.data:
        form.again.errors = [_("The two new passwords differ.")]
        return _show_password(form), 422
    refused = set_own_password(get_session(), form.old.data or "", form.new.data or "")
    if refused is not None:
        field, problems = refused
        form[field].errors = [say(one) for one in problems]
        return _show_password(form), 422
    flash(_("The password is changed."), "success")
    return redirect(url_for(HOME), 303)


def _show_form(form: SignInForm, refused: Message | None = None) -> str:
    page = "signin_dialog.html" if is_fragment() else "signin.html"
    wanted = keep_local(request.values.get("next"))
    return render_template(page, form=form, refused=refused, next=wanted)


def _show_password(form: PasswordForm) -> str:
    return render_template("password.html", form=form, why=_explain_change(), rule=PASSWORD_RULE)


def _explain_change() -> Message | None:
    """Return why the password must be changed before anything else, None where it needn't be."""
    person = get_session().person
    if not person.must_change_password:
        return None
    if is_password_due(person.password_changed_at, get_now()):
        template = "The password has reached its {days} days: set a new one to go on."
        return Message(template, days=DEFAULTS.password_age.days)
    return Message("This is your first sign-in, or the password has been reset: set one of your own to go on.")


def _let_in(found: SignedIn) -> Response:
    """Give the browser its session; a page that waits below a dialog learns its form token and whose session it is.

    The form token stays as it was, so that the person's other windows can still send what stands in them.
    """
    if is_fragment():
        response = make_response("", 200)
        details = {"token": generate_csrf(), "person": str(found.person.id)}
        response.headers["HX-Trigger"] = json.dumps({"kaohe:signed-in": details})
        return set_cookie(response, found.token)
    return set_cookie(redirect(keep_local(request.form.get("next")) or url_for(HOME), 303), found.token)
