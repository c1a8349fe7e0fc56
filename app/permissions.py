"""Who may do what: one table, denied by default.

Here: every permission with a sentence for the person who lacks it, and the rule of each as OR-of-AND over values that
are handed in: who looks (`Viewer`), and what at (a target). Not here: loading either of them, and what a page leaves
out of a case that may be seen (another scorer's findings before one's own are in): that is the query's.

A rule is a tuple of ways; each way is a tuple of predicates that must all hold. A permission without a way that holds
is denied, and so is one asked without the target that its rule is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.errors import KaoheError, Message

PARTY_ROLES = frozenset({"party_staff", "party_head"})
JUDGING_ROLES = frozenset({"reviewer", "scorer", "approver", "second_approver", "appeal_handler", "verifier"})
AUTHORITY_ROLES = JUDGING_ROLES | {"local_authority", "finance", "supervisor"}
BOARD_ROLES = frozenset({"approver", "second_approver", "supervisor", "finance"})
FILING_ROLES = frozenset({"reviewer", "appeal_handler", "finance", "supervisor"})
SEPARATED_ROLES = frozenset({"system_admin", "security_admin", "audit_admin"})
"""The three administrators (三员分立): none of them sees a case."""


class Permission(Enum):
    """What can be permitted; the value says who may, for the page that refuses."""

    SIGN_IN = Message("Open to everyone.")
    USE_OWN_ACCOUNT = Message("Sign in first.")
    SEE_INBOX = Message("The inbox is for people with a role in assessments; the three administrators have none.")
    SEE_CASE = Message("A case is open to its authority's people for this programme and to its own party's.")
    WORK_ON_TASK = Message("This task is for the role that it waits for, and for one person once that person has it.")
    CLAIM_TASK = Message("A task is claimed by someone of the role that it waits for, while nobody else has it.")
    RETURN_CASE = Message("A case is returned by whoever reviews, scores, verifies or approves it at this step.")
    APPEAL = Message("A published result is appealed by the party's head.")
    WITHDRAW_APPEAL = Message("An appeal is withdrawn by the party's head.")
    RECORD_PAYMENT = Message("Payments are recorded by finance, as long as the settlement waits for them.")
    UPLOAD_EVIDENCE = Message("Evidence is added by whoever works on the task, as long as it is open.")
    SEE_EVIDENCE = Message("Evidence is open to those who may see its case.")
    SEE_CONTRACT = Message("A contract is open to its authority's people for this programme and to its own party's.")
    SEE_BOARD = Message("The board is for those who sign, supervise and pay.")
    SEE_MAILBOX = Message("Sign in to see the notices sent to you.")
    RESEND_LETTER = Message("A letter that couldn't be delivered is sent again by a supervisor.")
    SEE_INCIDENTS = Message("Failed steps are shown to process administrators.")
    RETRY_INCIDENT = Message("A failed step is repeated by a process administrator.")
    ADD_CONTRACT = Message("Contracts are added by a supervisor or a process administrator.")
    AMEND_CONTRACT = Message("A contract's fee is amended by a supervisor of its authority.")
    RECORD_OCCURRENCE = Message("Complaints and safety incidents are recorded by a reviewer or supervisor.")
    CHECK_OCCURRENCE = Message("Complaints and safety incidents are checked by a reviewer, verifier or supervisor.")
    ANSWER_OCCURRENCE = Message("A complaint or safety incident is answered by the party that it is about.")
    FILE_SCAN = Message("Scans are filed back by a reviewer, appeal handler, finance or supervisor of the authority.")
    SEE_SIGNED_SHEET = Message("A signed score sheet names its scorers: it is open to its authority's people.")
    MANAGE_ACCOUNTS = Message("Accounts are kept by system administrators.")
    SEE_AUDIT = Message("The audit trail is read by audit administrators.")
    SEE_DIAGRAM = Message("Sign in to see the diagrams of the processes.")


class NotPermitted(KaoheError):
    """A person may not do what was asked; `permission` says what that was."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


class Holding(Protocol):
    """A role that a person holds at an organisation, in their own name or for someone absent."""

    @property
    def role(self) -> str:
        """Return the role's code."""

    @property
    def organisation_id(self) -> int:
        """Return the organisation where it is held."""

    @property
    def programme(self) -> str | None:
        """Return the programme that it is held for; None for all of them."""

    @property
    def holder_id(self) -> int:
        """Return the person whose role it is: the viewer, or whom the viewer stands in for."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person's number, the roles held on a day."""

    person_id: int
    holdings: tuple[Holding, ...]
    on: dt.date


@dataclass(frozen=True, slots=True)
class ContractTarget:
    """A contract, by whose it is."""

    id: int
    authority_id: int
    party_id: int
    programme: str


@dataclass(frozen=True, slots=True)
class CaseTarget:
    """A case, by whose it is."""

    id: int
    authority_id: int
    party_id: int
    programme: str
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskTarget:
    """A human task: the role that it waits for, who was named for it, who has it."""

    case: CaseTarget
    role: str
    assigned_to: int | None = None
    claimed_by: int | None = None
    is_open: bool = True


Target = ContractTarget | CaseTarget | TaskTarget | None
Predicate = Callable[[Viewer, Target], bool]
Way = tuple[Predicate, ...]


def may(viewer: Viewer | None, permission: Permission, target: Target = None) -> bool:
    """Whether a viewer has a permission for a target; None stands for someone not signed in."""
    if permission is Permission.SIGN_IN:
        return True
    if viewer is None or not isinstance(target, TARGETS.get(permission, type(None))):
        return False
    return any(all(holds(viewer, target) for holds in way) for way in RULES.get(permission, ()))


def require(viewer: Viewer | None, permission: Permission, target: Target = None) -> None:
    """Raise `NotPermitted` unless a viewer has a permission for a target."""
    if not may(viewer, permission, target):
        raise NotPermitted(permission)


def _holds(*roles: str) -> Predicate:
    """Hold one of the roles anywhere."""

    def holds(viewer: Viewer, _target: Target) -> bool:
        return any(one.role in roles for one in viewer.holdings)

    return holds


def _is_somebody(_viewer: Viewer, _target: Target) -> bool:
    return True


def _is_no_administrator(viewer: Viewer, _target: Target) -> bool:
    return not any(one.role in SEPARATED_ROLES for one in viewer.holdings)


def _get_owned(target: Target) -> CaseTarget | ContractTarget | None:
    return target.case if isinstance(target, TaskTarget) else target


def _fits(holding: Holding, owned: CaseTarget | ContractTarget) -> bool:
    """Whether a holding is the authority's or the party's, for this programme."""
    if holding.programme not in (None, owned.programme):
        return False
    if holding.role in PARTY_ROLES:
        return holding.organisation_id == owned.party_id
    return holding.role in AUTHORITY_ROLES and holding.organisation_id == owned.authority_id


def _is_of_the_authority(viewer: Viewer, target: Target) -> bool:
    owned = _get_owned(target)
    return owned is not None and any(_fits(one, owned) for one in viewer.holdings if one.role in AUTHORITY_ROLES)


def _is_of_the_party(viewer: Viewer, target: Target) -> bool:
    owned = _get_owned(target)
    return owned is not None and any(_fits(one, owned) for one in viewer.holdings if one.role in PARTY_ROLES)


def _holds_its_role(viewer: Viewer, target: Target) -> bool:
    """Hold the task's role where the case is, as the person named for it or standing in for that person."""
    if not isinstance(target, TaskTarget):
        return False
    fitting = [one for one in viewer.holdings if one.role == target.role and _fits(one, target.case)]
    return any(target.assigned_to in (None, viewer.person_id, one.holder_id) for one in fitting)


def _holds_there(*roles: str) -> Predicate:
    """Hold one of the roles where the target is, for its programme."""

    def holds(viewer: Viewer, target: Target) -> bool:
        owned = _get_owned(target)
        return owned is not None and any(_fits(one, owned) for one in viewer.holdings if one.role in roles)

    return holds


def _is_open(_viewer: Viewer, target: Target) -> bool:
    return isinstance(target, TaskTarget) and target.is_open


def _nobody_else_has_it(viewer: Viewer, target: Target) -> bool:
    return isinstance(target, TaskTarget) and target.claimed_by in (None, viewer.person_id)


def _judges(_viewer: Viewer, target: Target) -> bool:
    return isinstance(target, TaskTarget) and target.role in JUDGING_ROLES


def _pays(_viewer: Viewer, target: Target) -> bool:
    return isinstance(target, TaskTarget) and target.role == "finance"


_SEES: tuple[Way, ...] = ((_is_of_the_authority, _is_no_administrator), (_is_of_the_party, _is_no_administrator))
_WORKS: Way = (_holds_its_role, _is_open, _nobody_else_has_it, _is_no_administrator)
_SIGNED_IN: tuple[Way, ...] = ((_is_somebody,),)

RULES: dict[Permission, tuple[Way, ...]] = {
    Permission.SIGN_IN: _SIGNED_IN,
    Permission.USE_OWN_ACCOUNT: _SIGNED_IN,
    Permission.SEE_INBOX: ((_holds(*PARTY_ROLES, *AUTHORITY_ROLES), _is_no_administrator),),
    Permission.SEE_CASE: _SEES,
    Permission.WORK_ON_TASK: (_WORKS,),
    Permission.CLAIM_TASK: (_WORKS,),
    Permission.RETURN_CASE: ((*_WORKS, _judges),),
    Permission.APPEAL: ((_holds_there("party_head"), _is_no_administrator),),
    Permission.WITHDRAW_APPEAL: ((_holds_there("party_head"), _is_no_administrator),),
    Permission.RECORD_PAYMENT: ((*_WORKS, _pays),),
    Permission.UPLOAD_EVIDENCE: (_WORKS,),
    Permission.SEE_EVIDENCE: _SEES,
    Permission.SEE_CONTRACT: _SEES,
    Permission.SEE_BOARD: ((_holds(*BOARD_ROLES), _is_no_administrator),),
    Permission.SEE_MAILBOX: _SIGNED_IN,
    Permission.RESEND_LETTER: ((_holds("supervisor"),),),
    Permission.SEE_INCIDENTS: ((_holds("process_admin"),),),
    Permission.RETRY_INCIDENT: ((_holds("process_admin"),),),
    Permission.ADD_CONTRACT: ((_holds("supervisor", "process_admin"), _is_no_administrator),),
    Permission.AMEND_CONTRACT: ((_holds_there("supervisor"), _is_no_administrator),),
    Permission.RECORD_OCCURRENCE: ((_holds_there("reviewer", "supervisor"), _is_no_administrator),),
    Permission.CHECK_OCCURRENCE: ((_holds_there("reviewer", "supervisor", "verifier"), _is_no_administrator),),
    Permission.ANSWER_OCCURRENCE: ((_is_of_the_party, _is_no_administrator),),
    Permission.FILE_SCAN: ((_holds_there(*FILING_ROLES), _is_no_administrator),),
    Permission.SEE_SIGNED_SHEET: ((_is_of_the_authority, _is_no_administrator),),
    Permission.MANAGE_ACCOUNTS: ((_holds("system_admin"),),),
    Permission.SEE_AUDIT: ((_holds("audit_admin"),),),
    Permission.SEE_DIAGRAM: _SIGNED_IN,
}

TARGETS: dict[Permission, type[ContractTarget | CaseTarget | TaskTarget]] = {
    Permission.SEE_CASE: CaseTarget,
    Permission.WORK_ON_TASK: TaskTarget,
    Permission.CLAIM_TASK: TaskTarget,
    Permission.RETURN_CASE: TaskTarget,
    Permission.APPEAL: CaseTarget,
    Permission.WITHDRAW_APPEAL: CaseTarget,
    Permission.RECORD_PAYMENT: TaskTarget,
    Permission.UPLOAD_EVIDENCE: TaskTarget,
    Permission.SEE_EVIDENCE: CaseTarget,
    Permission.SEE_CONTRACT: ContractTarget,
    Permission.AMEND_CONTRACT: ContractTarget,
    Permission.RECORD_OCCURRENCE: ContractTarget,
    Permission.CHECK_OCCURRENCE: ContractTarget,
    Permission.ANSWER_OCCURRENCE: ContractTarget,
    Permission.FILE_SCAN: ContractTarget,
    Permission.SEE_SIGNED_SHEET: CaseTarget,
}
"""What a permission is about; one that is not here is about nothing in particular."""
