"""Every text that people read is in the Chinese catalogue, with the same values, and nothing there is left over."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from app.programmes import validation
from app.scoring.findings import WISHES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "app" / "locale" / "zh" / "LC_MESSAGES"
FROM_CLICK = "click"


@cache
def read_catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as stream:
        return read_po(stream)


def list_texts_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in ("Message", "_", "translate"):
            yield from list_strings(node.args[0])


def list_strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from list_strings(node.body)
        yield from list_strings(node.orelse)
    elif isinstance(node, ast.BinOp):
        pytest.fail(f"a text must be one literal (line {node.lineno})")


def list_texts() -> set[str]:
    texts = {text for path in (ROOT / "app").rglob("*.py") for text in list_texts_in(path)}
    texts |= {*validation.WORDS.values(), validation.TAGS, validation.UNKNOWN, validation.UNKNOWN_NEAR}
    return texts | set(WISHES) | set(list_named_texts()) | set(list_template_texts())


def list_template_texts() -> Iterator[str]:
    """Texts of the pages: `_("…")` in templates."""
    for path in (ROOT / "app" / "web" / "templates").rglob("*.html"):
        for _quote, text in re.findall(r"""\b_\((["'])(.*?)\1""", path.read_text("utf-8")):
            yield text


def list_named_texts() -> Iterator[str]:
    """Texts that stand in a variable before they become a message: `text = "…"` or a signature's default."""
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id == "template"
            ):
                yield from list_strings(node.value)


def list_fields(text: str) -> set[str]:
    return {field for _literal, field, _spec, _conversion in string.Formatter().parse(text) if field is not None}


def test_every_text_has_its_chinese() -> None:
    catalogue = read_catalogue()
    missing = [text for text in sorted(list_texts()) if not (text in catalogue and catalogue[text].string)]
    assert missing == []


def test_nothing_in_the_catalogue_is_left_over() -> None:
    ours = [str(one.id) for one in read_catalogue() if one.id and FROM_CLICK not in one.auto_comments]
    assert sorted(set(ours) - list_texts()) == []


def test_every_translation_names_the_same_values() -> None:
    for one in read_catalogue():
        if one.id and FROM_CLICK not in one.auto_comments:
            assert list_fields(str(one.string)) == list_fields(str(one.id)), one.id


def list_entries(catalogue: Catalog) -> dict[str, str]:
    """Keys and translations as text; of a plural its first form, as Chinese has but one."""
    pairs = [(one.id, one.string or "") for one in catalogue if one.id]
    return {key if isinstance(key, str) else key[0]: text if isinstance(text, str) else text[0] for key, text in pairs}


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    with (FOLDER / "messages.mo").open("rb") as stream:
        compiled = list_entries(read_mo(stream))
    assert compiled == list_entries(read_catalogue())
