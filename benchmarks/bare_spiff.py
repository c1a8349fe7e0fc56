"""The yardstick: SpiffWorkflow and raw SQL, nothing else.

One shared specification, states as JSON by orjson without it, one row for the instance, a row for each task, one
commit a step. No permissions, no locks besides the row's, no history, no audit, no inbox: the least an engine costs.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import make_url

DIAGRAM = Path(__file__).parent / "workload_w.bpmn"
PROCESS = "workload_w"
TABLES = (
    "CREATE TABLE bare_instances (id {id} PRIMARY KEY, state {bytes} NOT NULL)",
    "CREATE TABLE bare_tasks (id {id} PRIMARY KEY, instance_id INTEGER NOT NULL REFERENCES bare_instances (id), "
    "engine_id TEXT NOT NULL, step TEXT NOT NULL, lane TEXT NOT NULL, form TEXT, state TEXT NOT NULL)",
    "CREATE INDEX bare_tasks_instance ON bare_tasks (instance_id)",
)


LOAD = "SELECT state FROM bare_instances WHERE id = ?"
ADD_TASK = "INSERT INTO bare_tasks (instance_id, engine_id, step, lane, state) VALUES (?, ?, ?, ?, ?)"


class Timed(NamedTuple):
    """A step's time in seconds: by the clock, and of this process alone, which a busy machine lengthens less."""

    step: str
    wall: float
    cpu: float


def time_step(step: str, work: Callable[[], object]) -> Timed:
    """Do a piece of work; return how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Timed(step, time.perf_counter() - wall, time.process_time() - cpu)


class _Converter(BpmnWorkflowConverter):  # type: ignore[misc]  # SpiffWorkflow comes without types
    """Writes an instance without its specification."""

    spec: Any = None

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, object]:
        """Return the instance's tasks and data."""
        return dict(WorkflowConverter.to_dict(self, workflow))

    def from_dict(self, dct: dict[str, Any]) -> BpmnWorkflow:
        """Return the instance of the shared specification."""
        workflow = BpmnWorkflow(self.spec, {}, deserializing=True)
        workflow.tasks = self.mapping_from_dict(dct["tasks"], UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks.get(UUID(dct["root"]))
        self.set_default_attributes(workflow, dct)
        return workflow


class Bare:
    """Workload W on one database connection."""

    def __init__(self, url: str) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(DIAGRAM.read_bytes()))
        self.spec = parser.get_spec(PROCESS)
        converter = type("SharedSpec", (_Converter,), {"spec": self.spec})
        self.serializer = BpmnWorkflowSerializer(
            BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: converter})
        )
        self.connection, self.mark = _connect(url)
        self.load = LOAD if self.mark == "?" else f"{LOAD} FOR UPDATE"
        for table in TABLES:
            kinds = {"id": "INTEGER", "bytes": "BLOB"} if self.mark == "?" else {"id": "SERIAL", "bytes": "BYTEA"}
            self.connection.execute(table.format(**kinds))
        self.connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def begin(self) -> None:
        """Begin a transaction; PostgreSQL's driver does by itself."""
        if self.mark == "?":
            self.connection.execute("BEGIN IMMEDIATE")

    def execute(self, statement: str, *values: object) -> Any:  # noqa: ANN401  # either driver's cursor
        """Send one statement; `?` stands for a value on both databases."""
        return self.connection.execute(statement.replace("?", self.mark), values)

    def open_case(self, variables: dict[str, object]) -> int:
        """Start an instance in one transaction; return its number."""
        workflow = BpmnWorkflow(self.spec)
        workflow.task_tree.data = dict(variables)
        workflow.do_engine_steps()
        state = self.dump(workflow)
        self.begin()
        number = self.execute("INSERT INTO bare_instances (state) VALUES (?) RETURNING id", state).fetchone()[0]
        self.add_ready(number, workflow)
        self.connection.commit()
        return int(number)

    def find_task(self, instance_id: int) -> tuple[int, str, str] | None:
        """Return the open task of an instance, its number in the engine and its step, as an inbox would."""
        found = self.execute(
            "SELECT id, engine_id, step FROM bare_tasks WHERE instance_id = ? AND state = 'open'", instance_id
        ).fetchone()
        self.connection.commit()
        return None if found is None else (int(found[0]), str(found[1]), str(found[2]))

    def complete(self, instance_id: int, task_id: int, engine_id: str, form: dict[str, object]) -> None:
        """Load the instance, complete its task, save everything, commit."""
        self.begin()
        row = self.execute(self.load, instance_id).fetchone()
        workflow = self.serializer.from_dict(orjson.loads(bytes(row[0])))
        task: Task = workflow.get_task_from_id(UUID(engine_id))
        task.run()
        workflow.do_engine_steps()
        self.execute("UPDATE bare_instances SET state = ? WHERE id = ?", self.dump(workflow), instance_id)
        written = orjson.dumps(form).decode()
        self.execute("UPDATE bare_tasks SET state = 'done', form = ? WHERE id = ?", written, task_id)
        self.add_ready(instance_id, workflow)
        self.connection.commit()

    def add_ready(self, instance_id: int, workflow: BpmnWorkflow) -> None:
        """Put what is ready into the table of tasks."""
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            spec = task.task_spec
            values = (instance_id, str(task.id), spec.bpmn_id, spec.lane, "open")
            self.execute(ADD_TASK, *values)

    def dump(self, workflow: BpmnWorkflow) -> bytes:
        """Return an instance's state without its specification."""
        return orjson.dumps(self.serializer.to_dict(workflow))


def _connect(url: str) -> tuple[Any, str]:
    """Return the driver's own connection and what stands for a value in its statements."""
    made = make_url(url)
    if made.get_backend_name() != "sqlite":
        return psycopg.connect(made.set(drivername="postgresql").render_as_string(hide_password=False)), "%s"
    connection = sqlite3.connect(str(made.database), isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection, "?"


def time_case(bare: Bare, text: str) -> list[Timed]:
    """Return the times of each step of a new case; opening it and looking for the task are not counted."""
    number, times = bare.open_case({"unfiled_at": "2030-01-01T00:00:00+08:00"}), []
    while (found := bare.find_task(number)) is not None:
        task_id, engine_id, step = found
        times.append(time_step(step, partial(bare.complete, number, task_id, engine_id, {"opinion": text})))
    return times
