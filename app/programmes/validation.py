"""From plain values to models: what pydantic finds wrong, said in our words and placed in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.errors import Message, find_nearest
from app.programmes.yaml_files import Document, FileProblem, FileRefused, Path, Step
from app.scoring.checks import Problem

AnyModel = TypeVar("AnyModel", bound=BaseModel)

WORDS: dict[str, str] = {
    "missing": "is missing",
    "bool_type": "must be yes or no",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "doesn't have the form of such a name or code ({pattern})",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "literal_error": "must be one of: {expected}",
    "enum": "must be one of: {expected}",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a group of values",
    "model_type": "must be a group of values",
    "model_attributes_type": "must be a group of values",
    "too_short": "needs at least {min_length} entries",
    "too_long": "may have at most {max_length} entries",
    "date_type": "must be a date such as 2025-01-31",
    "date_from_datetime_parsing": "must be a date such as 2025-01-31",
    "date_parsing": "must be a date such as 2025-01-31",
    "union_tag_not_found": "the field {discriminator} is missing",
    "floor_and_partial": "floor and partial go together",
}
TAGS = "unknown kind “{tag}”; there are {expected_tags}"
UNKNOWN, UNKNOWN_NEAR = "unknown field {field}", "unknown field {field}; nearest: {nearest}"


def make_model(document: Document, model: type[AnyModel]) -> AnyModel:
    """Return the document as a model; raise `FileRefused` with every problem and its place."""
    if not isinstance(document.value, dict):
        raise FileRefused([place_problem(document, (), Message("the file must be a group of fields"), model)])
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = [detail for detail in error.errors(include_url=False) if not _is_echo(detail, error)]
        raise FileRefused(_place_detail(document, detail, model) for detail in details) from None


def refuse_problems(document: Document, model: type[BaseModel], problems: Iterable[Problem]) -> None:
    """Raise `FileRefused` when there are problems, each with its place in the file."""
    placed = [place_problem(document, problem.path, problem.message, model) for problem in problems]
    if placed:
        raise FileRefused(placed)


def place_problem(document: Document, path: Path, message: Message, model: type[BaseModel]) -> FileProblem:
    """Return a problem with line, column and the path in Chinese."""
    line, column = document.find_place(path)
    field = next((step for step in reversed(path) if isinstance(step, str)), None)
    return FileProblem(document.file, line, column, describe_path(document, path, model), message, field)


def describe_path(document: Document, path: Path, model: type[BaseModel]) -> str:
    """Return a path in Chinese: fields by their titles, entries of lists by their names."""
    return describe_steps(document.list_steps(path), model)


def describe_steps(steps: Iterable[Step], model: type[BaseModel]) -> str:
    """Return steps in Chinese; one that is neither a field nor in the file (a union's tag) is left out."""
    candidates: list[type[BaseModel]] = [model]
    words: list[str] = []
    for step, entry, is_found in steps:
        field = next((one.model_fields[str(step)] for one in candidates if step in one.model_fields), None)
        if field is not None:
            words.append(field.title or str(step))
            candidates = list(_list_models(field.annotation))
        elif is_found:
            words.append(entry or str(step))
    return " › ".join(words)


def _is_echo(detail: ErrorDetails, error: ValidationError) -> bool:
    """Whether a list is only called too short because its entries are wrong, which is said already."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in error.errors()
    )


def _place_detail(document: Document, detail: ErrorDetails, model: type[BaseModel]) -> FileProblem:
    path: Path = tuple(step for step in detail["loc"] if step != "[key]")
    return place_problem(document, path, describe_error(detail, model), model)


def describe_error(detail: ErrorDetails, model: type[BaseModel]) -> Message:
    """Return one of pydantic's errors in our words."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        field = str(detail["loc"][-1])
        nearest = find_nearest(field, list_fields(model))
        return Message(UNKNOWN_NEAR, field=field, nearest=nearest) if nearest else Message(UNKNOWN, field=field)
    if kind == "union_tag_invalid":
        expected = tuple(context["expected_tags"].replace("'", "").split(", "))
        return Message(TAGS, tag=context["tag"], expected_tags=expected)
    if kind in WORDS:
        return Message(WORDS[kind], **{str(name): _tidy(value) for name, value in context.items()})
    return Message("{text}", text=detail["msg"])


def _tidy(value: object) -> object:
    return tuple(value.replace("'", "").replace(" or ", ", ").split(", ")) if isinstance(value, str) else value


@cache
def list_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the names of all fields of a model and the models inside it."""
    seen: dict[type[BaseModel], None] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop(0)
        if one not in seen:
            seen[one] = None
            waiting += [inner for field in one.model_fields.values() for inner in _list_models(field.annotation)]
    return tuple(dict.fromkeys(name for one in seen for name in one.model_fields))


def _list_models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  # annotations have no narrower type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _list_models(argument)
