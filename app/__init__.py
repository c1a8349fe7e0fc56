"""Kaohe (考核): performance assessments of contracted service vendors and public service platforms, as cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.clock import Clock
    from app.config import Settings


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Return the application: its database bound, its pages registered, on the system's clock unless given another."""
    from flask import Flask  # noqa: PLC0415  # the command line's pure commands start without the web's libraries

    from app.db import bind_database  # noqa: PLC0415  # as above
    from app.web.setup import create_web  # noqa: PLC0415  # as above

    app = Flask("app", static_folder=None)
    bind_database(app, settings.database_url)
    create_web(app, settings, clock)
    return app
