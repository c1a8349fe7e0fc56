"""The leader's board (看板): what waits for a signature and what it would do, and every contract by its risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, render_template
from sqlalchemy import Connection

from app.cases.models import Case
from app.cases.queries import list_cases_by_id, list_live_of_contracts
from app.casework.accounts import LedgerDiffers, get_year, read_account
from app.casework.preview import Odometer, preview_approval
from app.casework.work import make_contract_target
from app.contracts.models import Contract
from app.contracts.queries import list_contracts
from app.db import reading
from app.errors import Message
from app.identity.queries import list_organisations
from app.permissions import Permission, Viewer, may
from app.scores.queries import find_sheet
from app.scoring.consequences.parameters import Consequences, TerminationByDeduction
from app.scoring.consequences.term import Term
from app.scoring.model import ZERO
from app.tasks.models import Task
from app.tasks.queries import list_open_of_steps, list_open_tasks_of_cases
from app.web.access import get_viewer, needs
from app.web.contract_page import PERCENT
from app.web.steps_words import STEP_NAMES

blueprint = Blueprint("board", __name__)
SIGNATURES = ("approve", "second_sign", "decide_termination", "approve_appeal", "sign_settlement")
"""The steps at which somebody signs or decides."""
WEIGHED = ("approve", "second_sign")
"""Those whose consequences are computed before they are signed."""
STATE_RISK = {"termination_proposed": 2, "active": 1}


@dataclass(frozen=True, slots=True)
class SignatureView:
    """What waits for a signature: whose, until when, what it would do where that can be computed."""

    task: Task
    case: Case
    step: Message | str
    contract: Contract
    party: str
    is_mine: bool
    odometer: Odometer | None


@dataclass(frozen=True, slots=True)
class RiskView:
    """A contract's year as it stands: points towards the limit, the lowest quarter, CNY deducted and their share.

    `limit`: None where a quarter's score alone decides; then `line` is that score. `risk` grows from 0; from 1 on the
    condition for a proposal holds.
    """

    contract: Contract
    party: str
    year: int
    lost: Decimal
    limit: Decimal | None
    lowest: Decimal | None
    line: Decimal
    money: Decimal
    share: Decimal
    is_warned: bool
    risk: Decimal
    live: tuple[Case, ...]
    due_at: dt.datetime | None
    differs: bool

    @property
    def order(self) -> tuple[object, ...]:
        """The place in the list: a running proposal first, then by risk, then by the share of the fee deducted."""
        return (-STATE_RISK.get(self.contract.state, 0), -self.risk, -self.share, self.contract.code)


@blueprint.get("/board")
@needs(Permission.SEE_BOARD)
def show_board() -> str:
    """Show what waits for a signature, and the contracts by risk."""
    viewer = get_viewer()
    with reading() as connection:
        names = {one.id: one.name for one in list_organisations(connection)}
        seen = [
            one for one in list_contracts(connection) if may(viewer, Permission.SEE_CONTRACT, make_contract_target(one))
        ]
        signatures = list_signatures(connection, viewer, seen, names)
        contracts = list_risks(connection, seen, names)
    return render_template("board.html", signatures=signatures, contracts=contracts)


def list_signatures(
    connection: Connection, viewer: Viewer, seen: Sequence[Contract], names: dict[int, str]
) -> list[SignatureView]:
    """Return the open signatures of the contracts that the viewer may see, due first."""
    by_id = {one.id: one for one in seen}
    tasks = list_open_of_steps(connection, SIGNATURES, list(by_id))
    cases = list_cases_by_id(connection, {one.case_id for one in tasks})
    roles = {one.role for one in viewer.holdings}
    return [
        SignatureView(
            task=task,
            case=(case := cases[task.case_id]),
            step=STEP_NAMES[task.step],
            contract=by_id[case.contract_id],
            party=names[case.party_id],
            is_mine=task.role in roles,
            odometer=_weigh(connection, task, case),
        )
        for task in tasks
    ]


def _weigh(connection: Connection, task: Task, case: Case) -> Odometer | None:
    sheet = find_sheet(connection, case.id) if task.step in WEIGHED else None
    if sheet is None:
        return None
    try:
        return preview_approval(connection, case, sheet)
    except LedgerDiffers:
        return None


def list_risks(connection: Connection, seen: Sequence[Contract], names: dict[int, str]) -> list[RiskView]:
    """Return the contracts by their risk, the highest first."""
    ids = [one.id for one in seen]
    live: dict[int, list[Case]] = {}
    for case in list_live_of_contracts(connection, ids):
        live.setdefault(case.contract_id, []).append(case)
    dues = _find_dues(connection, [case for cases in live.values() for case in cases])
    found = [_make_risk(connection, one, names, live.get(one.id, []), dues) for one in seen]
    return sorted(found, key=lambda one: one.order)


def _find_dues(connection: Connection, cases: Iterable[Case]) -> dict[int, dt.datetime]:
    """Return the next due moment of each case."""
    dues: dict[int, dt.datetime] = {}
    for task in list_open_tasks_of_cases(connection, [one.id for one in cases]):
        dues[task.case_id] = min(task.due_at, dues.get(task.case_id, task.due_at))
    return dues


def _make_risk(
    connection: Connection, contract: Contract, names: dict[int, str], live: list[Case], dues: dict[int, dt.datetime]
) -> RiskView:
    try:
        term, differs = read_account(connection, contract).term, False
    except LedgerDiffers as error:
        term, differs = error.term, True
    parameters = term.parameters
    year = max((one.quarter.year for one in term.accounts), default=max((one.year for one in term.opening), default=1))
    quarters = term.list_year(year)
    scores = [one.effective for one in quarters]
    money = sum((term.ledger.sum_money(code) for code in _list_codes(term, year)), ZERO)
    share = (money * 100 / contract.get_fee(year)).quantize(PERCENT)
    due = [dues[case.id] for case in live if case.id in dues]
    return RiskView(
        contract=contract,
        party=names[contract.vendor_id],
        year=year,
        lost=term.sum_window(year),
        limit=parameters.termination.at if isinstance(parameters.termination, TerminationByDeduction) else None,
        lowest=min(scores, default=None),
        line=parameters.rectification_below,
        money=money,
        share=share,
        is_warned=money > ZERO and share >= parameters.warn_share_percent,
        risk=_find_risk(parameters, term.sum_window(year), min(scores, default=None)),
        live=tuple(live),
        due_at=min(due, default=None),
        differs=differs,
    )


def _list_codes(term: Term, year: int) -> list[str]:
    codes = [one.code for one in term.accounts if one.quarter.year == year]
    return codes + [one.quarter for one in term.opening if get_year(one.quarter) == year]


def _find_risk(parameters: Consequences, lost: Decimal, lowest: Decimal | None) -> Decimal:
    """Return how near a contract is to the condition for a proposal: 1 where it holds, 0 where nothing is lost."""
    condition = parameters.termination
    if isinstance(condition, TerminationByDeduction):
        return max(ZERO, lost / condition.at)
    if lowest is None:
        return ZERO
    room = parameters.quarter_max - condition.below
    return max(ZERO, (parameters.quarter_max - lowest) / room)
