"""Returning to a passed step, against a model of tokens that knows nothing of the engine."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from app.processes.pruning import ROUNDS
from tests.unit.processes.building import NOW, Drawing, Run, make, make_bpmn

SOON = NOW + dt.timedelta(days=10)
VARIABLES = "voters voter again date_p date_a date_f " + " ".join(
    f"v_{step}" for step in ("p", "late", "a1", "a2", "vote", "q", "c1", "c2", "f")
)


def draw_all() -> bytes:
    """A loop around a split with a countersign, a call, and three timers."""
    main = Drawing().add("startEvent", "begin").add("endEvent", "done").add("endEvent", "expired")
    main.user("p", "late", "a1", "a2", "q", "f").many("vote", "voters", "voter")
    main.timer("p_over", "p", "date_p").timer("a_over", "a1", "date_a").timer("f_over", "f", "date_f")
    main.add("parallelGateway", "split").add("parallelGateway", "join")
    main.add("exclusiveGateway", "meet").add("exclusiveGateway", "once_more", default="once_more_to_call")
    main.add("callActivity", "call", calledElement="inner")
    main.path("begin p meet split a1 a2 join q once_more call f done").path("split vote join").path("p_over late meet")
    main.path("a_over a2").path("f_over expired").path("once_more p", "again")
    inner = Drawing("inner").add("startEvent", "in").user("c1", "c2").add("endEvent", "out").path("in c1 c2 out")
    return make_bpmn(main, inner)


SPECS = make(draw_all(), VARIABLES)
Data = dict[str, object]
Chain = list[tuple[str, Data, bool]]


def keep_rounds(chain: Chain) -> Chain:
    """Only the last rounds of each step are kept."""
    return [one for at, one in enumerate(chain) if [step for step, *_ in chain[at:]].count(one[0]) <= ROUNDS]


class Token:
    """One place that is ready: what it started from, and the steps done before it on its own way."""

    def __init__(self, step: str, data: Data, chain: Chain, votes: int = 1) -> None:
        self.step, self.data, self.chain, self.votes = step, data, keep_rounds(chain), votes

    def list_targets(self) -> list[str]:
        """The latest of each step before, unless its branch was joined since."""
        latest: dict[str, bool] = {self.step: False}
        for step, _data, is_open in reversed(self.chain):
            latest.setdefault(step, is_open)
        return [step for step, is_open in latest.items() if is_open]


class Model:
    """What ought to be ready."""

    def __init__(self) -> None:
        data: Data = {"voters": ["x", "y", "z"], **{f"date_{one}": SOON.isoformat() for one in "paf"}}
        self.tokens = [Token("p", data, [])]
        self.arrived: list[Token] = []
        self.base: tuple[Data, Chain] = ({}, [])

    def do(self, token: Token, value: int, *, again: bool) -> None:
        data = {**token.data, f"v_{token.step}": value}
        if token.step == "q":
            data["again"] = again
        if token.step == "vote" and token.votes > 1:
            token.votes -= 1
            token.data_after = data  # type: ignore[attr-defined]
            return
        self._move(token, token.step, data, [*token.chain, (token.step, token.data, True)], again=again)

    def lapse(self, token: Token) -> None:
        self._move(token, f"{token.step}_over", token.data, token.chain)

    def _move(self, token: Token, done: str, data: Data, chain: Chain, *, again: bool = False) -> None:
        self.tokens.remove(token)
        if done in ("p", "late"):
            self.base = (data, chain)
            self.tokens += [Token("a1", data, chain), Token("vote", data, chain, 3)]
        elif done in ("a2", "vote"):
            self._arrive(Token(done, data, chain))
        elif done == "p_over":
            self.tokens.append(Token("late", data, chain))
        elif done in ("a1", "a1_over"):
            self.tokens.append(Token("a2", data, chain))
        elif done == "c2":
            closed = [(step, one, is_open and step not in ("c1", "c2")) for step, one, is_open in chain]
            self.tokens.append(Token("f", data, [one for one in closed if one[2] or one[0] not in ("c1", "c2")]))
        elif done in ("q", "c1"):
            following = {"c1": "c2", "q": "p" if again else "c1"}[done]
            self.tokens.append(Token(following, data, chain))

    def _arrive(self, token: Token) -> None:
        self.arrived.append(token)
        if len(self.arrived) < 2:
            return
        base, before = self.base
        data = dict(base)
        for one in self.arrived:
            data |= {name: value for name, value in one.data.items() if base.get(name) != value}
        closed = [(step, entry, False) for step, entry, _open in token.chain[len(before) :]]
        self.arrived = []
        self.tokens.append(Token("q", data, before + closed))

    def back(self, token: Token, target: str) -> None:
        at = max(at for at, one in enumerate(token.chain) if one[0] == target)
        _step, data, _open = token.chain[at]
        chain = token.chain[:at]
        if token.step in ("a2", "a1") and target == "a1":
            self.tokens.remove(token)
        else:
            self.tokens, self.arrived = [], []
        self.tokens.append(Token(target, data, chain))


def compare(run: Run, model: Model) -> None:
    expected = sorted(token.step for token in model.tokens for _vote in range(token.votes))
    assert run.steps == expected
    for token in model.tokens:
        for one in run.ready:
            if one.step == token.step:
                seen = {name: value for name, value in one.data.items() if name != "voter"}
                assert seen == token.data, token.step


def play(seed: int) -> int:
    """Play a random case; return how many returns it had."""
    chance = random.Random(seed)  # noqa: S311  # a seeded game
    model = Model()
    soon = SOON.isoformat()
    run = Run(SPECS, voters=["x", "y", "z"], date_p=soon, date_a=soon, date_f=soon)
    returns = 0
    for value in range(80):
        compare(run, model)
        if not model.tokens:
            break
        token = chance.choice(model.tokens)
        ready = chance.choice([one for one in run.ready if one.step == token.step])
        assert run.list_targets(ready) == token.list_targets()
        if token.list_targets() and returns < 12 and chance.random() < 0.3:
            target = chance.choice(token.list_targets())
            run.back(ready, target)
            model.back(token, target)
            returns += 1
        elif all(one.step in ("p", "a1", "f", "vote") for one in model.tokens) and chance.random() < 0.1:
            run.pass_to(SOON)
            run.now = NOW
            for one in [one for one in model.tokens if one.step != "vote"]:
                model.lapse(one)
        else:
            again = chance.random() < 0.4
            more: Data = {"again": again} if token.step == "q" else {}
            run.do(ready, **{f"v_{token.step}": value}, **more)
            model.do(token, value, again=again)
    return returns


@pytest.mark.parametrize("seed", [*range(60), 158, 444, 543, 688])
def test_a_random_case_with_returns_always_has_the_right_steps_ready_with_the_right_variables(seed: int) -> None:
    play(seed)
