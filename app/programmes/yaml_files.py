"""YAML read with positions: exact decimals, duplicate keys refused, every problem with its line and column.

`yes`, `no`, 是 and 否 without quotes are yes/no values; numbers with a fraction are `Decimal`, never floats.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.errors import KaoheError, Message

Path = tuple[str | int, ...]
Step = tuple[str | int, str | None, bool]
"""A step of a path, its name where it is a list's entry, and whether it stands in the file."""
LARGEST_FILE = 4 * 2**20
MOST_VALUES = 300_000
DEEPEST = 60
YES_NO = {"yes": True, "no": False, "是": True, "否": False, "true": True, "false": False}
TAG = "tag:yaml.org,2002:"
PROBLEMS = {
    "mapping values are not allowed in this context": Message("a colon too many, or wrong indentation"),
    "found a tab character that violates indentation": Message("a tab where spaces must indent"),
    "found character that cannot start any token": Message("a character that cannot stand here"),
    "did not find expected node content": Message("a value is missing"),
    "did not find expected key": Message("a key is missing, or wrong indentation"),
    "did not find expected ',' or ']'": Message("a comma or the closing bracket is missing"),
    "did not find expected ',' or '}'": Message("a comma or the closing bracket is missing"),
    "found unexpected end of stream": Message("the text ends too early; a closing quote may be missing"),
    "could not find expected ':'": Message("a colon is missing"),
}
"""What the YAML parser finds wrong most often, in our words."""


class FileProblem(NamedTuple):
    """Something wrong in a file: where (line and column from 1), the path in the reader's words, and what.

    `field` is the last name on the path, such as a fact's.
    """

    file: str
    line: int
    column: int
    path: str
    message: Message
    field: str | None = None


class FileRefused(KaoheError):
    """A file that can't be used, with all that is wrong with it."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        where = Message("{file}, line {line}, column {column}", file=first.file, line=first.line, column=first.column)
        path = f"{first.path}: " if first.path else ""
        super().__init__(Message("{where}: {path}{message}", where=where, path=path, message=first.message))


@dataclass(frozen=True)
class Document:
    """A YAML file: its plain values, and the nodes that know where each value stands."""

    file: str
    value: object
    root: Node

    def find_place(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of the deepest value along a path; of the key, where the path ends at one."""
        node, mark = self.root, self.root.start_mark
        for step in path:
            key, child = _find_child(node, step)
            if child is None:
                continue
            node, mark = child, (key or child).start_mark
        return mark.line + 1, mark.column + 1

    def list_steps(self, path: Path) -> list[Step]:
        """Return the steps of a path: each with its name where it is a list's entry, and whether it stands in the file.

        Steps in between that don't stand in the file (a union's tags) are left out.
        """
        node: Node = self.root
        steps: list[Step] = []
        for place, step in enumerate(path, start=1):
            _, child = _find_child(node, step)
            if child is None and place < len(path):
                continue
            entry = _name_entry(child, step) if isinstance(step, int) else None
            steps.append((step, entry, child is not None))
            node = child or node
        return steps


def _find_child(node: Node, step: str | int) -> tuple[Node | None, Node | None]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _name_entry(node: Node | None, index: int) -> str:
    for field in ("name", "label", "title", "code", "fact"):
        _, child = _find_child(node, field) if node is not None else (None, None)
        if isinstance(child, ScalarNode):
            return str(child.value)
    return f"第{index + 1}项"


def read_yaml_file(path: FilePath) -> Document:
    """Read a file; raise `FileRefused` when it isn't YAML as described above, `OSError` when it can't be read."""
    if path.stat().st_size > LARGEST_FILE:
        text = Message("the file is larger than {size} MiB", size=LARGEST_FILE // 2**20)
        raise FileRefused([FileProblem(path.name, 1, 1, "", text)])
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = Message("the file is not UTF-8 text (byte {position})", position=error.start + 1)
        raise FileRefused([FileProblem(path.name, 1, 1, "", text)]) from None
    return read_yaml(content, path.name)


def read_yaml(content: str, file: str) -> Document:
    """Read YAML from text; `file` is the name that problems bear."""
    try:
        root = YAML(typ="safe").compose(content)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        found = error.problem or error.context or "?"
        text = Message("not valid YAML: {problem}", problem=PROBLEMS.get(found, Message("{text}", text=found)))
        raise FileRefused([FileProblem(file, line, column, "", text)]) from None
    except (YAMLError, RecursionError, ValueError) as error:
        text = Message("not valid YAML: {problem}", problem=str(error)[:80])
        raise FileRefused([FileProblem(file, 1, 1, "", text)]) from None
    if root is None:
        raise FileRefused([FileProblem(file, 1, 1, "", Message("the file is empty"))])
    reader = _Reader(file)
    value = reader.read(root, 0)
    if reader.problems:
        raise FileRefused(reader.problems)
    return Document(file, value, root)


class _Reader:
    """Makes plain values from nodes and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[FileProblem] = []
        self.count = 0

    def read(self, node: Node, depth: int) -> object:
        self.count += 1
        if self.count > MOST_VALUES or depth > DEEPEST:
            raise FileRefused([self._make(node, Message("too many values, or nested too deeply"))])
        if isinstance(node, MappingNode):
            return dict(self._read_pairs(node, depth))
        if isinstance(node, SequenceNode):
            return [self.read(child, depth + 1) for child in node.value]
        return self._read_scalar(node) if isinstance(node, ScalarNode) else None

    def _read_pairs(self, node: MappingNode, depth: int) -> Iterator[tuple[str, object]]:
        seen: dict[str, int] = {}
        for key, child in node.value:
            if not isinstance(key, ScalarNode):
                self._add(key, Message("a key must be a plain name"))
            elif key.value in seen:
                text = Message(
                    "the key “{key}” stands twice (first in line {line})", key=key.value, line=seen[key.value]
                )
                self._add(key, text)
            else:
                seen[key.value] = key.start_mark.line + 1
                yield key.value, self.read(child, depth + 1)

    def _read_scalar(self, node: ScalarNode) -> object:
        tag, text = (node.tag or "").removeprefix(TAG), node.value
        plain = not node.style or node.style not in "'\"|>"
        if plain and text in YES_NO:
            return YES_NO[text]
        if tag in ("int", "float"):
            return self._read_number(node)
        if tag == "timestamp":
            return self._read_date(node)
        if tag not in ("str", "bool", "null"):
            self._add(node, Message("the tag {tag} is not allowed", tag=node.tag))
        return {"null": None, "bool": text.lower() == "true"}.get(tag, text)

    def _read_number(self, node: ScalarNode) -> object:
        if re.fullmatch(r"[-+]?\d{1,40}", node.value):
            return int(node.value)
        if re.fullmatch(r"[-+]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][-+]?\d{1,2})?", node.value):
            return Decimal(node.value)
        self._add(node, Message("write the number in plain decimal digits: {text}", text=node.value[:40]))
        return None

    def _read_date(self, node: ScalarNode) -> object:
        try:
            return dt.date.fromisoformat(node.value)
        except ValueError:
            self._add(node, Message("not a date: {text} (write it as 2025-01-31)", text=node.value[:40]))
            return None

    def _add(self, node: Node, message: Message) -> None:
        self.problems.append(self._make(node, message))

    def _make(self, node: Node, message: Message) -> FileProblem:
        mark = node.start_mark
        return FileProblem(self.file, mark.line + 1, mark.column + 1, "", message)
