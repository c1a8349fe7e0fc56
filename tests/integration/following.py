"""What follows from a result, lived step by step: rectifications, proposals, appeals, settlements of one contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from app.calendar.working_days import add_working_days
from app.cases.models import Case
from app.casework.complete_task import complete_task
from app.casework.open_appeal import AppealRefused, open_appeal
from app.casework.withdraw_appeal import withdraw_appeal
from app.casework.work import APPEAL, PROPOSAL, RECTIFICATION, get_calendar
from app.clock import get_china_day
from app.contracts.queries import get_contract
from app.db import reading, transaction
from app.evidence.operations import add_link
from app.ledger.models import LedgerEntry
from app.ledger.queries import list_entries
from app.outbox.models import Message
from app.outbox.queries import list_by_case
from app.submissions.models import RectificationItem
from app.submissions.queries import list_rectification_items
from tests.integration.quarters import lose
from tests.integration.simulating import CHIFENG, reach
from tests.integration.world import World

REASON = "情况属实"
LOST = {"valid_complaints": 6}
"""Complaints that take a quarter of Chifeng below 15: a rectification and a proposal."""


class Following(World):
    """A contract whose first quarter is published; what it opened is worked on by process and step."""

    def publish(self, **changes: object) -> None:
        """Let the first quarter be approved; a second signature is given where it is asked for."""
        facts = reach(self.programme, "Q1", **changes)
        self.do("submit", {"facts": facts})
        self.do("sign_submission")
        self.do("check_completeness")
        self.do("review", {"facts": facts, "notes": dict.fromkeys(facts, REASON)})
        self.score()
        self.do("represent")
        self.do("approve")
        if self.list_tasks("second_sign"):
            self.do("second_sign")

    def publish_lost(self) -> None:
        """Let a first quarter of Hongshan be published that earns next to nothing."""
        self.publish(**lose(self.programme, "Q1"))

    def find(self, process: str) -> Case:
        """The newest case of a process."""
        return [one for one in self.cases if one.process == process][-1]

    def list_steps_open(self, process: str) -> list[str]:
        """The steps at which a case stands."""
        return [task.step for task in self.list_tasks(case=self.find(process))]

    def act(self, process: str, step: str, form: Mapping[str, object] | None = None) -> None:
        """Complete a step of the newest case of a process."""
        case = self.find(process)
        task = self.list_tasks(step, case)[0]
        doer = self.cast.find_by_role(task.role, step).on(self.now)
        with transaction() as connection:
            complete_task(connection, doer, task.id, form or {}, self.now)

    def wait(self, process: str) -> None:
        """Let the time of the open step run out."""
        due = self.list_tasks(case=self.find(process))[0].due_at
        self.tick_on(add_working_days(get_calendar(), get_china_day(due), 1))

    def wait_days(self, days: int) -> None:
        """Let calendar days go by."""
        self.tick_on(get_china_day(self.now) + dt.timedelta(days=days))

    def list_items(self) -> list[RectificationItem]:
        """The failed criteria of the rectification's latest round."""
        with reading() as connection:
            return list_rectification_items(connection, self.find(RECTIFICATION).id)

    def plan(self) -> None:
        """File a plan and have it approved."""
        day = str(get_china_day(self.now))
        line = {"measure": REASON, "responsible": "经办人", "finish_on": day}
        self.act(RECTIFICATION, "plan_rectification", {"items": {one.indicator: line for one in self.list_items()}})
        self.act(RECTIFICATION, "approve_plan")

    def prove_work(self) -> None:
        """Name proof of every criterion's rectification."""
        case, doer = self.find(RECTIFICATION), self.cast.people["party_staff"]
        with transaction() as connection:
            for one in self.list_items():
                link = f"https://proof.invalid/{one.round}/{one.indicator}"
                add_link(connection, doer.actor, case.id, one.indicator, None, link, case.party_id, self.now)

    def report(self) -> None:
        """Report the work on every criterion."""
        self.act(RECTIFICATION, "report_rectification", {"items": {one.indicator: REASON for one in self.list_items()}})

    def verify(self, *, passed: bool, then: str = "") -> None:
        """Find all criteria alike."""
        line = {"passed": passed, "reason": REASON}
        form = {"verdicts": {one.indicator: line for one in self.list_items()}, "then": then}
        self.act(RECTIFICATION, "verify_rectification", form)

    def scan(self) -> int:
        """Upload what proves the arrival of a notice; return its number."""
        case, doer = self.find(PROPOSAL), self.cast.people["reviewer"]
        with transaction() as connection:
            link = "https://proof.invalid/receipt"
            return add_link(connection, doer.actor, case.id, "service", None, link, case.authority_id, self.now).id

    def appeal(self, period: str = "Y1Q1") -> Case | AppealRefused:
        """Let the party's head appeal a quarter's result."""
        quarter = next(one for one in self.cases if one.period == period and one.process == "contract-quarter")
        with transaction() as connection:
            return open_appeal(connection, self.cast.people["party_head"].on(self.now), quarter.id, self.now)

    def withdraw(self, reason: str = REASON, role: str = "party_head") -> Case:
        """Let somebody withdraw the newest appeal."""
        with transaction() as connection:
            return withdraw_appeal(
                connection, self.cast.people[role].on(self.now), self.find(APPEAL).id, reason, self.now
            )

    def contest(self, lines: Mapping[str, Mapping[str, object]]) -> None:
        """Appeal the first quarter on lines, all accepted and signed."""
        self.appeal()
        form = {code: {"reason": REASON, "facts": facts} for code, facts in lines.items()}
        self.act(APPEAL, "file_appeal", {"contested": form})
        self.act(APPEAL, "handle_appeal", {"answers": form})
        self.act(APPEAL, "approve_appeal")

    @property
    def state(self) -> str:
        """Where the contract stands."""
        with reading() as connection:
            return get_contract(connection, self.contract.id).state

    @property
    def entries(self) -> list[LedgerEntry]:
        """The ledger."""
        with reading() as connection:
            return list_entries(connection, self.contract.id)

    def list_letters(self, process: str) -> list[Message]:
        """The letters of a case."""
        with reading() as connection:
            return list_by_case(connection, self.find(process).id)


def live_late_rectification(world: Following) -> None:
    """Late twice with the plan, late twice with the work, failed once, passed in the end."""
    for decision in ("extend", "proceed"):
        world.wait(RECTIFICATION)
        world.act(RECTIFICATION, "decide_late_plan", {"decision": decision, "days": 3, "opinion": REASON})
    for decision in ("extend", "proceed"):
        world.wait(RECTIFICATION)
        world.act(RECTIFICATION, "decide_late_work", {"decision": decision, "days": 3, "opinion": REASON})
    world.verify(passed=False, then="again")
    world.plan()
    world.prove_work()
    world.report()
    world.verify(passed=True)


def live_unproven_termination(world: Following) -> None:
    """A notice that isn't signed for: served again, proven by a scan; answered; ended, the end proven by mail."""
    world.wait(PROPOSAL)
    world.act(PROPOSAL, "prove_proposal", {"decision": "again"})
    world.wait(PROPOSAL)
    proof = {"decision": "served", "manner": "receipt", "arrived_on": str(get_china_day(world.now))}
    world.act(PROPOSAL, "prove_proposal", {**proof, "evidence": world.scan()})
    world.act(PROPOSAL, "represent_termination", {"statement": "正在整改，请求继续履行"})
    world.wait_days(20)
    world.act(PROPOSAL, "decide_termination", {"decision": "end", "basis": "区政府〔2025〕9号", "opinion": REASON})
    world.wait(PROPOSAL)
    world.act(PROPOSAL, "prove_termination", {"decision": "served", "manner": "mail"})


def open_lost(code: str = "F", programme: str = CHIFENG) -> Following:
    """A contract whose first quarter opened a rectification and a proposal."""
    world = Following(programme, code=code)
    if programme == CHIFENG:
        world.publish(**LOST)
    else:
        world.publish_lost()
    return world
