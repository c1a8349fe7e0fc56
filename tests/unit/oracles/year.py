"""A second, independent reading of `kaohe year`: written from interfaces.md and rules.md, never from the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.unit.oracles.quarter import HONGSHAN, ZERO, Facts, Quarter, accept, count_points, find_points, settle_facts

CENT, LIMIT = Decimal("0.01"), Decimal(20)


@dataclass
class Term:
    """The contract's term so far."""

    programme: str
    fee: Decimal
    paid: Decimal
    decisions: list[str]
    quarters: list[Quarter] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    ended: bool = False

    def list_year(self, year: int) -> list[Quarter]:
        return [quarter for quarter in self.quarters if quarter.year == year]

    def post(self, quarter: Quarter, kind: str, amount: Decimal, cause: str) -> None:
        points, money = (ZERO, amount) if kind in {"money", "settlement"} else (amount, ZERO)
        quarter.places[kind] = len(self.ledger)
        self.ledger.append(make_entry(quarter, kind, points, money, cause))

    def reverse(self, quarter: Quarter, kind: str, cause: str) -> None:
        place = quarter.places[kind]
        old = self.ledger[place]
        points, money = -Decimal(old["points"]), -Decimal(old["money"])
        self.ledger.append({**make_entry(quarter, "reversal", points, money, cause), "reverses": place})


def make_entry(quarter: Quarter, kind: str, points: Decimal, money: Decimal, cause: str) -> dict[str, Any]:
    shown = {"points": write_points(points), "money": write_money(money)}
    return {"quarter": quarter.name, "kind": kind, **shown, "cause": cause, "reverses": None}


def write_points(points: Decimal) -> str:
    text = f"{points:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def write_money(money: Decimal) -> str:
    return f"{round_cent(money) + ZERO:.2f}"


def round_cent(money: Decimal) -> Decimal:
    return money.quantize(CENT, ROUND_HALF_UP)


def open_quarter(term: Term, place: int, entry: Mapping[str, Any]) -> Quarter:
    """Return the quarter as it stands before approval: scored, with the representation heard."""
    year, number = place // 4 + 1, place % 4 + 1
    earlier = term.list_year(year)
    nothing = {"talents": ZERO, "innovations": ZERO, "total": ZERO}
    quarter = Quarter(year, number, settle_facts(entry), {}, earlier[-1].used if earlier else nothing)
    quarter.held = dict.fromkeys(entry.get("defer") or [], ZERO)
    count_points(term.programme, quarter)
    if entry.get("representation"):
        quarter.facts = accept(quarter.facts, entry["representation"])
        count_points(term.programme, quarter)
    term.quarters.append(quarter)
    return quarter


def find_raw_money(term: Term, quarter: Quarter) -> Decimal:
    """Return what a quarter costs before the year's fee bounds it."""
    if quarter.effective >= LIMIT:
        return ZERO
    if term.programme == HONGSHAN:
        return round_cent((LIMIT - quarter.effective) * 100_000)
    return round_cent(term.fee * 20 / 100)


def bound_money(term: Term, year: int) -> list[Decimal]:
    """Return the money of a year's quarters: they stop at the fee, in quarter order."""
    left, found = term.fee, []
    for quarter in term.list_year(year):
        found.append(min(left, find_raw_money(term, quarter)))
        left -= found[-1]
    return found


def post_money_differences(term: Term, quarters: list[Quarter], cause: str) -> None:
    """Post how the money of these quarters changed."""
    for quarter, money in zip(term.list_year(quarters[0].year), bound_money(term, quarters[0].year), strict=True):
        if any(quarter is one for one in quarters) and money != quarter.money:
            term.post(quarter, "money", money - quarter.money, cause)
            quarter.money = money


def settle_deferrals(term: Term, last: Quarter, made_up: Mapping[str, Any]) -> None:
    """Score every held indicator of the year's earlier quarters once more, by its own quarter's rule."""
    earlier = [quarter for quarter in term.list_year(last.year) if quarter is not last]
    for quarter in earlier:
        released, lost = ZERO, ZERO
        for code, held in quarter.held.items():
            facts = {**quarter.facts, **made_up.get(quarter.name, {}).get(code, {})}
            again = find_points(term.programme, quarter.number, facts)[code]
            gained = max(ZERO, again - quarter.points[code])
            quarter.points[code] += gained
            released, lost = released + gained, lost + held - gained
        quarter.held = {}
        if released:
            term.post(quarter, "released", released, "deferral")
        if lost:
            term.post(quarter, "points", lost, "deferral")
        post_money_differences(term, earlier, "deferral")


def is_cause_given(term: Term, quarter: Quarter) -> bool:
    """Return whether a termination may be proposed."""
    if term.programme == HONGSHAN:
        return sum((one.deducted for one in term.list_year(quarter.year)), ZERO) >= 40
    return quarter.score < 15


def approve(term: Term, quarter: Quarter) -> None:
    """Approve a quarter: its points, held points and money are posted, proposals and rectification opened."""
    if quarter.deducted:
        term.post(quarter, "points", quarter.deducted, "score")
    if quarter.held_sum:
        term.post(quarter, "held", quarter.held_sum, "score")
    post_money_differences(term, [quarter], "score")
    quarter.proposals = ["termination"] if is_cause_given(term, quarter) else []
    quarter.rectifications = int(quarter.effective < LIMIT)


def hear_appeal(term: Term, quarter: Quarter, appeal: Facts) -> None:
    """Take over the facts accepted after publication; what changes is reversed and posted anew."""
    before = {"points": quarter.deducted, "held": quarter.held_sum, "money": quarter.money}
    quarter.facts = accept(quarter.facts, appeal)
    count_points(term.programme, quarter)
    quarter.money = bound_money(term, quarter.year)[-1]
    after = {"points": quarter.deducted, "held": quarter.held_sum, "money": quarter.money}
    changed = [kind for kind in before if before[kind] != after[kind]]
    for kind in changed:
        if before[kind]:
            term.reverse(quarter, kind, "appeal")
    for kind in changed:
        if after[kind]:
            term.post(quarter, kind, after[kind], "appeal")


def decide(term: Term, quarter: Quarter) -> None:
    """Decide a live proposal; one whose cause an appeal removed is withdrawn and uses no decision."""
    if not quarter.proposals or not is_cause_given(term, quarter):
        return
    decision = term.decisions.pop(0) if term.decisions else "continue"
    if decision != "end":
        return
    term.ended = True
    year = term.list_year(quarter.year)
    for one in year:
        held, one.held = one.held_sum, {}
        if held:
            term.post(one, "points", held, "termination")
        post_money_differences(term, year, "termination")


def find_settlement(term: Term, year: list[Quarter]) -> tuple[Decimal, Decimal]:
    """Return what is released and what is withheld at a year's end."""
    rest = max(ZERO, term.fee - sum((one.money for one in year), ZERO) - term.paid)
    is_terminated = term.ended and year[-1] is term.quarters[-1]
    is_short = term.programme == HONGSHAN and sum((one.effective for one in year), ZERO) <= 60
    return (ZERO, rest) if is_terminated or is_short else (rest, ZERO)


def describe_year(term: Term, number: int) -> dict[str, Any]:
    year = term.list_year(number)
    score = sum((one.score for one in year), ZERO)
    settlement = None
    if len(year) == 4 or term.ended:
        released, withheld = find_settlement(term, year)
        settlement = {"released": write_money(released), "withheld": write_money(withheld)}
    return {
        "year": number,
        "score": write_points(score if term.programme == HONGSHAN else min(Decimal(100), score)),
        "cumulative_deduction": write_points(sum((one.deducted for one in year), ZERO)),
        "money_deducted": write_money(sum((one.money for one in year), ZERO)),
        "settlement": settlement,
    }


def describe_quarter(term: Term, quarter: Quarter) -> dict[str, Any]:
    so_far = [one.deducted for one in term.list_year(quarter.year) if one.number <= quarter.number]
    return {
        "quarter": quarter.name,
        "score": write_points(quarter.score),
        "held": write_points(quarter.held_sum),
        "points_deducted": write_points(quarter.deducted),
        "money_deducted": write_money(quarter.money),
        "cumulative_deduction": write_points(sum(so_far, ZERO)),
        "proposals": quarter.proposals,
        "rectifications": quarter.rectifications,
        "special": write_points(quarter.special),
    }


def compute_year(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return what `kaohe year` says of a decoded scenario."""
    contract = scenario["contract"]
    decisions = list((scenario.get("decisions") or {}).get("termination") or [])
    fee, paid = Decimal(str(contract["annual_fee"])), Decimal(str(contract.get("paid", 0)))
    term = Term(scenario["programme"], fee, paid, decisions)
    for place, entry in enumerate(scenario["quarters"]):
        quarter = open_quarter(term, place, entry)
        if quarter.number == 4:
            settle_deferrals(term, quarter, entry.get("made_up") or {})
        approve(term, quarter)
        if entry.get("appeal"):
            hear_appeal(term, quarter, entry["appeal"])
        decide(term, quarter)
        if quarter.number == 4 or term.ended:
            released, _ = find_settlement(term, term.list_year(quarter.year))
            term.post(quarter, "settlement", released, "annual")
        if term.ended:
            break
    over = len(term.quarters) == 4 * int(contract["years"])
    return {
        "quarters": [describe_quarter(term, one) for one in term.quarters],
        "years": [describe_year(term, year) for year in sorted({one.year for one in term.quarters})],
        "ledger": term.ledger,
        "contract_state": "terminated" if term.ended else "settled" if over else "active",
    }
