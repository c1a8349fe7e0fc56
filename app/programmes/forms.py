"""Forms and attachments that the sources prescribe, as structured field lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from app.errors import Message
from app.scoring.checks import Problem
from app.scoring.model import Code, Model, NonNegative, Slug, Text

FieldType = Literal[
    "text",
    "long_text",
    "count",
    "number",
    "share",
    "money",
    "date",
    "date_range",
    "yes_no",
    "choice",
    "choices",
    "photo",
    "file",
    "phone",
    "email",
    "id_number",
    "enterprise_code",
    "url",
    "table",
    "signature",
    "seal",
    "statement",
]


class Option(Model):
    """One answer of a choice; `levels` are its own sub-choices (国家级, 省级)."""

    code: Code = Field(title="编号")
    label: Text = Field(title="名称")
    levels: tuple[Text, ...] = Field((), title="级别")


class FormField(Model):
    """One field of a form. `columns` are those of a table; `only_when` names the yes/no field that opens this one."""

    code: Code = Field(title="编号")
    label: Text = Field(title="名称")
    type: FieldType = Field(title="类型")
    unit: str = Field("", title="单位", max_length=10)
    required: bool = Field(True, title="必填")
    options: tuple[Option, ...] = Field((), title="选项")
    columns: tuple[FormField, ...] = Field((), title="栏目")
    rows: tuple[Text, ...] = Field((), title="固定行")
    only_when: Code | None = Field(None, title="填写前提")
    most_characters: Annotated[int, Field(strict=True, gt=0)] | None = Field(None, title="最多字数")
    most: NonNegative | None = Field(None, title="上限")
    conditions: tuple[Text, ...] = Field((), title="要求")
    preference: bool = Field(False, title="优先条件")


class FieldGroup(Model):
    """Fields under one heading; `at_least` of them must be yes where the source asks for some of several."""

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    at_least: Annotated[int, Field(strict=True, gt=0)] | None = Field(None, title="至少符合")
    fields: tuple[FormField, ...] = Field(title="字段", min_length=1)


class Form(Model):
    """A form, outline or list of conditions, with where it stands in the source.

    `rubrics` names those whose parties fill it in, none meaning all; `most_characters` bounds the whole text.
    """

    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    place: Text = Field(title="出处")
    kind: Literal["form", "outline", "conditions", "register"] = Field(title="类型")
    rubrics: tuple[Slug, ...] = Field((), title="适用评分表")
    most_characters: Annotated[int, Field(strict=True, gt=0)] | None = Field(None, title="最多字数")
    notes: tuple[Text, ...] = Field((), title="说明")
    groups: tuple[FieldGroup, ...] = Field(title="分组", min_length=1)


class Attachment(Model):
    """An attachment that some kinds of platform owe (请按平台类型提供“打勾”内容)."""

    number: Annotated[int, Field(strict=True, gt=0)] = Field(title="序号")
    code: Code = Field(title="编号")
    name: Text = Field(title="名称")
    rubrics: tuple[Slug, ...] = Field(title="适用评分表", min_length=1)
    condition: Text | None = Field(None, title="条件")


class Forms(Model):
    """All forms and attachments of one programme."""

    programme: Slug = Field(title="考核项目")
    forms: tuple[Form, ...] = Field((), title="表单")
    attachments: tuple[Attachment, ...] = Field((), title="附件")
    attachment_notes: tuple[Text, ...] = Field((), title="附件说明")


def check_forms(forms: Forms) -> Iterator[Problem]:
    """Yield codes that stand twice, choices without options, tables without columns, conditions on unknown fields."""
    for f, form in enumerate(forms.forms):
        codes: set[str] = set()
        known = {field.code for group in form.groups for field in group.fields}
        for g, group in enumerate(form.groups):
            for i, field in enumerate(group.fields):
                path = ("forms", f, "groups", g, "fields", i)
                if field.code in codes:
                    yield Problem((*path, "code"), Message("the field {code} stands here twice", code=field.code))
                codes.add(field.code)
                yield from _check_field(path, field, known)


def _check_field(path: tuple[str | int, ...], field: FormField, known: set[str]) -> Iterator[Problem]:
    if field.type in ("choice", "choices") and not field.options:
        yield Problem(path, Message("a choice needs options"))
    if field.type == "table" and not field.columns:
        yield Problem(path, Message("a table needs columns"))
    if field.only_when is not None and field.only_when not in known:
        yield Problem((*path, "only_when"), Message("unknown field {field}", field=field.only_when))
