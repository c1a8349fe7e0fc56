"""The diagrams that come with the house: what stands in them and how they are drawn."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree
from ruamel.yaml import YAML

WORKFLOWS = Path(__file__).parents[2] / "workflows"
NAMES = ("contract-quarter", "rectification", "termination-proposal", "appeal", "annual-settlement")
NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "d": "https://www.omg.org/spec/DMN/20191111/MODEL/",
}
SYSTEM = "系统"
# id: (name, lane, key of the programme's step times)
HUMAN = {
    "contract-quarter": {
        "submit": ("填报完成情况", "经办人", "submission"),
        "sign_submission": ("签章报送", "负责人", "submission"),
        "decide_unfiled": ("逾期未报督办", "督办人", "completeness_check"),
        "check_completeness": ("完整性核对", "审核员", "completeness_check"),
        "review": ("审核", "审核员", "review"),
        "score": ("评分", "评分专家", "scoring"),
        "joint_look": ("合议", "评分专家", "joint_look"),
        "represent": ("陈述申辩", "负责人", "representation"),
        "handle_representation": ("申辩处理", "复核员", "representation_handling"),
        "approve": ("签批", "审批领导", "approval"),
        "second_sign": ("复签", "复签领导", "second_signature"),
    },
    "rectification": {
        "decide_late_plan": ("整改方案逾期督办", "督办人", "completeness_check"),
        "decide_late_work": ("整改逾期督办", "督办人", "completeness_check"),
        "plan_rectification": ("报送整改方案", "经办人", "rectification_plan"),
        "report_rectification": ("落实整改", "经办人", "rectification_work"),
        "approve_plan": ("审定整改方案", "审核员", "review"),
        "verify_rectification": ("整改验收", "整改验收员", "rectification_verification"),
    },
    "termination-proposal": {
        "prove_proposal": ("登记通知送达", "审核员", "service_proof"),
        "prove_termination": ("登记决定送达", "审核员", "service_proof"),
        "receive_proposal": ("签收拟解除通知书", "负责人", "service"),
        "represent_termination": ("陈述申辩", "负责人", "termination_representation"),
        "receive_termination": ("签收解除通知书", "负责人", "service"),
        "decide_termination": ("拟解除决定", "审批领导", "termination_decision"),
    },
    "appeal": {
        "file_appeal": ("提交复核申请", "负责人", "appeal"),
        "handle_appeal": ("复核", "复核员", "appeal_handling"),
        "approve_appeal": ("签批复核决定", "审批领导", "approval"),
    },
    "annual-settlement": {
        "confirm_settlement": ("核对结算", "财务", "settlement_check"),
        "sign_settlement": ("签批结算", "审批领导", "approval"),
        "register_payment": ("登记付款", "财务", "payment"),
    },
}
OPERATIONS = {
    "contract-quarter": {
        "compare_findings": "比对评分",
        "draft_result": "生成初步结果",
        "weigh_consequences": "测算后果",
        "post_consequences": "登记扣分扣款",
        "open_consequences": "启动后续程序",
        "publish_result": "公示结果",
    },
    "rectification": {},
    "termination-proposal": {
        "begin_representation": "申辩期起算",
        "record_decision": "登记继续履行",
        "issue_termination": "制发解除通知书",
        "end_contract": "登记合同解除",
    },
    "appeal": {"post_appeal": "登记复核结果", "publish_appeal": "送达复核决定"},
    "annual-settlement": {"settle_year": "年度结算"},
}
TASKS = {"userTask", "serviceTask", "businessRuleTask"}

Rect = tuple[float, float, float, float]  # left, top, right, bottom


def read_tree(name: str) -> etree._Element:
    """A bundled file as a tree."""
    return etree.fromstring((WORKFLOWS / name).read_bytes())


def find(tree: etree._Element, path: str) -> list[etree._Element]:
    """Elements below a tree, by a path with this module's prefixes."""
    return tree.findall(f".//{path}", NS)


def tag_of(element: etree._Element) -> str:
    return etree.QName(element).localname


def list_nodes(tree: etree._Element) -> list[etree._Element]:
    """Tasks, gateways and events of the process."""
    (process,) = find(tree, "b:process")
    return [node for node in process if re.search(r"Task$|Gateway$|Event$", tag_of(node))]


def map_lanes(tree: etree._Element) -> dict[str, str]:
    """Element id to the name of its lane."""
    pairs = [
        (ref.text or "", lane.get("name", ""))
        for lane in find(tree, "b:lane")
        for ref in lane.findall("b:flowNodeRef", NS)
    ]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# What stands in them


def test_human_steps_are_those_agreed_with_their_lane_form_and_time_limit(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    lanes = map_lanes(tree)
    found = {}
    for step in find(tree, "b:userTask"):
        properties = {item.get("name"): item.get("value") for item in find(step, "s:property")}
        assert properties == {"due": properties["due"], "form": step.get("id")}
        found[step.get("id")] = (step.get("name"), lanes[step.get("id", "")], properties["due"])
    assert found == HUMAN[name]


def test_system_steps_stand_in_their_own_lane_and_call_the_operations_agreed(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    lanes = map_lanes(tree)
    found = {}
    for step in find(tree, "b:serviceTask"):
        (operator,) = find(step, "s:serviceTaskOperator")
        assert step.get("id") == f"run_{operator.get('id')}"
        assert lanes[step.get("id", "")] == SYSTEM
        found[operator.get("id")] = step.get("name")
    assert found == OPERATIONS[name]


def test_there_are_no_other_tasks_and_no_other_lanes(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    rules = [step.get("id") for step in find(tree, "b:businessRuleTask")]
    assert rules == (["decide_consequences"] if name == "contract-quarter" else [])
    kinds = {tag_of(node) for node in list_nodes(tree) if tag_of(node).endswith("Task")}
    assert kinds <= TASKS
    assert set(map_lanes(tree).values()) <= {lane for _, lane, _ in HUMAN[name].values()} | {SYSTEM}
    assert set(map_lanes(tree)) == {node.get("id") for node in list_nodes(tree)}


def test_no_id_stands_twice(name: str) -> None:
    ids = [element.get("id") for element in read_tree(f"{name}.bpmn").iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_the_process_is_named_after_its_file_and_says_its_case_type_in_chinese(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    (process,), (pool,) = find(tree, "b:process"), find(tree, "b:participant")
    assert (process.get("id"), process.get("isExecutable")) == (name.replace("-", "_"), "true")
    assert pool.get("name") == process.get("name") == read_lists()[name]["name"]


def test_events_and_gateways_say_what_they_are_about(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    for node in list_nodes(tree):
        assert re.search(r"[\u4e00-\u9fff]", node.get("name", "")), node.get("id")
    for gateway in find(tree, "b:exclusiveGateway"):
        assert gateway.get("name", "").endswith("？")
        assert all(flow.get("name") for flow in list_flows_from(tree, gateway))


def list_flows_from(tree: etree._Element, node: etree._Element) -> list[etree._Element]:
    return [flow for flow in find(tree, "b:sequenceFlow") if flow.get("sourceRef") == node.get("id")]


def test_every_gateway_has_one_default_and_conditions_on_the_rest(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    for gateway in find(tree, "b:exclusiveGateway"):
        bare = [
            flow.get("id") for flow in list_flows_from(tree, gateway) if flow.find("b:conditionExpression", NS) is None
        ]
        assert bare == [gateway.get("default")]
        assert len(list_flows_from(tree, gateway)) == 2


def read_lists() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """variables.yaml: per diagram its variables and operations."""
    lists: Mapping[str, Mapping[str, Mapping[str, str]]] = YAML(typ="safe").load(WORKFLOWS / "variables.yaml")
    return lists


def list_expressions(tree: etree._Element) -> list[str]:
    paths = (
        "b:conditionExpression",
        "b:timeDate",
        "d:inputExpression/d:text",
        "d:inputEntry/d:text",
        "d:outputEntry/d:text",
    )
    return [element.text or "" for path in paths for element in find(tree, path)]


def test_no_number_stands_in_a_condition_a_timer_or_a_decision() -> None:
    for file in (*(f"{name}.bpmn" for name in NAMES), "consequences.dmn"):
        for expression in list_expressions(read_tree(file)):
            assert not re.search(r"\d", expression), expression


def list_variables(tree: etree._Element) -> set[str]:
    texts = [text for text in list_expressions(tree) if text != "-"]
    used = {node.id for text in texts for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
    used |= {element.text or "" for element in find(tree, "b:loopDataInputRef")}
    used |= {element.get("name", "") for element in find(tree, "b:inputDataItem")}
    return used | {element.get("name", "") for element in find(tree, "d:output")}


def test_the_list_beside_each_diagram_names_its_variables_and_operations_and_no_others(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    used = list_variables(tree)
    if find(tree, "s:calledDecisionId"):
        used |= list_variables(read_tree("consequences.dmn"))
    assert set(read_lists()[name]["variables"]) == used
    assert set(read_lists()[name]["operations"]) == set(OPERATIONS[name])
    assert set(read_lists()) == set(NAMES)
    for part in ("variables", "operations"):
        assert all(sentence.endswith("。") for sentence in read_lists()[name][part].values())


# How they are drawn


def read_rect(element: etree._Element) -> Rect:
    (bounds,) = element.findall("dc:Bounds", NS)
    x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def map_rects(tree: etree._Element, path: str = "di:BPMNShape") -> dict[str, Rect]:
    return {shape.get("bpmnElement", ""): read_rect(shape) for shape in find(tree, path)}


def list_labels(tree: etree._Element) -> list[tuple[str, Rect]]:
    drawn = [*find(tree, "di:BPMNShape"), *find(tree, "di:BPMNEdge")]
    return [(e.get("bpmnElement", ""), read_rect(label)) for e in drawn for label in e.findall("di:BPMNLabel", NS)]


def map_lines(tree: etree._Element) -> dict[str, list[Rect]]:
    """Flow id to its straight pieces, each as the flat rectangle it covers."""
    lines = {}
    for edge in find(tree, "di:BPMNEdge"):
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.findall("dd:waypoint", NS)]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points)), "not orthogonal"
        lines[edge.get("bpmnElement", "")] = [
            (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in itertools.pairwise(points)
        ]
    return lines


def is_touching(a: Rect, b: Rect, gap: float = 0) -> bool:
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def test_every_element_is_drawn_once(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    shapes = [e.get("id") for e in (*list_nodes(tree), *find(tree, "b:lane"), *find(tree, "b:participant"))]
    assert sorted(map_rects(tree)) == sorted(str(id_) for id_ in shapes)
    assert sorted(map_lines(tree)) == sorted(str(flow.get("id")) for flow in find(tree, "b:sequenceFlow"))
    named = {e.get("id") for e in tree.iter() if re.search(r"(Gateway|Event|Flow)$", tag_of(e)) and e.get("name")}
    assert {id_ for id_, _ in list_labels(tree)} == named


def test_no_shape_or_label_covers_another(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    rects = map_rects(tree)
    hosts = {(e.get("id"), e.get("attachedToRef")) for e in find(tree, "b:boundaryEvent")}
    nodes = [(str(e.get("id")), rects[str(e.get("id"))]) for e in list_nodes(tree)]
    for (one, a), (other, b) in itertools.combinations([*nodes, *list_labels(tree)], 2):
        if (other, one) not in hosts and (one, other) not in hosts:
            assert not is_touching(a, b), (one, other)


def test_every_step_stands_inside_its_lane(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    rects, lanes = map_rects(tree), {lane.get("name", ""): str(lane.get("id")) for lane in find(tree, "b:lane")}
    for id_, lane in map_lanes(tree).items():
        inner, outer = rects[id_], rects[lanes[lane]]
        is_boundary = bool(tree.xpath(f"//*[local-name()='boundaryEvent'][@id='{id_}']"))
        slack = 18 if is_boundary else 0
        assert inner[0] > outer[0] + 30 and inner[2] < outer[2], id_
        assert inner[1] > outer[1] - slack and inner[3] < outer[3] + slack, id_


def test_arrows_end_at_their_steps_and_run_over_no_shape_label_or_arrow(name: str) -> None:
    tree = read_tree(f"{name}.bpmn")
    rects, lines = map_rects(tree), map_lines(tree)
    for flow in find(tree, "b:sequenceFlow"):
        pieces = lines[str(flow.get("id"))]
        ends = [str(flow.get("sourceRef")), str(flow.get("targetRef"))]
        assert is_touching(pieces[0], rects[ends[0]], 1)
        assert is_touching(pieces[-1], rects[ends[1]], 1)
        hosts = [e.get("attachedToRef") for e in find(tree, "b:boundaryEvent") if e.get("id") == ends[0]]
        near = [(str(e.get("id")), rects[str(e.get("id"))]) for e in list_nodes(tree)]
        avoided = [item for item in near if item[0] not in (*ends, *hosts)] + list_labels(tree)
        assert not [id_ for piece in pieces for id_, rect in avoided if is_touching(piece, rect)], flow.get("id")
    for (one, a), (other, b) in itertools.combinations(lines.items(), 2):
        assert not [1 for x in a for y in b if is_touching(x, y, 1)], (one, other)
