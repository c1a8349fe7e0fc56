"""Tables and notes for a person: aligned although Chinese characters are two columns wide."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_IN_PIPES = 1000
NUMBER, TEXT, CODE = "number", "text", "code"


def make_console() -> Console:
    """Return a console for standard output; in a pipe nothing wraps and nothing is coloured."""
    width = None if sys.stdout.isatty() else WIDTH_IN_PIPES
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def print_table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; a column is its head and what it holds: numbers go right, codes stay whole."""
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for head, holds in columns:
        table.add_column(head, justify="right" if holds == NUMBER else "left", no_wrap=holds != TEXT, overflow="fold")
    for row in rows:
        table.add_row(*[Text(cell) for cell in row])
    console = make_console()
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def print_note(text: str) -> None:
    """Print a note on standard error, away from what programs read."""
    print(text, file=sys.stderr)
