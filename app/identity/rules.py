"""Rules of accounts and roles: pure functions over values (GB/T 22239, level 2, where a figure is named)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.errors import Message, UnknownName, find_nearest
from app.identity.models import RoleHolding

Side = Literal["party", "authority", "operator"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its code, its name, which is also that of its lane in diagrams, and the side that it belongs to."""

    code: str
    name: str
    side: Side


ROLES = {
    role.code: role
    for role in (
        Role("party_staff", "经办人", "party"),
        Role("party_head", "负责人", "party"),
        Role("local_authority", "属地主管部门", "authority"),
        Role("reviewer", "审核员", "authority"),
        Role("scorer", "评分专家", "authority"),
        Role("approver", "审批领导", "authority"),
        Role("second_approver", "复签领导", "authority"),
        Role("appeal_handler", "复核员", "authority"),
        Role("verifier", "整改验收员", "authority"),
        Role("finance", "财务", "authority"),
        Role("supervisor", "督办人", "authority"),
        Role("process_admin", "流程管理员", "authority"),
        Role("system_admin", "系统管理员", "operator"),
        Role("security_admin", "安全管理员", "operator"),
        Role("audit_admin", "审计管理员", "operator"),
    )
}
_BY_LANE = {role.name: role.code for role in ROLES.values()}
KINDS_OF_SIDE: dict[Side, frozenset[str]] = {
    # An authority is an assessed party where those above it assess it (a province, a city).
    "party": frozenset({"vendor", "authority"}),
    "authority": frozenset({"authority"}),
    "operator": frozenset({"operator"}),
}
"""The kinds of organisation where the roles of a side are held."""


@dataclass(frozen=True, slots=True)
class SecurityParameters:
    """Figures of passwords, lock-out and sessions; the defaults satisfy level 2."""

    shortest_password: int = 8
    longest_password: int = 128
    kinds_of_characters: int = 3
    password_age: dt.timedelta = dt.timedelta(days=90)
    failures_allowed: int = 5
    lock_time: dt.timedelta = dt.timedelta(minutes=5)
    idle_time: dt.timedelta = dt.timedelta(minutes=30)
    session_time: dt.timedelta = dt.timedelta(hours=12)
    touch_time: dt.timedelta = dt.timedelta(seconds=60)


DEFAULTS = SecurityParameters()

_COMMON = (
    "password password1 password123 passw0rd p@ssw0rd p@ssword qwerty123 qwer1234 1qaz2wsx 1qaz@wsx 1q2w3e4r "
    "q1w2e3r4 abc12345 abcd1234 abc@123 abc@1234 admin123 admin1234 admin@123 admin@1234 aa123456 aa@123456 a1234567 "
    "a123456789 a@123456 123456aa 123456abc 123456qq qq123456 woaini123 woaini1314 welcome1 welcome@123 iloveyou1 "
    "test1234 test@123 test@1234 root@123 root1234 huawei@123 changeme1 changeme123 letmein123 zaq12wsx zaq1@wsx "
    "xiaoming123 kaohe123 kaohe@123 zhengfu123 zhengfu@123"
)
COMMON_PASSWORDS = frozenset(_COMMON.split())
"""Passwords that everybody tries first, in small letters; without those that the rules refuse anyway."""

_TELLING_NAME = 4
_USERNAME = re.compile(r"[^\W_][\w.@-]{1,59}")


def get_role(code: str) -> Role:
    """Return a role by its code; `UnknownName` with the nearest known ones."""
    if code not in ROLES:
        raise UnknownName(Message("unknown role {name}", name=code), find_nearest(code, ROLES))
    return ROLES[code]


def get_role_by_lane(name: str) -> str:
    """Return the code of the role that a diagram's lane names; `UnknownName` with the nearest known lanes."""
    if name not in _BY_LANE:
        raise UnknownName(Message("unknown role {name}", name=name), find_nearest(name, _BY_LANE))
    return _BY_LANE[name]


def is_separated(role: str) -> bool:
    """Whether a role is one of the three administrators', who hold no other role (三员分立)."""
    return get_role(role).side == "operator"


def find_conflict(role: str, held: Iterable[str]) -> str | None:
    """Return a held role that a person may not hold together with another one, None when there is none."""
    for other in held:
        if other != role and (is_separated(role) or is_separated(other)):
            return other
    return None


def is_in_effect(holding: RoleHolding, on: dt.date) -> bool:
    """Whether a role is held on a day; its first and last day count."""
    return holding.from_date <= on and (holding.to_date is None or on <= holding.to_date)


def is_overlapping(holding: RoleHolding, from_date: dt.date, to_date: dt.date | None) -> bool:
    """Whether a role is held on any day of a stretch, both ends included; without an end it goes on."""
    if holding.to_date is not None and holding.to_date < max(holding.from_date, from_date):
        return False
    return to_date is None or holding.from_date <= to_date


def has_role(
    holdings: Iterable[RoleHolding], role: str, organisation_id: int, programme: str | None, on: dt.date
) -> bool:
    """Whether one of the holdings gives a role at an organisation for a programme on a day.

    `programme` None asks for the role for every programme.
    """
    return any(
        one.role == role
        and one.organisation_id == organisation_id
        and one.programme in (None, programme)
        and is_in_effect(one, on)
        for one in holdings
    )


def normalise_username(text: str) -> str:
    """Return a user name as accounts bear it: small letters, full-width characters made plain, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_username(name: str) -> bool:
    """Whether a normalised name can be a user name: 2 to 60 letters and digits, also . _ @ - after the first."""
    return _USERNAME.fullmatch(name) is not None


def list_password_problems(
    password: str, username: str, parameters: SecurityParameters = DEFAULTS
) -> Iterator[Message]:
    """Yield what is wrong with a new password."""
    if len(password) < parameters.shortest_password:
        yield Message("A password has at least {shortest} characters.", shortest=parameters.shortest_password)
    if len(password) > parameters.longest_password:
        yield Message("A password has at most {longest} characters.", longest=parameters.longest_password)
    if len({_get_kind(character) for character in password}) < parameters.kinds_of_characters:
        yield Message(
            "A password has at least {kinds} of: small letters, capital letters, digits, other characters.",
            kinds=parameters.kinds_of_characters,
        )
    if _holds_name(normalise_username(password), username):
        yield Message("The user name must not be part of the password.")
    if password.strip().lower() in COMMON_PASSWORDS:
        yield Message("This password is too common.")


def _holds_name(password: str, username: str) -> bool:
    return password == username or (len(username) >= _TELLING_NAME and username in password)


def _get_kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.islower():
        return "small"
    return "capital" if character.isupper() else "other"


def is_password_due(
    changed_at: dt.datetime | None, now: dt.datetime, parameters: SecurityParameters = DEFAULTS
) -> bool:
    """Whether a password is so old that it must be changed."""
    return changed_at is not None and now - changed_at >= parameters.password_age
