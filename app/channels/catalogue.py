"""The messages that there are (`notifications/messages.yaml`): who gets what when, and words that letters use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.config import get_data_folder
from app.errors import Message, UnknownName, find_nearest
from app.i18n import Language
from app.programmes.validation import make_model
from app.programmes.yaml_files import read_yaml_file

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
YesNo = Annotated[bool, Field(strict=True)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Model):
    """A text in both languages."""

    zh: str = Field(title="中文", min_length=1)
    en: str = Field(title="英文", min_length=1)

    def get(self, language: Language) -> str:
        """Return the text in a language."""
        return self.zh if language == "zh" else self.en


class MessageType(_Model):
    """One kind of message: its templates bear its code; `fields` are the values that they need.

    `statutory`: it starts a clock or tells a decision, so nobody can mute it.
    """

    code: Code = Field(title="编号")
    kind: Literal["notice", "reminder", "mail"] = Field(title="类型")
    title: Words = Field(title="名称")
    to: tuple[Code, ...] = Field(title="接收岗位")
    trigger: Words = Field(title="触发时点")
    statutory: YesNo = Field(title="法定告知")
    can_be_muted: YesNo = Field(title="可关闭")
    fields: tuple[Code, ...] = Field(title="所需内容")


class MessageTypes(_Model):
    """The file: message types, names of steps as in the diagrams, names of roles."""

    messages: tuple[MessageType, ...] = Field(title="消息", min_length=1)
    steps: dict[Code, Words] = Field(title="环节名称")
    roles: dict[Code, Words] = Field(title="岗位名称")

    def get_type(self, code: str) -> MessageType:
        """Return a message type; `UnknownName` with the nearest known ones."""
        found = next((one for one in self.messages if one.code == code), None)
        if found is None:
            nearest = find_nearest(code, (one.code for one in self.messages))
            text = Message("unknown message template {name}; nearest: {nearest}", name=code, nearest=nearest)
            raise UnknownName(text, nearest)
        return found


def read_message_types(path: Path) -> MessageTypes:
    """Return the message types of a file; raise `FileRefused` with every problem found."""
    return make_model(read_yaml_file(path), MessageTypes)


@lru_cache(maxsize=1)
def get_message_types() -> MessageTypes:
    """Return the message types that come with the product."""
    return read_message_types(get_data_folder("notifications") / "messages.yaml")
