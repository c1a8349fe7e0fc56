"""What SpiffWorkflow 3.2.0 gets wrong, each with a guard: these fail without it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException

from app.processes.parts import Scripts, merge_branches
from app.processes.running import finish, list_ready, make_workflow, run_automatic
from app.processes.specs import Specs
from app.processes.states import dump_state, load_state
from app.processes.values import ProcessFault, StepNotReady, VariableRefused
from tests.unit.processes.building import NOW, Drawing, Run, make, make_bpmn, make_dmn, make_line

DUE = NOW + dt.timedelta(days=2)


def draw(*path: str) -> Drawing:
    drawing = Drawing().add("startEvent", "begin").add("endEvent", "done")
    return drawing.path(" ".join(["begin", *path, "done"]))


def make_countersign(sequential: str = "false") -> Specs:
    drawing = draw("m", "vote", "g").many("vote", "voters", "voter", sequential=sequential)
    drawing.add("exclusiveGateway", "m").add("exclusiveGateway", "g", default="g_to_done").path("g m", "again")
    return make(make_bpmn(drawing), "voters voter again mark")


def test_1_a_case_loaded_in_the_middle_of_a_countersign_loses_no_vote() -> None:
    run = Run(make_countersign(), voters=["x", "y", "z"])
    for left in (2, 1):
        assert len(run.do(run.ready[0])) == left
    run.do(run.ready[0], again=False)
    assert run.is_over


def test_1_a_countersign_one_after_another_goes_through_the_list() -> None:
    run = Run(make_countersign("true"), voters=["x", "y"])
    assert [one.data["voter"] for one in run.ready] == ["x"]
    run.do("vote")
    assert [one.data["voter"] for one in run.ready] == ["y"]
    run.do("vote", again=False)
    assert run.is_over


def draw_loop(*more: str) -> Specs:
    drawing = draw("m", "a", *more, "g").user("a", *more).add("exclusiveGateway", "m")
    drawing.add("exclusiveGateway", "g", default="g_to_done").path("g m", "again")
    return make(make_bpmn(drawing), "again")


def test_2_without_pruning_a_case_below_depth_1000_would_lose_its_open_steps_with_it_the_tree_is_flat() -> None:
    specs = draw_loop("b")
    wild = make_workflow(specs, Scripts(NOW), {})
    run_automatic(wild)
    for _step in range(2 * 250):
        (ready,) = list_ready(wild).values()
        finish(ready, {"again": True})
        run_automatic(wild)
    assert wild.get_tasks(manual=True, state=16) == []
    run = Run(specs)
    sizes = []
    for _step in range(2 * 500):
        run.do(run.ready[0], again=True)
        sizes.append(run.size)
    assert max(sizes[20:]) == max(sizes[20:40])
    run.do("a")
    run.do("b", again=False)
    assert run.is_over


def test_2_a_loop_around_a_split_a_countersign_and_timers_stays_flat_and_ends_rightly() -> None:
    drawing = draw("m", "split", "a", "join", "q", "g").user("a", "q", "late").many("vote", "voters", "voter")
    drawing.timer("over", "a", "due").path("over late join2 join").path("split vote join")
    drawing.flows = [flow for flow in drawing.flows if 'id="a_to_join"' not in flow]
    drawing.path("a join2")
    for gateway in ("m", "join2"):
        drawing.add("exclusiveGateway", gateway)
    drawing.add("parallelGateway", "split").add("parallelGateway", "join")
    drawing.add("exclusiveGateway", "g", default="g_to_done").path("g m", "again")
    run = Run(make(make_bpmn(drawing), "voters voter due again"), voters=["x", "y"], due=DUE.isoformat())
    sizes = []
    for number in range(170):
        assert run.steps == ["a", "vote", "vote"]
        run.do("vote")
        if number % 3 == 0:
            assert run.pass_to(DUE) == ["late", "vote"]
            run.now = NOW
        run.do(run.steps[0])
        assert run.do("vote") == ["q"]
        sizes.append(run.size)
        run.do("q", again=number < 169)
    assert run.is_over
    assert max(sizes[9:]) == max(sizes[9:21])


def test_3_a_case_s_variables_survive_being_stored_in_their_order() -> None:
    run = Run(make(make_bpmn(make_line("a", "b", "c")), "x y"), x="first")
    run.do("a", y=["p", "q"])
    run.do("b", x=None)
    assert run.ready[0].data == {"x": None, "y": ["p", "q"]}


def test_5_a_list_is_kept_as_a_tuple_so_that_no_branch_changes_it_under_another() -> None:
    specs = make(make_bpmn(make_line("a", "b")), "x")
    workflow = make_workflow(specs, Scripts(NOW), {"x": ["p"]})
    run_automatic(workflow)
    again = load_state(dump_state(workflow), specs, Scripts(NOW))
    values = [task.data["x"] for one in (workflow, again) for task in one.tasks.values() if "x" in task.data]
    assert values
    assert all(value == ("p",) and isinstance(value, tuple) for value in values)


def draw_split() -> Specs:
    drawing = draw("split", "a", "join", "c").path("split b join").user("a", "b", "c")
    drawing.add("parallelGateway", "split").add("parallelGateway", "join")
    return make(make_bpmn(drawing), "x y")


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_6_a_branch_s_old_value_does_not_win_over_the_new_value_of_another_branch(order: str) -> None:
    run = Run(draw_split(), x="old", y=["p", "q"])
    for step in order:
        run.do(step, **({"x": "new", "y": ["r"]} if step == "a" else {}))
    assert run.ready[0].data == {"x": "new", "y": ["r"]}


def test_6_of_two_branches_that_change_one_variable_the_last_to_arrive_wins() -> None:
    assert merge_branches({"x": 0, "y": 0}, [{"x": 1, "y": 0}, {"x": 2, "y": 0}]) == {"x": 2, "y": 0}


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_7_a_countersign_can_be_entered_again(sequential: str) -> None:
    run = Run(make_countersign(sequential), voters=["x", "y"])
    for number in range(6):
        run.do(run.ready[0], again=number < 5, mark=number)
    assert run.is_over


def test_7_the_one_who_votes_stands_in_the_vote_and_not_in_what_follows() -> None:
    drawing = draw("vote", "after").many("vote", "voters", "voter").user("after")
    run = Run(make(make_bpmn(drawing), "voters voter"), voters=["x", "y"])
    assert sorted(str(one.data["voter"]) for one in run.ready) == ["x", "y"]
    assert [run.do(run.ready[0]), run.do(run.ready[0])] == [["vote"], ["after"]]
    assert run.ready[0].data == {"voters": ["x", "y"]}


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_7_what_one_voter_gave_is_not_lost_to_what_the_next_started_from(sequential: str) -> None:
    drawing = draw("vote", "after").many("vote", "voters", "voter", sequential=sequential).user("after")
    run = Run(make(make_bpmn(drawing), "voters voter x y"), voters=["p", "q"], x="old")
    run.do(run.find("vote", voter="p"), x="new")
    run.do(run.find("vote", voter="q"), y=True)
    assert run.ready[0].data == {"voters": ["p", "q"], "x": "new", "y": True}


def test_7_a_countersign_of_nobody_is_passed() -> None:
    drawing = draw("vote", "after").many("vote", "voters", "voter").user("after")
    assert Run(make(make_bpmn(drawing), "voters voter"), voters=[]).steps == ["after"]


def test_8_a_vote_given_twice_is_refused() -> None:
    run = Run(make_countersign(), voters=["x", "y", "z"])
    vote = run.ready[0]
    run.do(vote)
    with pytest.raises(StepNotReady):
        run.do(vote)
    assert len(run.ready) == 2


def test_8_a_step_that_is_only_foreseen_is_refused() -> None:
    specs = make(make_bpmn(make_line("a", "b")), "")
    run = Run(specs)
    ahead = next(task for task in run._load().tasks.values() if task.task_spec.name == "b")  # type: ignore[attr-defined]  # a look inside
    with pytest.raises(StepNotReady):
        run.do(type(run.ready[0])(str(ahead.id), "b", "", "", {}, {}))


def test_16_an_error_in_an_automatic_step_is_an_error_and_no_silent_end() -> None:
    def call(_name: str, _variables: Mapping[str, object]) -> Mapping[str, object]:
        raise LookupError("not found")

    run = Run(make(make_bpmn(draw("a", "s").user("a").service("s", "work")), ""), call=call)
    before = run.state
    with pytest.raises(LookupError, match="not found"):
        run.do("a")
    assert run.state == before


def test_a_service_leaves_no_result_of_its_own_among_the_variables() -> None:
    seen: list[Mapping[str, object]] = []

    def call(name: str, variables: Mapping[str, object]) -> Mapping[str, object]:
        seen.append(dict(variables))
        return {"x": name}

    drawing = draw("a", "s", "t", "b").user("a", "b").service("s", "work").service("t", "more")
    run = Run(make(make_bpmn(drawing), "x"), call=call)
    run.do("a")
    assert seen == [{}, {"x": "work"}]
    assert run.ready[0].data == {"x": "more"}


def test_a_decision_table_is_answered() -> None:
    table = make_dmn("True - => 'yes'; False True => 'perhaps'; False False => 'no'")
    specs = make(make_bpmn(draw("a", "r", "b").user("a", "b").rule("r", "decide")), "x y z", {"table": table})
    for x, y, answer in ((True, False, "yes"), (False, True, "perhaps"), (False, False, "no")):
        run = Run(specs)
        run.do("a", x=x, y=y)
        assert run.ready[0].data == {"x": x, "y": y, "z": answer}


def test_a_script_sets_its_variable() -> None:
    run = Run(make(make_bpmn(draw("a", "s", "b").user("a", "b").script("s", "x = not y")), "x y"))
    run.do("a", y=True)
    assert run.ready[0].data == {"x": False, "y": True}


def make_timed() -> Specs:
    drawing = draw("a", "b").user("a", "b", "c").timer("over", "a", "due").path("over c b")
    return make(make_bpmn(drawing), "due")


@pytest.mark.parametrize("year", [1999, 2025, 2031])
@pytest.mark.parametrize("offset", ["+00:00", "+08:00", "-09:30"])
def test_a_timer_is_due_at_its_very_moment_by_the_time_given_whatever_the_machine_s_clock_says(
    year: int, offset: str
) -> None:
    due = dt.datetime.fromisoformat(f"{year}-03-01T00:00:00{offset}")
    run = Run(make_timed(), now=due - dt.timedelta(days=1), due=due.isoformat())
    assert run.due_at == due
    assert run.pass_to(due - dt.timedelta(seconds=1)) == ["a"]
    assert run.pass_to(due) == ["c"]
    assert run.due_at is None


@pytest.mark.parametrize("due", ["2025-06-09T00:00:00", "soon", "P1D", None, 5, ["2025-06-09T00:00:00+00:00"]])
def test_a_timer_s_date_without_an_offset_would_follow_the_machine_s_zone_and_is_refused(due: object) -> None:
    with pytest.raises(VariableRefused, match="due"):
        Run(make_timed(), due=due)


def test_a_timer_s_variable_without_a_value_is_an_error() -> None:
    with pytest.raises((ProcessFault, SpiffWorkflowException, Exception), match="due"):
        Run(make_timed())


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_machine_s_time_zone_does_not_matter(zone: str) -> None:
    code = (
        "from tests.unit.processes.test_traps import *\n"
        "run = Run(make_timed(), now=DUE - dt.timedelta(seconds=1), due='2025-06-03T08:00:00+08:00')\n"
        "print(run.steps, run.due_at.isoformat(), run.pass_to(DUE))"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "TZ": zone, "PYTHONPATH": str(root)}
    done = subprocess.run(  # noqa: S603  # our own interpreter and code
        [sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "['a'] 2025-06-03T00:00:00+00:00 ['c']"


def test_a_timer_that_was_not_due_goes_with_its_step() -> None:
    run = Run(make_timed(), due=DUE.isoformat())
    assert run.do("a") == ["b"]
    assert run.pass_to(DUE + dt.timedelta(days=9)) == ["b"]


def test_a_timer_on_a_countersign_takes_all_votes() -> None:
    drawing = draw("vote", "b").many("vote", "voters", "voter").user("b", "c").timer("over", "vote", "due")
    run = Run(make(make_bpmn(drawing.path("over c b")), "voters voter due"), voters=["x", "y"], due=DUE.isoformat())
    run.do(run.ready[0])
    assert run.pass_to(DUE) == ["c"]
    assert run.do("c") == ["b"]
    run.do("b")
    assert run.is_over


def test_a_timer_on_the_way_waits_by_itself() -> None:
    run = Run(make(make_bpmn(draw("a", "wait", "b").user("a", "b").timer("wait", "", "due")), "due"))
    assert run.do("a", due=DUE.isoformat()) == []
    assert run.due_at == DUE
    assert run.pass_to(DUE) == ["b"]


def test_a_return_arms_timers_anew_with_the_date_given() -> None:
    run = Run(make_timed(), due=DUE.isoformat())
    run.do("a")
    later = DUE + dt.timedelta(days=5)
    assert run.back("b", "a", None, due=later.isoformat()) == ["a"]
    assert run.due_at == later
    assert run.pass_to(DUE) == ["a"]
    assert run.pass_to(later) == ["c"]


def test_a_return_goes_to_a_whole_countersign_never_to_one_vote() -> None:
    drawing = draw("p", "vote", "b").many("vote", "voters", "voter").user("p", "b")
    run = Run(make(make_bpmn(drawing), "voters voter x"))
    run.do("p", voters=["x", "y"])
    run.do(run.ready[0], x="seen")
    assert run.list_targets(run.ready[0]) == ["p"]
    run.do(run.ready[0])
    assert run.list_targets("b") == ["vote", "p"]
    assert run.back("b", "vote", {"voters": ["x", "y", "z"]}) == ["vote"] * 3
    assert all("x" not in one.data for one in run.ready)


def test_a_return_into_an_unfinished_call_and_out_of_it() -> None:
    main = draw("p", "call", "z").user("p", "z").add("callActivity", "call", calledElement="inner")
    inner = Drawing("inner").add("startEvent", "in").user("c", "d").add("endEvent", "out").path("in c d out")
    run = Run(make(make_bpmn(main, inner), "x"))
    run.do("p", x=1)
    run.do("c", x=2)
    assert run.list_targets("d") == ["c", "p"]
    assert run.back("d", "c") == ["c"]
    assert run.ready[0].data == {"x": 1}
    run.do("c")
    assert run.back("d", "p") == ["p"]
    for step in ("p", "c", "d"):
        run.do(step)
    assert run.list_targets("z") == ["p"]
    assert run.back("z", "p") == ["p"]


def test_two_hundred_returns_leave_the_tree_flat() -> None:
    run = Run(draw_loop("b", "c"))
    run.do("a")
    run.do("b")
    size = run.size
    for _number in range(200):
        run.back("c", "a")
        run.do("a")
        run.do("b")
    assert run.size == size


def test_a_state_of_an_unknown_form_is_refused() -> None:
    specs = make(make_bpmn(make_line("a")), "")
    run = Run(specs)
    assert isinstance(load_state(run.state, specs, Scripts(NOW)), BpmnWorkflow)
    with pytest.raises(ValueError, match="unknown format"):
        load_state(_change_format(run.state), specs, Scripts(NOW))


def _change_format(state: bytes) -> bytes:
    return zlib.compress(zlib.decompress(state).replace(b'"format":1', b'"format":9'))
