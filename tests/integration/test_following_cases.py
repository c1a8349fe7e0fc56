"""What follows from a result: each kind of bad luck and bad input ends in one defined state, the reason on record."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from app.audit.queries import list_entries as list_audit
from app.casework.amend_fee import amend_fee
from app.casework.complete_task import complete_task
from app.casework.exclusions import Excluded
from app.casework.forms import FormRefused
from app.casework.open_appeal import AppealRefused
from app.casework.work import APPEAL, PROPOSAL, RECTIFICATION
from app.contracts.operations import ContractRefused
from app.contracts.queries import get_contract, list_periods
from app.db import reading, transaction
from app.papers.queries import list_papers_of_contract, map_services
from app.permissions import NotPermitted
from app.scores.queries import list_sheets
from tests.integration.following import (
    REASON,
    Following,
    live_late_rectification,
    live_unproven_termination,
    open_lost,
)
from tests.integration.simulating import CHIFENG, HONGSHAN

END = {"decision": "end", "basis": "区政府〔2025〕9号", "opinion": REASON}
GO_ON = {"decision": "continue", "opinion": REASON}


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """Every test has a database of its own."""


def receive_and_wait(world: Following) -> None:
    """The notice is signed for; the party stays silent, and nobody can appeal any more."""
    world.act(PROPOSAL, "receive_proposal")
    world.wait_days(25)


# Rectification


def test_a_late_rectification_goes_to_the_supervisor_and_may_take_another_round() -> None:
    world = open_lost(programme=HONGSHAN)
    live_late_rectification(world)
    assert world.find(RECTIFICATION).status == "archived"
    assert {one.round for one in world.list_items()} == {2}


def test_a_rectification_names_every_failed_criterion_and_takes_no_report_without_proof() -> None:
    world = open_lost(programme=HONGSHAN)
    assert len(world.list_items()) > 5
    world.plan()
    with pytest.raises(FormRefused, match="upload the proof"):
        world.report()
    world.prove_work()
    world.report()
    assert world.list_steps_open(RECTIFICATION) == ["verify_rectification"]


def test_a_rectification_that_fails_for_good_is_closed_and_the_supervisor_told() -> None:
    world = open_lost(programme=HONGSHAN)
    world.plan()
    world.prove_work()
    world.report()
    with pytest.raises(FormRefused, match="another round"):
        world.verify(passed=False)
    world.verify(passed=False, then="close")
    told = {one.person_id for one in world.list_letters(RECTIFICATION) if one.template == "rectification_verified"}
    assert world.cast.people["supervisor"].id in told
    assert world.find(RECTIFICATION).closed_at is not None


def test_who_scored_does_not_verify() -> None:
    world = open_lost(programme=HONGSHAN)
    world.plan()
    world.prove_work()
    world.report()
    task = world.list_tasks(case=world.find(RECTIFICATION))[0]
    with transaction() as connection, pytest.raises(NotPermitted):
        complete_task(connection, world.cast.scorers[0].on(world.now), task.id, {}, world.now)


# Termination


def test_nothing_runs_before_the_notice_has_arrived() -> None:
    world = open_lost()
    assert (world.state, world.list_steps_open(PROPOSAL)) == ("termination_proposed", ["receive_proposal"])
    world.wait(PROPOSAL)
    for form, wrong in (
        ({"decision": "served", "manner": "receipt", "arrived_on": "2025-04-16"}, "name the scan"),
        ({"decision": "served", "manner": "receipt", "arrived_on": "2020-01-01"}, "between its issue and today"),
        ({"decision": "served"}, "say how"),
    ):
        with pytest.raises(FormRefused) as refused:
            world.act(PROPOSAL, "prove_proposal", form)
        assert any(wrong in str(one.message.text) for one in refused.value.refusals)
    world.act(PROPOSAL, "prove_proposal", {"decision": "again", "opinion": "邮件退信"})
    assert world.list_steps_open(PROPOSAL) == ["receive_proposal"]
    assert len({one.key for one in world.list_letters(PROPOSAL) if one.template == "termination_opened"}) == 4


def test_an_end_takes_effect_when_its_notice_arrives_and_ends_all_that_is_open() -> None:
    world = open_lost()
    receive_and_wait(world)
    world.act(PROPOSAL, "decide_termination", END)
    assert (world.state, world.find(RECTIFICATION).closed_at) == ("termination_proposed", None)
    world.act(PROPOSAL, "receive_termination")
    assert (world.state, world.find(RECTIFICATION).status) == ("terminated", "withdrawn")
    assert world.list_tasks(case=world.find(RECTIFICATION)) == []
    with reading() as connection:
        later = [one for one in list_periods(connection, world.contract.id) if one.opened_at is None]
        services = map_services(connection, world.contract.id)
        kinds = [one.kind for one in list_papers_of_contract(connection, world.contract.id)]
    assert len(later) == 11
    assert all(one.cancelled_at for one in later)
    assert [one.kind for one in world.entries][-1] == "settlement"
    assert len(services) == 2
    assert kinds == ["rectification_notice", "termination_notice", "deduction_notice", "termination_decision"]
    world.wait_days(100)
    assert [one.period for one in world.cases if one.process == "contract-quarter"] == ["Y1Q1"]


def test_service_by_scan_and_by_mail_ends_a_contract_too() -> None:
    world = open_lost()
    live_unproven_termination(world)
    assert world.state == "terminated"
    with reading() as connection:
        manners = [one.manner for one in map_services(connection, world.contract.id).values()]
    assert sorted(manners) == ["mail", "receipt"]


def test_an_end_names_the_document_that_decided_it() -> None:
    world = open_lost()
    receive_and_wait(world)
    with pytest.raises(FormRefused, match="name the document"):
        world.act(PROPOSAL, "decide_termination", {**END, "basis": ""})


def test_who_scored_any_quarter_does_not_decide() -> None:
    world = open_lost()
    receive_and_wait(world)
    task = world.list_tasks("decide_termination", world.find(PROPOSAL))[0]
    scorer = world.cast.scorers[0]
    both = type(scorer)(scorer.id, scorer.name, world.cast.people["approver"].viewer)
    with transaction() as connection, pytest.raises(Excluded, match="whoever scored"):
        complete_task(connection, both.on(world.now), task.id, GO_ON, world.now)


def test_the_decision_waits_until_nobody_can_appeal() -> None:
    world = open_lost()
    world.act(PROPOSAL, "receive_proposal")
    world.act(PROPOSAL, "represent_termination", {"statement": "请求继续履行"})
    with pytest.raises(FormRefused, match="may still be appealed"):
        world.act(PROPOSAL, "decide_termination", GO_ON)
    world.appeal()
    with pytest.raises(FormRefused, match="comes before the decision"):
        world.act(PROPOSAL, "decide_termination", GO_ON)


# Appeal


def test_an_appeal_that_removes_the_cause_withdraws_the_live_proposal() -> None:
    world = open_lost()
    before = world.entries
    world.contest({"special": {"valid_complaints": 0}})
    assert (world.state, world.find(PROPOSAL).status) == ("active", "withdrawn")
    entries = world.entries
    assert entries[: len(before)] == before
    assert [one.kind for one in entries[len(before) :]] == ["reversal"] * len(before)
    assert sum(one.points for one in entries) == sum(one.money for one in entries) == Decimal(0)
    with reading() as connection:
        sheets = list_sheets(connection, world.case.id)
        case = world.find(PROPOSAL)
        reasons = [one.details for one in list_audit(connection, case.chain) if one.action == "case_withdrawn"]
    assert [one.state for one in sheets] == ["superseded", "approved"]
    assert len(reasons) == 1


def test_an_appeal_never_makes_a_result_worse() -> None:
    world = open_lost()
    score_before = world.entries[0].points
    world.contest({"special": {"valid_complaints": 9}})
    assert world.entries[0].points == score_before
    assert [one for one in world.entries if one.cause == "appeal"] == []


def test_a_result_is_appealed_once_in_time_by_the_party_and_a_refusal_stays_on_record() -> None:
    world = open_lost()
    first = world.appeal()
    assert not isinstance(first, AppealRefused)
    second = world.appeal()
    assert isinstance(second, AppealRefused)
    assert "already appealed" in second.message.text
    with reading() as connection:
        found = [one for one in list_audit(connection, world.case.chain) if one.action == "appeal_refused"]
    assert len(found) == 1


def test_an_appeal_after_its_time_is_refused() -> None:
    world = open_lost()
    world.wait_days(30)
    late = world.appeal()
    assert isinstance(late, AppealRefused)
    assert "the time for an appeal ended" in late.message.text


def test_an_appeal_that_nobody_files_lapses() -> None:
    world = open_lost()
    world.appeal()
    world.wait(APPEAL)
    assert world.find(APPEAL).closed_at is not None


def test_an_appeal_is_heard_by_somebody_else_than_the_representation() -> None:
    world = Following(CHIFENG)
    world.file(valid_complaints=6)
    world.do("check_completeness")
    facts = {"facts": {**world_facts(world), "valid_complaints": 6}}
    world.do("review", {**facts, "notes": {"valid_complaints": REASON}})
    world.score()
    line = {"special": {"reason": REASON, "facts": {"valid_complaints": 5}}}
    world.do("represent", {"contested": line})
    world.do("handle_representation", {"answers": line})
    world.do("approve")
    world.do("second_sign")
    world.appeal()
    world.act(APPEAL, "file_appeal", {"contested": line})
    task = world.list_tasks(case=world.find(APPEAL))[0]
    first = world.cast.people["appeal_handler"].on(world.now)
    with transaction() as connection, pytest.raises(Excluded, match="can't hear the appeal"):
        complete_task(connection, first, task.id, {"answers": line}, world.now)


def world_facts(world: Following) -> dict[str, object]:
    """What a first quarter needs to reach everything."""
    from tests.integration.simulating import reach  # noqa: PLC0415  # one test's own need

    return reach(world.programme, "Q1")


# Money


def test_a_fee_amended_in_the_middle_of_a_year_applies_from_the_next() -> None:
    world = open_lost(programme=HONGSHAN)
    money = [one.money for one in world.entries]
    now = world.now + dt.timedelta(days=1)
    fee = Decimal("9000000.00")
    with transaction() as connection, pytest.raises(ContractRefused, match="keeps its fee"):
        amend_fee(connection, None, world.contract.id, 1, fee, "补充协议", now)
    with transaction() as connection:
        amended = amend_fee(connection, None, world.contract.id, 2, fee, "补充协议二", now)
    assert [amended.get_fee(year) for year in (1, 2, 3)] == [world.contract.annual_fee, fee, fee]
    assert [one.money for one in world.entries] == money
    with reading() as connection:
        assert get_contract(connection, world.contract.id).fees == {"2": fee}
