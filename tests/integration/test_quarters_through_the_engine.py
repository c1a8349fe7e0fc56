"""Quarters through the real engine and tables: the same numbers as the pure computation, step by step."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.programmes.scenario_files import ReadScenario
from app.simulation.run import Simulated
from tests.integration.simulating import CHIFENG, HONGSHAN, reach, simulate, write_scenario

FILED = ["submit", "sign_submission", "check_completeness", "review"]
PLAIN = [*FILED, "score", "approve"]


def agree(scenario: ReadScenario) -> Simulated:
    """Simulate a scenario and hold it against the pure computation."""
    simulated, computed = simulate(scenario), scenario.run()
    assert simulated.term.quarters == computed.quarters
    assert simulated.term.years == computed.years
    assert simulated.term.ledger == computed.ledger
    assert simulated.term.contract_state == computed.contract_state
    return simulated


@pytest.mark.usefixtures("app")
def test_a_quarter_that_reaches_everything_earns_25_and_costs_nothing() -> None:
    simulated = agree(write_scenario(HONGSHAN, [{"facts": reach(HONGSHAN, "Q1")}]))
    assert simulated.term.quarters[0].score == 25
    assert simulated.term.ledger == ()
    assert simulated.steps == {"Y1Q1": PLAIN}


SCORES = {
    "18.4": {"trainees_cumulative": 49, "mentors": 5, "mentor_events": 3, "complete_campus_visits": 3},
    "20": {"trainees_cumulative": 49, "mentors": 5, "mentor_events": 3},
    "19.99": {
        "mentors": 5,
        "mentor_events": 3,
        "complete_online_campaigns": 2,
        "expert_sessions": 1,
        "legal_consultations": 19,
        "it_consultations": 22,
    },
}
COSTS = {"18.4": "160000.00", "20": "0", "19.99": "1000.00"}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("score", SCORES)
def test_below_20_each_point_costs_100000(score: str) -> None:
    simulated = agree(write_scenario(HONGSHAN, [{"facts": reach(HONGSHAN, "Q1", **SCORES[score])}]))
    quarter = simulated.term.quarters[0]
    assert (quarter.score, quarter.money_deducted) == (Decimal(score), Decimal(COSTS[score]))
    assert quarter.rectifications == (Decimal(score) < 20)


@pytest.mark.usefixtures("app")
def test_scorers_who_differ_hold_a_joint_look_at_that_fact() -> None:
    quarter = {
        "facts": reach(HONGSHAN, "Q1"),
        "scorers": [{}, {"mentor_events": 3}],
        "agreed": {"mentor_events": 2},
    }
    simulated = agree(write_scenario(HONGSHAN, [quarter]))
    assert simulated.term.quarters[0].score == 23
    assert simulated.steps["Y1Q1"] == [*FILED, "score", "score", "joint_look", "approve"]


@pytest.mark.usefixtures("app")
def test_scorers_who_correct_alike_need_no_joint_look() -> None:
    quarter = {"facts": reach(HONGSHAN, "Q1"), "scorers": [{"mentors": 2}, {"mentors": 2}]}
    simulated = agree(write_scenario(HONGSHAN, [quarter]))
    assert simulated.term.quarters[0].score == 23
    assert "joint_look" not in simulated.steps["Y1Q1"]


@pytest.mark.usefixtures("app")
def test_a_representation_is_heard_before_the_signature() -> None:
    quarter = {"facts": reach(HONGSHAN, "Q1", mentor_events=1), "representation": {"mentor_events": 4}}
    simulated = agree(write_scenario(HONGSHAN, [quarter]))
    assert simulated.term.quarters[0].score == 25
    assert simulated.steps["Y1Q1"] == [*FILED, "score", "represent", "handle_representation", "approve"]


@pytest.mark.usefixtures("app")
def test_a_representation_never_makes_an_indicator_worse() -> None:
    quarter = {"facts": reach(HONGSHAN, "Q1", mentor_events=1), "representation": {"mentors": 1}}
    simulated = agree(write_scenario(HONGSHAN, [quarter]))
    assert simulated.term.quarters[0].score == 23


def lose(part: str) -> dict[str, object]:
    """Facts of a quarter that earn next to nothing."""
    facts = reach(HONGSHAN, part)
    return {name: (False if isinstance(value, bool) else 0) for name, value in facts.items()}


@pytest.mark.usefixtures("app")
def test_forty_points_lost_take_a_second_signature_and_open_one_proposal_at_a_time() -> None:
    quarters = [{"facts": lose(f"Q{number}")} for number in (1, 2, 3, 4)]
    simulated = agree(write_scenario(HONGSHAN, quarters))
    opened = [quarter.quarter for quarter in simulated.term.quarters if quarter.proposals]
    assert opened == ["Y1Q2", "Y1Q3", "Y1Q4"]
    steps = simulated.steps["Y1Q2"]
    assert steps.index("second_sign") == steps.index("approve") + 1
    assert "decide_termination" in steps
    assert simulated.term.years[0].settlement is not None


@pytest.mark.usefixtures("app")
def test_chifeng_costs_a_fifth_of_the_fee_below_20_and_opens_a_proposal_below_15() -> None:
    facts = reach(CHIFENG, "Q1")
    quarters = [
        {"facts": facts, "special": {"valid_complaints": 3}},
        {"facts": reach(CHIFENG, "Q2"), "special": {"valid_complaints": 6}},
    ]
    simulated = agree(write_scenario(CHIFENG, quarters))
    assert all(quarter.money_deducted == Decimal("2400000.00") for quarter in simulated.term.quarters)
    assert [bool(quarter.proposals) for quarter in simulated.term.quarters] == [False, True]


@pytest.mark.usefixtures("app")
def test_special_points_stop_at_the_caps_of_the_year() -> None:
    special = {"honours_national": 2, "talents_national": 3}
    quarters = [{"facts": reach(CHIFENG, f"Q{number}"), "special": special} for number in (1, 2, 3)]
    simulated = agree(write_scenario(CHIFENG, quarters))
    assert simulated.term.quarters[0].special > simulated.term.quarters[2].special


@pytest.mark.usefixtures("app")
def test_a_whole_year_is_settled_after_its_fourth_quarter() -> None:
    quarters = [{"facts": reach(HONGSHAN, f"Q{number}")} for number in (1, 2, 3, 4)]
    simulated = agree(write_scenario(HONGSHAN, quarters))
    assert simulated.term.ledger[-1].kind == "settlement"
    assert simulated.mails > 0
