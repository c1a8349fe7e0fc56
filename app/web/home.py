"""The way in: the first page by role, and whether the site is well."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app.db import reading
from app.permissions import Permission
from app.web.access import needs
from app.web.navigation import find_first_page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@needs(Permission.USE_OWN_ACCOUNT)
def show_home() -> Response:
    """Send a person to the page where their work begins."""
    return redirect(url_for(find_first_page()), 303)


@blueprint.get("/healthz")
@needs(Permission.SIGN_IN)
def show_health() -> tuple[dict[str, str], int]:
    """Say whether the database answers."""
    try:
        with reading() as connection:
            connection.execute(select(1))
    except SQLAlchemyError:
        return {"status": "down"}, 503
    return {"status": "up"}, 200
