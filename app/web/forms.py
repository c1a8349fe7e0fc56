"""What the site's forms share."""

from __future__ import annotations

from typing import cast

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms import SelectChoice as Choice  # type: ignore[attr-defined]  # the stubs are of an earlier version
from wtforms.validators import DataRequired, StopValidation

from app.errors import Message
from app.web.words import say

__all__ = ["Choice", "Filled", "SignInForm", "SiteForm", "label"]


def label(message: Message) -> str:
    """Return a label that stays a message until a macro says it in the reader's language; WTForms only carries it."""
    return cast("str", message)


class Filled(DataRequired):
    """The field must be filled in; the browser marks it too."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__()
        self.words = message or Message("Fill this in.")

    def __call__(self, form: object, field: Field) -> None:
        """Stop with the words in the reader's language when the field is empty."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation(say(self.words))


class SiteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf comes without types
    """A form whose token the application has checked before the view runs."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf comes without types
        """No token of its own: `macros.csrf()` writes the one that the application checks."""

        csrf = False
        locales = ("en",)


class SignInForm(SiteForm):
    """Name and password."""

    username = StringField(
        label(Message("User name")), [Filled()], render_kw={"autocomplete": "username", "maxlength": 100}
    )
    password = PasswordField(
        label(Message("Password")), [Filled()], render_kw={"autocomplete": "current-password", "maxlength": 200}
    )
