"""Where things are and how this installation is set: bundled data, and settings read from the environment.

The data comes with the product, in a checkout and in an installed wheel alike. Settings are environment variables that
begin with `KAOHE_`; without any, everything lies in `var/` below the working folder.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.errors import KaoheError, Message

PACKAGE = Path(__file__).parent
DEFAULT_PORT = 8000
SMTP_PORT = 25
SECRET_BYTES = 48


def get_data_folder(name: Literal["rubrics", "workflows", "notifications"]) -> Path:
    """Return a folder of bundled data: inside the package when installed from a wheel, else at the checkout's root."""
    packed = PACKAGE / "_data" / name
    return packed if packed.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server that letters go through."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation is set. Without `smtp` no letter leaves; the mailbox page shows what would be sent."""

    data_folder: Path
    database_url: str
    secret_key: str
    base_url: str
    demo: bool = False
    smtp: SmtpSettings | None = None


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment; raise `KaoheError` naming the variable that can't be right."""
    variables = os.environ if environment is None else environment
    folder = Path(variables.get("KAOHE_DATA", "var")).absolute()
    return Settings(
        data_folder=folder,
        database_url=variables.get("KAOHE_DATABASE_URL") or f"sqlite:///{folder / 'kaohe.db'}",
        secret_key=variables.get("KAOHE_SECRET_KEY") or _keep_secret(folder),
        base_url=variables.get("KAOHE_BASE_URL", f"http://127.0.0.1:{DEFAULT_PORT}").rstrip("/"),
        demo=variables.get("KAOHE_DEMO", "") == "1",
        smtp=_read_smtp(variables),
    )


def _read_smtp(variables: Mapping[str, str]) -> SmtpSettings | None:
    host = variables.get("KAOHE_SMTP_HOST", "")
    if not host:
        return None
    sender = variables.get("KAOHE_MAIL_FROM", "")
    if "@" not in sender:
        raise KaoheError(Message("{name} must be set to an address", name="KAOHE_MAIL_FROM"))
    port = variables.get("KAOHE_SMTP_PORT", str(SMTP_PORT))
    if not port.isdecimal():
        raise KaoheError(Message("{name} must be a whole number", name="KAOHE_SMTP_PORT"))
    return SmtpSettings(
        host=host,
        port=int(port),
        sender=sender,
        username=variables.get("KAOHE_SMTP_USER", ""),
        password=variables.get("KAOHE_SMTP_PASSWORD", ""),
        starttls=variables.get("KAOHE_SMTP_STARTTLS", "") == "1",
    )


def _keep_secret(folder: Path) -> str:
    """Return the key that signs forms, made once and kept where only this account can read it."""
    path = folder / "secret.key"
    if path.is_file():
        return path.read_text("ascii").strip()
    folder.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(SECRET_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made)
    return made
