"""Keeping organisations, accounts, roles and passwords; changes are recorded on the chain `person:<id>`.

Here: one file per group of use cases, all of them to be imported from here. Not here: signing in (`sessions`).
"""

from __future__ import annotations

from app.identity.checks import AccountRefused, PasswordRefused
from app.identity.operations.accounts import (
    add_organisation,
    add_person,
    disable_person,
    enable_person,
    set_language,
    unlock_person,
)
from app.identity.operations.password_changes import change_password, set_password
from app.identity.operations.roles import NewRole, end_role, grant_role

__all__ = [
    "AccountRefused",
    "NewRole",
    "PasswordRefused",
    "add_organisation",
    "add_person",
    "change_password",
    "disable_person",
    "enable_person",
    "end_role",
    "grant_role",
    "set_language",
    "set_password",
    "unlock_person",
]
