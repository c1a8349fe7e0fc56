"""Rules of passwords, user names and roles; hashing."""

from __future__ import annotations

import datetime as dt

import pytest

from app.errors import UnknownName
from app.identity.models import RoleHolding
from app.identity.passwords import make_hasher
from app.identity.rules import (
    COMMON_PASSWORDS,
    DEFAULTS,
    ROLES,
    SecurityParameters,
    find_conflict,
    get_role_by_lane,
    has_role,
    is_in_effect,
    is_overlapping,
    is_password_due,
    is_username,
    list_password_problems,
    normalise_username,
)

JUNE = dt.date(2025, 6, 1)
NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


def hold(
    role: str = "scorer", start: dt.date = JUNE, end: dt.date | None = None, programme: str | None = None
) -> RoleHolding:
    return RoleHolding(1, 5, role, 3, programme, start, end)


@pytest.mark.parametrize(
    "password", ["Abcdefg1", "abcdef1!", "ABCDEF1!", "考核Abc123", "abc DEF 12", "Zz9 " * 32, "ａｂｃＤＥＦ１２"]
)
def test_a_good_password_has_no_problems(password: str) -> None:
    assert list(list_password_problems(password, "wang.fang")) == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Abcde1!", "at least 8"),
        ("Zz9 " * 32 + "x", "at most 128"),
        ("abcdefg1", "at least 3"),
        ("abcdefgh", "at least 3"),
        ("ABCDEFG1", "at least 3"),
        ("1234567!", "at least 3"),
        ("Wang.Fang2025", "part of the password"),
        ("Ｗａｎｇ.fang2025", "part of the password"),
        ("P@ssw0rd", "too common"),
        ("Admin@123", "too common"),
        ("Kaohe@123", "too common"),
    ],
)
def test_a_bad_password_says_what_is_wrong(password: str, words: str) -> None:
    assert [words in str(problem) for problem in list_password_problems(password, "wang.fang")] == [True]


def test_every_problem_of_a_password_is_named_at_once() -> None:
    assert len(list(list_password_problems("abc", "wang.fang"))) == 2


def test_a_very_short_user_name_may_occur_in_a_password() -> None:
    assert list(list_password_problems("Limestone7", "li")) == []


def test_common_passwords_are_refused_in_any_case() -> None:
    for common in COMMON_PASSWORDS:
        assert list(list_password_problems(common.title(), "wang.fang"))


@pytest.mark.parametrize(("days", "is_due"), [(89, False), (90, True), (400, True)])
def test_a_password_is_due_after_ninety_days(days: int, *, is_due: bool) -> None:
    assert is_password_due(NOW - dt.timedelta(days=days), NOW) is is_due


def test_a_password_that_was_never_set_is_not_due() -> None:
    assert not is_password_due(None, NOW)


def test_the_figures_of_level_two_are_the_defaults() -> None:
    figures = (DEFAULTS.shortest_password, DEFAULTS.failures_allowed, DEFAULTS.lock_time, DEFAULTS.idle_time)
    assert figures == (8, 5, dt.timedelta(minutes=5), dt.timedelta(minutes=30))
    assert SecurityParameters() == DEFAULTS


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Wang.Fang", "wang.fang"), (" wangfang ", "wangfang"), ("ＷＡＮＧ＠a", "wang@a"), ("王芳", "王芳")],
)
def test_user_names_are_compared_in_small_plain_letters(typed: str, name: str) -> None:
    assert normalise_username(typed) == name
    assert is_username(name)


@pytest.mark.parametrize("name", ["", "a", ".ab", "a b", "a\x00b", "a" * 61, "a'b", "_ab", "a\nb", "ab\n"])
def test_what_cannot_be_a_user_name(name: str) -> None:
    assert not is_username(name)


def test_every_lane_names_its_role() -> None:
    lanes = "经办人 负责人 属地主管部门 审核员 评分专家 审批领导 复签领导 复核员 整改验收员 财务 督办人 流程管理员"
    administrators = "系统管理员 安全管理员 审计管理员"
    assert [get_role_by_lane(lane) for lane in f"{lanes} {administrators}".split()] == list(ROLES)
    assert get_role_by_lane("评分专家") == "scorer"


def test_an_unknown_lane_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as refused:
        get_role_by_lane("评分专")
    assert refused.value.nearest == ("评分专家",)


@pytest.mark.parametrize(
    ("role", "held", "conflict"),
    [
        ("system_admin", ["audit_admin"], "audit_admin"),
        ("security_admin", ["system_admin"], "system_admin"),
        ("audit_admin", ["scorer"], "scorer"),
        ("scorer", ["reviewer", "audit_admin"], "audit_admin"),
        ("party_staff", ["security_admin"], "security_admin"),
        ("process_admin", ["supervisor"], None),
        ("system_admin", ["system_admin"], None),
        ("system_admin", [], None),
        ("reviewer", ["scorer", "approver"], None),
    ],
)
def test_the_three_administrators_hold_nothing_else(role: str, held: list[str], conflict: str | None) -> None:
    assert find_conflict(role, held) == conflict


@pytest.mark.parametrize(
    ("day", "is_held"),
    [("2025-05-31", False), ("2025-06-01", True), ("2025-06-30", True), ("2025-07-01", False)],
)
def test_a_role_is_held_from_its_first_to_its_last_day(day: str, *, is_held: bool) -> None:
    holding = hold(end=dt.date(2025, 6, 30))
    assert is_in_effect(holding, dt.date.fromisoformat(day)) is is_held
    assert has_role([holding], "scorer", 3, None, dt.date.fromisoformat(day)) is is_held


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("2025-05-01", "2025-05-31", False),
        ("2025-05-01", "2025-06-01", True),
        ("2025-06-30", None, True),
        ("2025-07-01", None, False),
        ("2025-05-01", None, True),
    ],
)
def test_roles_overlap_on_a_shared_day(start: str, end: str | None, *, overlaps: bool) -> None:
    until = None if end is None else dt.date.fromisoformat(end)
    held = hold(end=dt.date(2025, 6, 30))
    assert is_overlapping(held, dt.date.fromisoformat(start), until) is overlaps


def test_a_role_taken_back_before_it_began_overlaps_nothing() -> None:
    assert not is_overlapping(hold(end=dt.date(2025, 5, 31)), dt.date(2025, 1, 1), None)


def test_a_role_is_held_at_one_organisation_and_for_its_programme() -> None:
    one, every = hold(programme="chifeng-hr-park"), hold()
    assert has_role([one], "scorer", 3, "chifeng-hr-park", JUNE)
    assert not has_role([one], "scorer", 3, "sme-empowerment", JUNE)
    assert not has_role([one], "scorer", 3, None, JUNE)
    assert not has_role([every], "scorer", 4, None, JUNE)
    assert not has_role([every], "reviewer", 3, None, JUNE)
    assert has_role([every], "scorer", 3, "sme-empowerment", JUNE)


def test_a_hash_holds_only_for_its_password() -> None:
    hasher = make_hasher(cheap=True)
    stored = hasher.hash("Abcdefg1")
    assert stored.startswith("$argon2id$")
    assert stored != hasher.hash("Abcdefg1")
    assert hasher.verify(stored, "Abcdefg1")
    assert not hasher.verify(stored, "Abcdefg2")
    assert not hasher.verify("not a hash", "Abcdefg1")
    assert not hasher.verify(stored, "\ud800")


def test_no_password_opens_an_account_that_has_none() -> None:
    hasher = make_hasher(cheap=True)
    assert not hasher.verify(None, "no account has this password")


def test_the_products_hashes_are_as_expensive_as_recommended_and_cheap_ones_outdated() -> None:
    stored = make_hasher().hash("Abcdefg1")
    assert "$m=19456,t=2,p=1$" in stored
    assert not make_hasher().is_outdated(stored)
    assert make_hasher().is_outdated(make_hasher(cheap=True).hash("Abcdefg1"))
