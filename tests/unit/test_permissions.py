"""Who may do what: roles × permissions × {own, another programme, another case's party, another organisation}."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from app.permissions import (
    AUTHORITY_ROLES,
    JUDGING_ROLES,
    PARTY_ROLES,
    RULES,
    SEPARATED_ROLES,
    TARGETS,
    CaseTarget,
    ContractTarget,
    NotPermitted,
    Permission,
    Target,
    TaskTarget,
    Viewer,
    may,
    require,
)

AUTHORITY, PARTY, OTHER = 1, 2, 3
ME, SOMEBODY = 10, 11
PROGRAMME, OTHER_PROGRAMME = "hongshan", "chifeng"
ON = dt.date(2026, 2, 5)
CASE_ROLES = sorted(AUTHORITY_ROLES | PARTY_ROLES)
ALL_ROLES = sorted({*CASE_ROLES, *SEPARATED_ROLES, "process_admin"})
P = Permission

CASE = CaseTarget(1, AUTHORITY, PARTY, PROGRAMME)
PLACES: dict[str, CaseTarget] = {
    "own": CASE,
    "another party's and authority's": CaseTarget(2, OTHER, OTHER, PROGRAMME),
    "another programme's": CaseTarget(3, AUTHORITY, PARTY, OTHER_PROGRAMME),
    "with the sides swapped": CaseTarget(4, PARTY, AUTHORITY, PROGRAMME),
}

WITHOUT_TARGET: dict[Permission, set[str]] = {
    P.SIGN_IN: set(ALL_ROLES),
    P.USE_OWN_ACCOUNT: set(ALL_ROLES),
    P.SEE_INBOX: set(CASE_ROLES),
    P.SEE_MAILBOX: set(ALL_ROLES),
    P.SEE_BOARD: {"approver", "second_approver", "supervisor", "finance"},
    P.SEE_DIAGRAM: set(ALL_ROLES),
    P.RESEND_LETTER: {"supervisor"},
    P.SEE_INCIDENTS: {"process_admin"},
    P.RETRY_INCIDENT: {"process_admin"},
    P.ADD_CONTRACT: {"supervisor", "process_admin"},
    P.MANAGE_ACCOUNTS: {"system_admin"},
    P.SEE_AUDIT: {"audit_admin"},
}
"""Written out a second time, by hand: the table is what it should be, not what it is."""


@dataclass(frozen=True)
class Held:
    role: str
    organisation_id: int
    programme: str | None = PROGRAMME
    holder_id: int = ME


def name(permission: Permission) -> str:
    return permission.name


TARGETED: list[Permission] = sorted(TARGETS, key=name)


def get_home(role: str) -> int:
    return PARTY if role in PARTY_ROLES else AUTHORITY


def look_as(*roles: str, person: int = ME) -> Viewer:
    return Viewer(person, tuple(Held(role, get_home(role)) for role in roles), ON)


def make_target(permission: Permission, case: CaseTarget, role: str) -> Target:
    kind = TARGETS[permission]
    if kind is TaskTarget:
        return TaskTarget(case, role)
    if kind is ContractTarget:
        return ContractTarget(9, case.authority_id, case.party_id, case.programme)
    return case


def test_every_permission_has_a_rule_and_a_sentence() -> None:
    assert set(RULES) == set(Permission)
    assert all(str(one.value).endswith(".") for one in Permission)
    assert len({str(one.value) for one in Permission}) == len(Permission)
    assert set(Permission) == set(WITHOUT_TARGET) | set(TARGETS)


@pytest.mark.parametrize("permission", list(WITHOUT_TARGET), ids=name)
def test_only_the_roles_written_here_have_a_permission(permission: Permission) -> None:
    assert {role for role in ALL_ROLES if may(look_as(role), permission)} == WITHOUT_TARGET[permission]


@pytest.mark.parametrize("permission", [one for one in Permission if one is not P.SIGN_IN], ids=name)
def test_nobody_may_anything_but_sign_in(permission: Permission) -> None:
    target = make_target(permission, CASE, "reviewer") if permission in TARGETS else None
    assert not may(None, permission, target)
    assert may(None, P.SIGN_IN)


@pytest.mark.parametrize("permission", [P.SEE_CASE, P.SEE_EVIDENCE, P.SEE_CONTRACT], ids=name)
@pytest.mark.parametrize("place", PLACES)
def test_people_see_the_cases_of_their_own_side_and_programme_only(permission: Permission, place: str) -> None:
    target = make_target(permission, PLACES[place], "")
    seen = {role for role in ALL_ROLES if may(look_as(role), permission, target)}
    assert seen == (set(CASE_ROLES) if place == "own" else set())


@pytest.mark.parametrize("permission", [P.WORK_ON_TASK, P.CLAIM_TASK, P.UPLOAD_EVIDENCE], ids=name)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", CASE_ROLES)
def test_a_task_is_worked_on_by_its_own_role_at_its_own_place(permission: Permission, place: str, role: str) -> None:
    target = make_target(permission, PLACES[place], role)
    able = {one for one in ALL_ROLES if may(look_as(one), permission, target)}
    assert able == ({role} if place == "own" else set())


@pytest.mark.parametrize("role", CASE_ROLES)
def test_only_who_judges_returns_a_case(role: str) -> None:
    assert may(look_as(role), P.RETURN_CASE, TaskTarget(CASE, role)) == (role in JUDGING_ROLES)


@pytest.mark.parametrize("role", CASE_ROLES)
def test_only_finance_records_payments(role: str) -> None:
    assert may(look_as(role), P.RECORD_PAYMENT, TaskTarget(CASE, role)) == (role == "finance")


@pytest.mark.parametrize("separated", sorted(SEPARATED_ROLES))
@pytest.mark.parametrize("permission", TARGETED, ids=name)
def test_an_administrator_with_another_role_still_sees_no_case(separated: str, permission: Permission) -> None:
    others = {P.APPEAL: "party_head", P.WITHDRAW_APPEAL: "party_head", P.ANSWER_OCCURRENCE: "party_staff"}
    others |= {P.AMEND_CONTRACT: "supervisor", P.RECORD_PAYMENT: "finance"}
    role = others.get(permission, "reviewer")
    target = make_target(permission, CASE, role)
    assert may(look_as(role), permission, target)
    assert not may(look_as(role, separated), permission, target)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("permission", "role"), [(P.APPEAL, "party_head"), (P.AMEND_CONTRACT, "supervisor")], ids=["appeal", "amend"]
)
def test_a_result_is_appealed_by_its_partys_head_and_a_fee_amended_by_its_authoritys_supervisor(
    permission: Permission, role: str, place: str
) -> None:
    target = make_target(permission, PLACES[place], "")
    able = {one for one in ALL_ROLES if may(look_as(one), permission, target)}
    assert able == ({role} if place == "own" else set())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (P.RECORD_OCCURRENCE, {"reviewer", "supervisor"}),
        (P.CHECK_OCCURRENCE, {"reviewer", "supervisor", "verifier"}),
        (P.ANSWER_OCCURRENCE, {"party_staff", "party_head"}),
    ],
    ids=["record", "check", "answer"],
)
def test_complaints_are_recorded_and_checked_by_the_authority_and_answered_by_the_party(
    permission: Permission, roles: set[str], place: str
) -> None:
    target = make_target(permission, PLACES[place], "")
    able = {one for one in ALL_ROLES if may(look_as(one), permission, target)}
    assert able == (roles if place == "own" else set())


@pytest.mark.parametrize("place", PLACES)
def test_scans_are_filed_by_whoever_handles_the_authoritys_papers_and_signed_sheets_stay_with_it(place: str) -> None:
    able = {
        permission: {role for role in ALL_ROLES if may(look_as(role), permission, make_target(permission, at, ""))}
        for at in (PLACES[place],)
        for permission in (P.FILE_SCAN, P.SEE_SIGNED_SHEET)
    }
    filing = {"reviewer", "appeal_handler", "finance", "supervisor"}
    assert able[P.FILE_SCAN] == (filing if place == "own" else set())
    assert able[P.SEE_SIGNED_SHEET] == (set(AUTHORITY_ROLES) if place == "own" else set())


def test_a_task_of_a_named_person_is_nobody_elses() -> None:
    scorer = look_as("scorer")
    assert may(scorer, P.WORK_ON_TASK, TaskTarget(CASE, "scorer", assigned_to=ME))
    assert not may(scorer, P.WORK_ON_TASK, TaskTarget(CASE, "scorer", assigned_to=SOMEBODY))


def test_someone_standing_in_works_on_the_task_of_the_absent_person() -> None:
    stand_in = Viewer(ME, (Held("scorer", AUTHORITY, holder_id=SOMEBODY),), ON)
    assert may(stand_in, P.WORK_ON_TASK, TaskTarget(CASE, "scorer", assigned_to=SOMEBODY))
    assert not may(stand_in, P.WORK_ON_TASK, TaskTarget(CASE, "scorer", assigned_to=99))


def test_a_claimed_task_is_worked_on_by_its_claimant_only() -> None:
    reviewer = look_as("reviewer")
    assert may(reviewer, P.WORK_ON_TASK, TaskTarget(CASE, "reviewer", claimed_by=ME))
    assert not may(reviewer, P.WORK_ON_TASK, TaskTarget(CASE, "reviewer", claimed_by=SOMEBODY))
    assert not may(reviewer, P.CLAIM_TASK, TaskTarget(CASE, "reviewer", claimed_by=SOMEBODY))


def test_a_closed_task_is_worked_on_by_nobody() -> None:
    assert not may(look_as("reviewer"), P.WORK_ON_TASK, TaskTarget(CASE, "reviewer", is_open=False))


def test_a_role_for_all_programmes_fits_each() -> None:
    everywhere = Viewer(ME, (Held("reviewer", AUTHORITY, programme=None),), ON)
    assert may(everywhere, P.SEE_CASE, CASE)
    assert may(everywhere, P.SEE_CASE, PLACES["another programme's"])


def test_a_role_of_the_other_side_opens_nothing() -> None:
    assert not may(Viewer(ME, (Held("party_staff", AUTHORITY),), ON), P.SEE_CASE, CASE)
    assert not may(Viewer(ME, (Held("reviewer", PARTY),), ON), P.SEE_CASE, CASE)


@pytest.mark.parametrize("permission", TARGETED, ids=name)
def test_a_permission_about_something_is_denied_without_it(permission: Permission) -> None:
    viewer = look_as(*CASE_ROLES)
    assert not may(viewer, permission)
    wrong: Target = CASE if TARGETS[permission] is not CaseTarget else TaskTarget(CASE, "reviewer")
    assert not may(viewer, permission, wrong)


def test_a_refusal_names_what_was_asked() -> None:
    with pytest.raises(NotPermitted) as refused:
        require(look_as("scorer"), P.MANAGE_ACCOUNTS)
    assert refused.value.permission is P.MANAGE_ACCOUNTS
    assert refused.value.message == P.MANAGE_ACCOUNTS.value
    require(look_as("system_admin"), P.MANAGE_ACCOUNTS)
