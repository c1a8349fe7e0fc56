"""What is refused when a diagram is deployed, and that everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.processes.checking import Checked, check_diagram
from app.processes.parsing import parse
from app.processes.values import ProcessRefused
from app.processes.xml_files import read_xml
from tests.unit.processes.building import LANE, Drawing, make_bpmn, make_dmn, make_line

VARIABLES = ["x", "y", "z", "due", "voters", "voter", "kind"]


def check(bpmn: bytes, decisions: dict[str, bytes] | None = None, variables: list[str] = VARIABLES) -> Checked:
    return check_diagram(bpmn, decisions or {}, [LANE], ["work"], variables)


def refuse(bpmn: bytes, decisions: dict[str, bytes] | None = None, variables: list[str] = VARIABLES) -> list[str]:
    with pytest.raises(ProcessRefused) as refused:
        check(bpmn, decisions, variables)
    return [str(one) for one in refused.value.problems]


def draw(*path: str) -> Drawing:
    """begin → a → more → done, the rest to be drawn."""
    drawing = Drawing().add("startEvent", "begin").user("a").add("endEvent", "done")
    return drawing.path(" ".join(["begin", "a", *path, "done"]))


def branch(*conditions: str, default: int | None = None) -> bytes:
    """A diamond with arrows to the steps b0, b1 …"""
    more = {} if default is None else {"default": f"fork_to_b{default}"}
    drawing = draw("fork", "b0").add("exclusiveGateway", "fork", **more)
    drawing.flows = [flow for flow in drawing.flows if 'id="fork_to_b0"' not in flow]
    for number, condition in enumerate(conditions):
        drawing.user(f"b{number}").path(f"fork b{number}", condition or None)
        if number:
            drawing.path(f"b{number} done")
    return make_bpmn(drawing)


def test_a_plain_diagram_passes() -> None:
    assert check(make_bpmn(make_line("a", "b"))) == Checked(
        "main", (), {"begin a": "begin_to_a", "a b": "a_to_b", "b done": "b_to_done"}
    )


def test_all_problems_are_told_not_only_the_first() -> None:
    drawing = draw("b", "c").user("b", lane=False).service("c", "unknown")
    drawing.nodes[1] = drawing.nodes[1].replace('name="step a"', 'name=" "')
    found = refuse(make_bpmn(drawing))
    assert len(found) == 3
    assert all(any(one in problem for problem in found) for one in ("a", "step b (b)", "unknown"))


def _with_lane(name: str) -> Drawing:
    drawing = draw()
    drawing.lane = name
    return drawing


def _not_executable() -> Drawing:
    drawing = draw()
    drawing.executable = "false"
    return drawing


REFUSED: dict[str, tuple[Callable[[], Drawing], str]] = {
    "a lane that is no role": (lambda: _with_lane("陌生人"), "陌生人"),
    "a service task before the first human step": (
        lambda: (
            Drawing()
            .add("startEvent", "begin")
            .service("s", "work")
            .user("a")
            .add("endEvent", "done")
            .path("begin s a done")
        ),
        "before the first human step",
    ),
    "an operation with parameters": (
        lambda: draw("s").service("s", "work", '<s:parameter id="p" type="str" value="9**9"/>'),
        "parameter is not supported",
    ),
    "a result variable": (lambda: draw("s").service("s", "work", resultVariable="x"), "no result variable"),
    "a script of two lines": (lambda: draw("s").script("s", "x = y\nz = y"), "one line"),
    "a script that calls": (lambda: draw("s").script("s", "x = open('f')"), "Call"),
    "a script that sets an unknown variable": (lambda: draw("s").script("s", "other = x"), "other"),
    "a script that reads an unknown variable": (lambda: draw("s").script("s", "x = other"), "other"),
    "a pre-script": (
        lambda: draw("b").user("b", inside="<extensionElements><s:preScript>x=1</s:preScript></extensionElements>"),
        "preScript",
    ),
    "a timer of a duration": (
        lambda: (
            draw("b")
            .user("b")
            .add("endEvent", "out")
            .path("t out")
            .add(
                "boundaryEvent",
                "t",
                "<timerEventDefinition><timeDuration>'PT1H'</timeDuration></timerEventDefinition>",
                attachedToRef="b",
            )
        ),
        "timeDuration",
    ),
    "a timer with a date written in": (
        lambda: draw("b").user("b").add("endEvent", "out").timer("t", "b", "'2025-01-01'").path("t out"),
        "2025-01-01",
    ),
    "a timer on a service": (
        lambda: draw("b").service("b", "work").add("endEvent", "out").timer("t", "b", "due").path("t out"),
        "human step",
    ),
    "a timer that does not end its step": (
        lambda: draw("b").user("b").add("endEvent", "out").timer("t", "b", "due", cancelActivity="false").path("t out"),
        "ends the step",
    ),
    "an inclusive gateway": (lambda: draw("g").add("inclusiveGateway", "g"), "inclusiveGateway"),
    "an event-based gateway": (lambda: draw("g").add("eventBasedGateway", "g"), "eventBasedGateway"),
    "a manual task": (lambda: draw("g").add("manualTask", "g"), "manualTask"),
    "a conditional event": (
        lambda: draw("g").add(
            "intermediateCatchEvent",
            "g",
            "<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>",
        ),
        "conditionalEventDefinition",
    ),
    "a signal end": (
        lambda: draw("b").user("b").add("endEvent", "out", "<signalEventDefinition/>"),
        "signalEventDefinition",
    ),
    "a terminate end": (
        lambda: draw("b").user("b").add("endEvent", "out", "<terminateEventDefinition/>"),
        "terminateEventDefinition",
    ),
    "a message start": (
        lambda: draw().add("startEvent", "second", "<messageEventDefinition/>").path("second a"),
        "messageEventDefinition",
    ),
    "an event sub-process": (
        lambda: draw().add("subProcess", "sub", '<startEvent id="s"/>', triggeredByEvent="true"),
        "event subProcess",
    ),
    "an ad-hoc sub-process": (lambda: draw("sub").add("adHocSubProcess", "sub"), "adHocSubProcess"),
    "a standard loop": (
        lambda: draw("b").user("b", inside='<standardLoopCharacteristics loopMaximum="3"/>'),
        "standardLoopCharacteristics",
    ),
    "a cardinality": (
        lambda: draw("b").user(
            "b",
            inside="<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
            "</multiInstanceLoopCharacteristics>",
        ),
        "loopCardinality",
    ),
    "a completion condition": (
        lambda: draw("b").many("b", "voters", "voter", "<completionCondition>x</completionCondition>"),
        "completionCondition",
    ),
    "a multi-instance over an unknown list": (lambda: draw("b").many("b", "others", "voter"), "list"),
    "a multi-instance service": (
        lambda: (
            draw("b")
            .add(
                "scriptTask",
                "b",
                '<multiInstanceLoopCharacteristics><loopDataInputRef>v</loopDataInputRef><inputDataItem id="voter"/>'
                "</multiInstanceLoopCharacteristics><script>x = y</script>",
            )
            .add("userTask", "v")
        ),
        "only a human step",
    ),
    "a data object": (lambda: draw().add("dataObject", "data"), "dataObject"),
    "a dangling reference to a data object": (
        lambda: draw().add("dataObjectReference", "ref", dataObjectRef="a"),
        "dataObjectReference",
    ),
    "an arrow back to its own step": (lambda: draw().path("a a"), "own element"),
    "an unreachable step": (lambda: draw().user("b").path("b done"), "can't be reached"),
    "a dead end": (lambda: draw().user("b").add("parallelGateway", "g").path("a g b"), "dead end"),
    "a step with two arrows": (lambda: draw().user("b").path("a b done"), "several arrows"),
    "two ways between the same elements": (
        lambda: draw("g").add("exclusiveGateway", "g", default="g_to_done").path("g done", "x", "again"),
        "two arrows",
    ),
    "a process without an end": (
        lambda: Drawing().add("startEvent", "begin").user("a", "b").path("begin a b a"),
        "has no end",
    ),
    "a loop that never ends": (
        lambda: draw("g").add("parallelGateway", "g").user("b", "c").path("g b c b"),
        "never comes to an end",
    ),
    "a loop without people": (
        lambda: (
            draw("m", "s", "g")
            .add("exclusiveGateway", "m")
            .service("s", "work")
            .add("exclusiveGateway", "g", default="g_to_done")
            .path("g m", "x")
        ),
        "without a human step",
    ),
    "a timer that leads back to its own step": (
        lambda: draw().timer("t", "a", "due").path("t a"),
        "without a human step",
    ),
    "a condition on a step's arrow": (
        lambda: draw("b").user("b").path("a done", "x"),
        "only a diamond",
    ),
    "a call of an unknown process": (lambda: draw("call").add("callActivity", "call", calledElement="other"), "other"),
    "a process that is not executable": (_not_executable, "executable"),
    "two starts": (lambda: draw().add("startEvent", "second").path("second a"), "2 starts"),
    "a join after a diamond": (
        lambda: (
            draw("x1", "b", "j")
            .add("exclusiveGateway", "x1", default="x1_to_b")
            .user("b", "c")
            .add("parallelGateway", "j")
            .path("x1 c", "x")
            .path("c j")
        ),
        "may wait for ever",
    ),
    "a split that a diamond brings together": (
        lambda: (
            draw("p", "b", "j", "d")
            .add("parallelGateway", "p")
            .user("b", "c", "d")
            .add("exclusiveGateway", "j")
            .path("p c j")
        ),
        "without a join",
    ),
    "a way out of a branch before its join": (
        lambda: (
            draw("p", "b", "out", "j")
            .add("parallelGateway", "p")
            .user("b", "c")
            .add("exclusiveGateway", "out", default="out_to_j")
            .add("parallelGateway", "j")
            .path("p c j")
            .path("out a", "x")
        ),
        "without a join",
    ),
    "a decision that is not there": (lambda: draw("r").rule("r", "unknown"), "unknown"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_engine_runs_wrongly_or_not_at_all_is_refused(case: str) -> None:
    drawing, words = REFUSED[case]
    assert any(words in problem for problem in refuse(make_bpmn(drawing())))


@pytest.mark.parametrize("identity", ["Start", "End", "Root", "main.EndJoin", "a.BoundaryEventSplit", "s" * 61])
def test_an_id_that_the_engine_takes_for_its_own_would_skip_a_step_and_is_refused(identity: str) -> None:
    assert any("id" in problem for problem in refuse(make_bpmn(make_line(identity))))


def test_an_operation_with_its_task_s_id_would_hide_the_task_and_is_refused() -> None:
    assert any("same id" in problem for problem in refuse(make_bpmn(draw("work").service("work", "work"))))


def test_a_process_that_calls_itself_through_another_is_refused() -> None:
    main = draw("call").add("callActivity", "call", calledElement="inner")
    inner = Drawing("inner").add("startEvent", "in").add("endEvent", "out").path("in again out")
    inner.add("callActivity", "again", calledElement="inner")
    assert any("can't call itself" in problem for problem in refuse(make_bpmn(main, inner)))


def test_a_called_process_passes() -> None:
    main = draw("call").add("callActivity", "call", calledElement="inner")
    inner = Drawing("inner").add("startEvent", "in").user("i").add("endEvent", "out").path("in i out")
    assert check(make_bpmn(inner, main)).process_id == "main"


@pytest.mark.parametrize(
    "bpmn",
    [
        branch("x", "not x"),
        branch("x", "", default=1),
        branch("x and y", "x and not y", "", default=2),
        branch("kind == 'a'", "kind == 'b'", "", default=2),
        branch("x and y", "x and not y", "not x"),
        branch("kind in ['a', 'b']", "kind not in ['a', 'b']"),
    ],
)
def test_a_diamond_with_exactly_one_way_passes(bpmn: bytes) -> None:
    check(bpmn)


@pytest.mark.parametrize(
    ("bpmn", "words"),
    [
        (branch("x", "y"), "more than one"),
        (branch("x", "y", "", default=2), "more than one"),
        (branch("x and y", "not x"), "no condition may hold"),
        (branch("kind == 'a'", "kind == 'b'"), "no condition may hold"),
        (branch("x", ""), "give a condition"),
        (branch("x", "not other"), "other"),
        (branch("x", "not (x"), "not an expression"),
        (branch("x", "y > 40", "", default=2), "not allowed"),
        (branch("x", "len(voters)", "", default=2), "Call"),
        (branch("x", "y", default=1), "default arrow has no condition"),
    ],
)
def test_a_diamond_whose_way_would_hang_on_how_it_is_drawn_is_refused(bpmn: bytes, words: str) -> None:
    assert any(words in problem for problem in refuse(bpmn))


@pytest.mark.parametrize("name", ["typename", "__class__", "_x", "len", "print", "True", "class", "a-b", "年", "now"])
def test_a_variable_whose_name_would_break_a_case_is_refused(name: str) -> None:
    assert any(name in problem for problem in refuse(make_bpmn(make_line("a")), variables=[name]))


PLAIN = make_bpmn(make_line("a"))
BOMB = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 9) for n in range(1, 12))


@pytest.mark.parametrize(
    "source",
    [
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd">' + PLAIN,
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + PLAIN,
        b'<!DOCTYPE d [<!ENTITY e "in">]>' + PLAIN,
        b"<!doctype d>" + PLAIN,
        b'<!DOCTYPE d [<!ENTITY e0 "x">' + BOMB + b"]><d>&e11;</d>",
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY e "in">]><d>&e;</d>').encode("utf-16"),
        b"<d>&undefined;</d>",
        b"<d>" * 5000 + b"</d>" * 5000,
        b"<d><e></d>",
        b"",
        b"not xml",
        b"\xff\xfe",
        b" " * 2_000_001,
    ],
)
def test_xml_that_reaches_out_or_blows_up_is_refused(source: bytes) -> None:
    with pytest.raises(ProcessRefused):
        read_xml(source)


@pytest.mark.parametrize("source", [b"<d/>", make_dmn("- - => True"), PLAIN.replace(b"startEvent", b"beginEvent")])
def test_a_file_that_is_not_valid_bpmn_is_refused(source: bytes) -> None:
    assert refuse(source)


def test_a_diagram_on_which_the_parser_hangs_is_given_up() -> None:
    asks = "<dataInputAssociation><sourceRef>ref</sourceRef><targetRef>b</targetRef></dataInputAssociation>"
    inner = Drawing().add("startEvent", "in").user("b", inside=asks).add("endEvent", "out").path("in b out")
    inner.add("dataObjectReference", "ref", dataObjectRef="b")
    hanging = make_bpmn(draw("sub").add("subProcess", "sub", "".join(inner.nodes + inner.flows)))
    assert any("dataObjectReference" in problem for problem in refuse(hanging))
    with pytest.raises(ProcessRefused, match="longer than"):
        parse("main", hanging, {}, timeout=3)


def test_what_the_engine_s_parser_says_is_told() -> None:
    with pytest.raises(ProcessRefused, match="can't read the diagram"):
        parse("unknown", PLAIN, {})
