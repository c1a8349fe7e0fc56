"""What approved scores lead to, lived through the engine: every scenario comes to what is computed purely."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from flask import Flask

from app.cases.queries import list_cases_of_contract
from app.casework.work import APPEAL, PROPOSAL, RECTIFICATION
from app.db import reading
from app.simulation.run import Simulated
from tests.integration.losing import lose_exactly
from tests.integration.simulating import CHIFENG, HONGSHAN, reach, write_scenario
from tests.integration.test_quarters_through_the_engine import agree

PARTS = ("Q1", "Q2", "Q3", "Q4")
THIRDS = ("13.34", "13.33")


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """Every scenario has a database of its own."""


def live(*lost: str, decisions: tuple[str, ...] = (), **changes: Mapping[str, object]) -> Simulated:
    """Quarters of Hongshan that lose exactly these points; `changes`: more keys of a quarter, by `Y1Q3`."""
    quarters = [
        {"facts": lose_exactly(PARTS[place % 4], one), **changes.get(f"Y{place // 4 + 1}{PARTS[place % 4]}", {})}
        for place, one in enumerate(lost)
    ]
    return agree(write_scenario(HONGSHAN, quarters, decisions=decisions))


def list_statuses(simulated: Simulated, process: str) -> list[str]:
    """Where a contract's cases of a process ended."""
    with reading() as connection:
        found = list_cases_of_contract(connection, simulated.contract_id)
    return [one.status for one in found if one.process == process]


def list_proposals(simulated: Simulated) -> list[str]:
    return [one.quarter for one in simulated.term.quarters if one.proposals]


def test_exactly_40_points_open_a_proposal_and_39_99_open_none() -> None:
    assert list_proposals(live(*THIRDS, "13.33")) == ["Y1Q3"]
    assert list_proposals(live(*THIRDS, "13.32")) == []


def test_40_reached_and_appealed_back_below_withdraws_the_proposal_without_a_decision() -> None:
    better = {"appeal": {"mentors": 6, "mentor_events": 3}}
    simulated = live(*THIRDS, "13.33", "0", decisions=("end",), Y1Q3=better)
    assert list_statuses(simulated, PROPOSAL) == ["withdrawn"]
    assert list_statuses(simulated, APPEAL) == ["archived"]
    assert simulated.term.years[0].cumulative_deduction < 40
    assert {one.cause for one in simulated.term.ledger} >= {"score", "appeal", "annual"}


def test_after_continue_another_deduction_opens_the_next_proposal() -> None:
    simulated = live(*THIRDS, "13.33", "1", decisions=("continue", "continue"))
    assert list_proposals(simulated) == ["Y1Q3", "Y1Q4"]
    assert simulated.term.years[0].settlement is not None
    assert simulated.term.years[0].settlement.released == 0


def test_an_end_leaves_later_quarters_out_and_withholds_the_year() -> None:
    simulated = live(*THIRDS, "13.33", "0", decisions=("end",))
    assert [one.quarter for one in simulated.term.quarters] == ["Y1Q1", "Y1Q2", "Y1Q3"]
    assert simulated.term.contract_state == "terminated"
    assert simulated.term.ledger[-1].kind == "settlement"
    assert simulated.steps["Y1Q3"][-1] == "receive_termination"


ALL = {"online_news": 6, "outdoor_ads": 2, "short_videos": 30, "regional_media": 2, "municipal_media": 2}
HELD = {"defer": ["publicity"]}


@pytest.mark.parametrize(
    ("made_up", "released", "lost"),
    [(ALL, "2", "0"), ({"online_news": 6}, "0.5", "1.5"), ({}, "0", "2")],
    ids=["in full", "in part", "not at all"],
)
def test_what_was_deferred_is_released_as_far_as_it_was_made_up(
    made_up: Mapping[str, object], released: str, lost: str
) -> None:
    nothing = dict.fromkeys(ALL, 0)
    first = {"facts": reach(HONGSHAN, "Q1", **nothing), **HELD}
    rest = [{"facts": reach(HONGSHAN, part)} for part in PARTS[1:]]
    last = {**rest[-1], "made_up": {"Y1Q1": {"publicity": made_up}}}
    simulated = agree(write_scenario(HONGSHAN, [first, *rest[:-1], last]))
    sums = {
        kind: sum(one.points for one in simulated.term.ledger if one.kind == kind)
        for kind in ("held", "released", "points")
    }
    assert sums == {"held": Decimal(2), "released": Decimal(released), "points": Decimal(lost)}


def test_what_is_held_is_lost_when_the_contract_ends() -> None:
    nothing = dict.fromkeys(ALL, 0)
    first = {"facts": reach(HONGSHAN, "Q1", **nothing), **HELD}
    others = [{"facts": lose_exactly(part, lost)} for part, lost in (("Q2", "19.5"), ("Q3", "20.5"))]
    simulated = agree(write_scenario(HONGSHAN, [first, *others], decisions=("end",)))
    assert ("Y1Q1", "points", Decimal(2), "termination") in [
        (one.quarter, one.kind, one.points, one.cause) for one in simulated.term.ledger
    ]


@pytest.mark.parametrize(("verdicts", "rounds"), [(["fail", "fail"], 2), (["fail", "fail", "pass"], 3)])
def test_a_rectification_may_fail_twice(verdicts: list[str], rounds: int) -> None:
    simulated = live("6", Y1Q1={"rectification": verdicts})
    assert simulated.steps["Y1Q1"].count("verify_rectification") == rounds
    assert list_statuses(simulated, RECTIFICATION) == ["archived"]


def test_special_points_of_chifeng_stop_at_the_caps_of_each_year() -> None:
    honours = {"special": {"honours_national": 2, "talents_national": 3}}
    quarters = [{"facts": reach(CHIFENG, PARTS[place % 4]), **honours} for place in range(5)]
    simulated = agree(write_scenario(CHIFENG, quarters))
    assert [str(one.special) for one in simulated.term.quarters] == ["26", "4", "0", "0", "26"]
    assert simulated.term.years[0].score == 100
    assert all("second_sign" in simulated.steps[code] for code in ("Y1Q1", "Y1Q2", "Y2Q1"))


def test_three_years_in_a_row_are_settled_one_by_one() -> None:
    simulated = live(*["1"] * 4, *["6", "0", "0", "0"], *["0.5"] * 4)
    assert simulated.term.contract_state == "settled"
    settlements = [one for one in simulated.term.ledger if one.kind == "settlement"]
    assert [(one.quarter, one.money) for one in settlements] == [
        ("Y1Q4", Decimal("12000000.00")),
        ("Y2Q4", Decimal("11900000.00")),
        ("Y3Q4", Decimal("12000000.00")),
    ]
