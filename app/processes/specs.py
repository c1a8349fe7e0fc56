"""Specifications of processes: parsed once, stored as JSON, restored and shared by all instances and threads.

A specification is never used as the parser made it: loading an instance in the middle of a multi-instance against it
drops votes silently. It always goes through its JSON form, where our own parts take their places.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import orjson
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.task_spec import ParallelGatewayConverter
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.spiff.serializer.task_spec import ServiceTaskConverter

from app.processes.parts import ClockedTimer, FairParallelGateway, HandledServiceTask

CACHED_SPECS = 64
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below, the engine gathers all variables for each line it logs


class Specs(NamedTuple):
    """A process's specification and those of its sub-processes, shared and never changed."""

    main: BpmnProcessSpec
    subs: Mapping[str, BpmnProcessSpec]
    variables: frozenset[str]
    flows: Mapping[str, str]


def _make_serializer() -> BpmnWorkflowSerializer:
    """Return the serializer whose registry puts our parts in the place of SpiffWorkflow's, under the same names."""
    registry = BpmnWorkflowSerializer.configure(DEFAULT_CONFIG)
    TimerConditionalEventDefinitionConverter(ClockedTimer, registry, "TimeDateEventDefinition")
    ServiceTaskConverter(HandledServiceTask, registry, "ServiceTask")
    ParallelGatewayConverter(FairParallelGateway, registry, "ParallelGateway")
    return BpmnWorkflowSerializer(registry)


_SERIALIZER = _make_serializer()


def dump_specs(main: BpmnProcessSpec, subs: Mapping[str, BpmnProcessSpec]) -> str:
    """Return the JSON text of parsed specifications."""
    convert = _SERIALIZER.to_dict
    return orjson.dumps({"main": convert(main), "subs": {name: convert(sub) for name, sub in subs.items()}}).decode()


def load_specs(text: str, variables: Iterable[str], flows: Mapping[str, str]) -> Specs:
    """Return shared specifications from their JSON text; `flows` maps "source target" to a sequence flow's id."""
    read = orjson.loads(text)
    subs = {name: _SERIALIZER.from_dict(sub) for name, sub in read["subs"].items()}
    return Specs(_SERIALIZER.from_dict(read["main"]), subs, frozenset(variables), flows)


class SpecCache:
    """The specifications used last, by content hash: row ids mean different things in different databases."""

    def __init__(self, most: int = CACHED_SPECS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[str, Specs] = OrderedDict()

    def get(self, content_hash: str, load: Callable[[], Specs]) -> Specs:
        """Return the specifications of a content hash, loaded when they are not here."""
        with self._lock:
            found = self._found.get(content_hash)
            if found is not None:
                self._found.move_to_end(content_hash)
                return found
        loaded = load()
        with self._lock:
            kept = self._found.setdefault(content_hash, loaded)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return kept
