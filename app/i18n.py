"""Languages: which one the reader has, and a message rendered in it.

Chinese is the product's first language and English its second. The catalogue's keys are the English texts; the Chinese
catalogue lies beside this file (`locale/zh/LC_MESSAGES/messages.po`, compiled to `.mo`). Nothing here knows Flask.
"""

from __future__ import annotations

import gettext
import os
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from app.errors import Message

Language = Literal["zh", "en"]
LOCALE_FOLDER = Path(__file__).parent / "locale"


def find_language(environment: dict[str, str] | None = None) -> Language:
    """Return the language that the environment asks for, by gettext's order of variables.

    Nothing set means Chinese, the product's first language; a locale that is not Chinese, `C` included, means English.
    """
    variables = os.environ if environment is None else environment
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = variables.get(name, "").split(":")[0]
        if wanted:
            return "zh" if wanted.lower().startswith("zh") else "en"
    return "zh"


@lru_cache
def _get_catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("messages", LOCALE_FOLDER, [language], fallback=language == "en")


def translate(text: str, language: Language) -> str:
    """Return the catalogue's text for an English source text; the source itself where the language is English."""
    return _get_catalogue(language).gettext(text) if text else text


def render(message: Message, language: Language) -> str:
    """Return a message as text in a language, its values rendered likewise (points without trailing zeros)."""
    values = {name: _render_value(value, language) for name, value in message.values.items()}
    return translate(message.text, language).format(**values)


def _render_value(value: object, language: Language) -> object:
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, bool):
        return translate("yes" if value else "no", language)
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, tuple | list):
        return translate(", ", language).join(str(_render_value(item, language)) for item in value)
    return value


def format_number(value: Decimal | int) -> str:
    """Return an exact number in plain digits without trailing zeros (`18.50` → `18.5`, `-0` → `0`)."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def format_money(value: Decimal) -> str:
    """Return CNY with two decimals (`150000` → `150000.00`); the value must already be exact to the cent."""
    return f"{value:.2f}"
