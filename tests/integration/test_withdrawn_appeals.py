"""An appeal that its party withdraws (撤回复核申请): the result stands, what waited goes on."""

from __future__ import annotations

import pytest
from flask import Flask

from app.audit.queries import list_entries as list_audit
from app.casework.complete_task import complete_task
from app.casework.forms import FormRefused
from app.casework.open_appeal import AppealRefused
from app.casework.withdraw_appeal import WithdrawalRefused
from app.casework.work import APPEAL, PROPOSAL
from app.db import reading, transaction
from app.permissions import NotPermitted
from app.scores.queries import list_sheets
from app.tasks.operations import TaskTaken
from tests.integration.following import REASON, Following, open_lost

LINE = {"special": {"reason": REASON, "facts": {"valid_complaints": 0}}}
GO_ON = {"decision": "continue", "opinion": REASON}


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """Every test has a database of its own."""


def open_appealed() -> Following:
    """A contract under a proposal whose result is appealed; the appeal waits for its handler."""
    world = open_lost()
    world.appeal()
    world.act(APPEAL, "file_appeal", {"contested": LINE})
    return world


def test_a_withdrawn_appeal_changes_no_points_and_no_money_and_its_handler_is_told() -> None:
    world = open_appealed()
    entries, task = world.entries, world.list_tasks(case=world.find(APPEAL))[0]
    closed = world.withdraw("已与考核单位沟通，认可结果")
    assert (closed.status, closed.closed_at, world.list_tasks(case=closed)) == ("withdrawn", world.now, [])
    assert (world.entries, world.state) == (entries, "termination_proposed")
    told = {one.person_id for one in world.list_letters(APPEAL) if one.template == "appeal_withdrawn"}
    assert {world.cast.people[role].id for role in ("appeal_handler", "party_head", "party_staff")} <= told
    with reading() as connection:
        noted = [one for one in list_audit(connection, closed.chain) if one.action == "appeal_withdrawn"]
        assert [one.state for one in list_sheets(connection, world.case.id)] == ["approved"]
    assert [one.actor_id for one in noted] == [world.cast.people["party_head"].id]
    assert "认可结果" in noted[0].details
    handler = world.cast.people["appeal_handler"].on(world.now)
    with transaction() as connection, pytest.raises(TaskTaken, match="withdrawn"):
        complete_task(connection, handler, task.id, {"answers": LINE}, world.now)


def test_an_appeal_that_is_opened_and_not_filed_is_withdrawn_without_a_word_to_the_handler() -> None:
    world = open_lost()
    world.appeal()
    world.withdraw()
    told = {one.person_id for one in world.list_letters(APPEAL) if one.template == "appeal_withdrawn"}
    assert world.cast.people["party_head"].id in told
    assert world.cast.people["appeal_handler"].id not in told


def test_while_the_time_runs_another_appeal_may_follow_and_the_decision_waits_for_it() -> None:
    world = open_appealed()
    world.act(PROPOSAL, "receive_proposal")
    world.act(PROPOSAL, "represent_termination")
    world.withdraw()
    with pytest.raises(FormRefused, match="may still be appealed"):
        world.act(PROPOSAL, "decide_termination", GO_ON)
    again = world.appeal()
    assert not isinstance(again, AppealRefused)
    assert again.code.endswith("-FH2")
    with pytest.raises(FormRefused, match="is open"):
        world.act(PROPOSAL, "decide_termination", GO_ON)
    world.act(APPEAL, "file_appeal", {"contested": LINE})
    world.act(APPEAL, "handle_appeal", {"answers": LINE})
    world.act(APPEAL, "approve_appeal")
    assert (world.state, world.find(PROPOSAL).status) == ("active", "withdrawn")
    third = world.appeal()
    assert isinstance(third, AppealRefused)
    assert "already appealed" in third.message.text


def test_once_the_time_is_over_a_withdrawal_is_final_and_the_decision_goes_on() -> None:
    world = open_appealed()
    world.act(PROPOSAL, "receive_proposal")
    world.act(PROPOSAL, "represent_termination")
    world.wait_days(25)
    with pytest.raises(FormRefused, match="is open"):
        world.act(PROPOSAL, "decide_termination", GO_ON)
    world.withdraw()
    again = world.appeal()
    assert isinstance(again, AppealRefused)
    assert "the time for an appeal ended" in again.message.text
    world.act(PROPOSAL, "decide_termination", GO_ON)
    assert world.state == "active"


def test_only_the_partys_head_withdraws_with_a_reason_and_not_what_is_answered() -> None:
    world = open_appealed()
    for role in ("party_staff", "appeal_handler", "supervisor"):
        with pytest.raises(NotPermitted):
            world.withdraw(role=role)
    for reason in (" ", "长" * 1001):
        with pytest.raises(WithdrawalRefused, match="give a reason"):
            world.withdraw(reason)
    world.act(APPEAL, "handle_appeal", {"answers": LINE})
    with pytest.raises(WithdrawalRefused, match="answered already"):
        world.withdraw()
    world.act(APPEAL, "approve_appeal")
    with pytest.raises(WithdrawalRefused, match="closed already"):
        world.withdraw()
