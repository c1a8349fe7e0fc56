"""Processes in a database: deployed, started, advanced, returned; failures, races, timers."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.db import metadata, reading, transaction
from app.processes.models import process_instances, process_versions
from app.processes.operations import (
    advance,
    deploy,
    fire_timers,
    list_return_targets,
    return_to,
    run_automatic,
    start,
    start_many,
)
from app.processes.operations.start import open_by_engine
from app.processes.queries import find_active, get_source, get_trail, list_due
from app.processes.records import get_specs
from app.processes.values import (
    Advance,
    InstanceChanged,
    ProcessFault,
    ProcessUnknown,
    ReturnRefused,
    StepNotReady,
    VariableRefused,
)
from tests.integration import counting
from tests.unit.processes.building import LANE, NOW, Drawing, make_bpmn, make_line

assert metadata
VARIABLES = ("due", "is_fine", "voters", "voter", "note")
DUE = NOW + dt.timedelta(days=3)
SECOND = dt.timedelta(seconds=1)


def draw_review() -> bytes:
    """file (until due, else chase) → review → check (a service) → sign, or back to file."""
    drawing = Drawing().add("startEvent", "begin").user("file", "chase", "review", "sign")
    drawing.timer("late", "file", "due").service("run_check", "check").service("run_note", "note")
    drawing.add("exclusiveGateway", "meet").add("exclusiveGateway", "fine", default="fine_to_file").add(
        "endEvent", "done"
    )
    drawing.path("begin file meet review run_check run_note fine file").path("late chase meet")
    return make_bpmn(drawing.path("fine sign", "is_fine").path("sign done"))


def deploy_review(connection: Connection, name: str = "review", bpmn: bytes | None = None) -> int:
    return deploy(connection, name, bpmn or draw_review(), {}, [LANE], ["check", "note"], VARIABLES, NOW)


def check_fine(_variables: Mapping[str, object]) -> Mapping[str, object]:
    return {"is_fine": True}


def note_nothing(_variables: Mapping[str, object]) -> None:
    return None


HANDLERS = {"check": check_fine, "note": note_nothing}


@pytest.fixture
def started(app: Flask) -> Advance:
    with transaction() as connection:
        deploy_review(connection)
        return start(connection, "review", {"due": DUE.isoformat()}, NOW)


def do(was: Advance, step: str, variables: Mapping[str, object] | None = None, now: dt.datetime = NOW) -> Advance:
    task = next(one for one in was.ready if one.step == step)
    with transaction() as connection:
        return advance(connection, was.instance_id, task.id, variables or {}, HANDLERS, now)


def read_row(instance_id: int) -> tuple[object, ...]:
    table = process_instances.c
    with reading() as connection:
        query = select(table.version, table.state, table.due_at, table.is_completed).where(table.id == instance_id)
        return tuple(connection.execute(query).one())


def test_a_case_goes_from_its_first_step_to_its_end(started: Advance) -> None:
    assert [(one.step, one.name, one.lane, one.data) for one in started.ready] == [
        ("file", "step file", LANE, {"due": DUE.isoformat()})
    ]
    assert (started.due_at, started.version) == (DUE, 1)
    filed = do(started, "file")
    assert (filed.due_at, filed.gone, [one.step for one in filed.ready]) == (None, (), ["review"])
    assert filed.finished[0].entry_data == {"due": DUE.isoformat()}
    signing = do(filed, "review")
    assert [one.step for one in signing.ready] == ["sign"]
    assert signing.ready[0].data == {"due": DUE.isoformat(), "is_fine": True}
    ended = do(signing, "sign")
    assert ended.is_completed
    assert ended.ready == ()


def test_the_trail_lights_what_was_passed_and_the_source_is_the_diagram(started: Advance) -> None:
    do(do(started, "file"), "review")
    with reading() as connection:
        assert get_source(connection, started.instance_id) == draw_review()
        trail = get_trail(connection, started.instance_id)
    assert trail[:4] == ("begin", "begin_to_file", "file", "file_to_meet")
    assert trail[-2:] == ("fine_to_sign", "sign")
    assert "fine_to_file" not in trail
    assert "late" not in trail


def test_the_same_content_is_one_version_and_other_content_another(app: Flask) -> None:
    other = draw_review().replace(b"step sign", b"sign it")
    with transaction() as connection:
        first = deploy_review(connection)
        assert deploy_review(connection) == first
        second = deploy_review(connection, bpmn=other)
        found = find_active(connection, "review")
        assert found is not None
        assert (found.id, found.number) == (second, 2)
        assert deploy_review(connection) == first
        found = find_active(connection, "review")
        assert found is not None
        assert (found.id, found.number) == (first, 1)
        assert find_active(connection, "unknown") is None


def test_a_running_case_keeps_its_version(started: Advance) -> None:
    with transaction() as connection:
        deploy_review(connection, bpmn=make_bpmn(make_line("only")))
        assert start(connection, "review", {}, NOW).ready[0].step == "only"
    assert [one.step for one in do(started, "file").ready] == ["review"]


def test_a_case_from_the_template_is_as_one_that_the_engine_ran(started: Advance) -> None:
    with reading() as connection:
        row = connection.execute(select(process_versions)).one()
        assert row.template is not None
        opened = open_by_engine(get_specs(connection, row.id, row.content_hash), {"due": DUE.isoformat()}, NOW)
    assert [one.step for one in opened.ready] == [one.step for one in started.ready]
    assert (opened.ready[0].data, opened.due_at) == (started.ready[0].data, started.due_at)
    with transaction() as connection:
        connection.execute(update(process_instances).values(state=opened.state))
        went = advance(connection, started.instance_id, opened.ready[0].id, {}, HANDLERS, NOW)
    assert [one.step for one in went.ready] == [one.step for one in do_fresh().ready]


def do_fresh() -> Advance:
    with transaction() as connection:
        fresh = start(connection, "review", {"due": DUE.isoformat()}, NOW)
    return do(fresh, "file")


def test_many_cases_start_at_once_each_with_its_own_ids_and_dates(app: Flask) -> None:
    dates = [(NOW + dt.timedelta(days=day)).isoformat() for day in range(1, 31)]
    with transaction() as connection:
        deploy_review(connection)
        opened = start_many(connection, "review", [{"due": date} for date in dates], NOW)
    assert len({one.instance_id for one in opened}) == len({one.ready[0].id for one in opened}) == 30
    assert [one.due_at for one in opened] == [dt.datetime.fromisoformat(date) for date in dates]
    for one in opened[::10]:
        assert [ready.step for ready in do(one, "file").ready] == ["review"]


def test_a_case_opened_after_its_date_has_the_timer_s_step_ready(app: Flask) -> None:
    with transaction() as connection:
        deploy_review(connection)
        assert [one.step for one in start(connection, "review", {"due": NOW.isoformat()}, NOW).ready] == ["chase"]


def test_a_start_without_the_timer_s_date_or_with_unknown_variables_is_refused(app: Flask) -> None:
    with transaction() as connection:
        deploy_review(connection)
        for variables in ({}, {"due": "soon"}, {"due": "2025-06-01T00:00:00"}, {"due": DUE.isoformat(), "other": 1}):
            with pytest.raises(VariableRefused):
                start(connection, "review", variables, NOW)
        with pytest.raises(ProcessUnknown):
            start(connection, "unknown", {}, NOW)


@pytest.mark.parametrize("variables", [{"other": True}, {"typename": "x"}, {"note": 1.5}, {"note": {"typename": "x"}}])
def test_variables_that_are_not_declared_or_would_brick_the_case_are_refused(
    started: Advance, variables: dict[str, object]
) -> None:
    before = read_row(started.instance_id)
    with pytest.raises(VariableRefused):
        do(started, "file", variables)
    assert read_row(started.instance_id) == before


def test_a_step_done_twice_counts_once(started: Advance) -> None:
    do(started, "file")
    with pytest.raises(StepNotReady):
        do(started, "file")


@pytest.mark.parametrize("task_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_task_that_does_not_exist_is_refused(started: Advance, task_id: str) -> None:
    with transaction() as connection, pytest.raises(StepNotReady):
        advance(connection, started.instance_id, task_id, {}, HANDLERS, NOW)
    with transaction() as connection, pytest.raises(ProcessUnknown):
        advance(connection, 999, task_id, {}, HANDLERS, NOW)


def test_the_second_of_two_changes_to_one_saved_state_is_refused(started: Advance) -> None:
    """The row's version is the last guard where a lock was not taken."""
    task = started.ready[0].id

    def meddle(_variables: Mapping[str, object]) -> None:
        changed = update(process_instances).values(version=process_instances.c.version + 1)
        connection.execute(changed)

    handlers = {"check": check_fine, "note": meddle}
    with transaction() as connection:
        filed = advance(connection, started.instance_id, task, {}, handlers, NOW)
    with transaction() as connection, pytest.raises(InstanceChanged):
        advance(connection, started.instance_id, filed.ready[0].id, {}, handlers, NOW)


def test_two_people_doing_one_step_at_once_do_it_once(app: Flask, started: Advance) -> None:
    task = started.ready[0].id
    together = threading.Barrier(4)

    def try_it(_number: int) -> str:
        with app.app_context():
            together.wait()
            try:
                with transaction() as connection:
                    advance(connection, started.instance_id, task, {}, HANDLERS, NOW)
            except StepNotReady:
                return "refused"
            return "done"

    with ThreadPoolExecutor(4) as pool:
        results = sorted(pool.map(try_it, range(4)))
    assert results == ["done", "refused", "refused", "refused"]


def test_a_failing_service_keeps_the_person_s_step_undoes_the_services_and_runs_again_later(started: Advance) -> None:
    filed = do(started, "file")

    def write(connection: Connection, *, fail: bool) -> None:
        with reading() as other:
            version = other.execute(select(process_versions)).one()._asdict()
        values = {**version, "id": None, "name": "written", "number": 77}
        values.pop("id")
        connection.execute(insert(process_versions).values(values))
        if fail:
            raise RuntimeError("the mail server is away")

    def count() -> int:
        with reading() as connection:
            return len(connection.execute(select(process_versions).where(process_versions.c.number == 77)).all())

    with transaction() as connection:
        handlers = {"check": check_fine, "note": lambda _variables: write(connection, fail=True)}
        failed = advance(connection, filed.instance_id, filed.ready[0].id, {"note": "kept"}, handlers, NOW)
    assert failed.failure is not None
    assert (failed.failure.operation, str(failed.failure.error)) == ("note", "the mail server is away")
    assert (failed.ready, failed.is_completed, failed.finished[0].step) == ((), False, "review")
    assert count() == 0
    with pytest.raises(StepNotReady):
        do(filed, "review")
    with transaction() as connection:
        handlers = {"check": check_fine, "note": lambda _variables: write(connection, fail=False)}
        retried = run_automatic(connection, filed.instance_id, handlers, NOW)
    assert (retried.failure, [one.step for one in retried.ready]) == (None, ["sign"])
    assert retried.ready[0].data["note"] == "kept"
    assert count() == 1


def test_a_service_may_only_set_declared_variables(started: Advance) -> None:
    filed = do(started, "file")
    handlers = {**HANDLERS, "check": lambda _variables: {"secret": 1}}
    with transaction() as connection:
        failed = advance(connection, filed.instance_id, filed.ready[0].id, {}, handlers, NOW)
    assert failed.failure is not None
    assert isinstance(failed.failure.error, VariableRefused)


def test_a_service_without_a_handler_fails_by_its_own_name(started: Advance) -> None:
    filed = do(started, "file")
    with transaction() as connection:
        failed = advance(connection, filed.instance_id, filed.ready[0].id, {}, {}, NOW)
    assert failed.failure is not None
    assert isinstance(failed.failure.error, ProcessFault)
    assert failed.failure.operation == "check"


def test_a_database_that_is_away_is_nobody_s_incident(started: Advance) -> None:
    filed = do(started, "file")
    before = read_row(filed.instance_id)

    def lose_it(_variables: Mapping[str, object]) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionResetError())

    with pytest.raises(OperationalError), transaction() as connection:
        advance(connection, filed.instance_id, filed.ready[0].id, {}, {**HANDLERS, "check": lose_it}, NOW)
    assert read_row(filed.instance_id) == before


def test_a_row_that_the_database_refuses_fails_the_service_and_keeps_the_step(started: Advance) -> None:
    filed = do(started, "file")

    def break_it(_variables: Mapping[str, object]) -> None:
        connection.execute(insert(process_instances).values(version_id=None))

    with transaction() as connection:
        failed = advance(connection, filed.instance_id, filed.ready[0].id, {}, {**HANDLERS, "check": break_it}, NOW)
    assert failed.failure is not None
    assert isinstance(failed.failure.error, IntegrityError)
    assert read_row(filed.instance_id)[0] == failed.version


def test_an_expression_without_its_variable_names_the_problem_and_saves_nothing(started: Advance) -> None:
    filed = do(started, "file")
    before = read_row(filed.instance_id)
    with transaction() as connection, pytest.raises(ProcessFault, match="is_fine"):
        advance(
            connection, filed.instance_id, filed.ready[0].id, {}, {"check": note_nothing, "note": note_nothing}, NOW
        )
    assert read_row(filed.instance_id) == before


@pytest.mark.parametrize("year", [2025, 2031])
def test_a_timer_goes_by_the_time_given_never_early_and_still_after_days_of_downtime(app: Flask, year: int) -> None:
    now = NOW.replace(year=year)
    due = now + dt.timedelta(days=3)
    with transaction() as connection:
        deploy_review(connection)
        opened = [start(connection, "review", {"due": due.isoformat()}, now) for _ in range(3)]
    numbers = [one.instance_id for one in opened]
    with reading() as connection:
        assert list_due(connection, due - SECOND, 10) == []
        assert list_due(connection, due, 10) == numbers
        assert list_due(connection, due, 2) == numbers[:2]
    with transaction() as connection:
        early = fire_timers(connection, numbers[0], HANDLERS, due - SECOND)
        assert (early.ready, early.gone, early.due_at) == ((), (), due)
        for number, moment in zip(numbers, (due, due + SECOND, due + dt.timedelta(days=30)), strict=True):
            fired = fire_timers(connection, number, HANDLERS, moment)
            assert [one.step for one in fired.ready] == ["chase"]
            assert (fired.due_at, fired.finished) == (None, ())
            assert fired.gone == (opened[numbers.index(number)].ready[0].id,)
        assert list_due(connection, due + dt.timedelta(days=30), 10) == []


def test_a_step_finished_late_but_before_the_timer_was_fired_counts(started: Advance) -> None:
    assert [one.step for one in do(started, "file", now=DUE + SECOND).ready] == ["review"]


def test_a_case_returns_to_a_passed_step_with_a_new_date(started: Advance) -> None:
    filed = do(started, "file", {"note": "first"})
    later = DUE + dt.timedelta(days=9)
    with transaction() as connection:
        assert list_return_targets(connection, filed.instance_id, filed.ready[0].id) == ("file",)
        entry = filed.finished[0].entry_data
        more = {"due": later.isoformat()}
        back = return_to(connection, filed.instance_id, filed.ready[0].id, "file", entry, more, HANDLERS, NOW)
    assert [(one.step, dict(one.data)) for one in back.ready] == [("file", more)]
    assert (back.gone, back.due_at, back.finished) == ((filed.ready[0].id,), later, ())
    assert [one.step for one in do(back, "file").ready] == ["review"]


def test_a_return_to_an_unknown_or_own_step_is_refused_and_changes_nothing(started: Advance) -> None:
    filed = do(started, "file")
    before = read_row(filed.instance_id)
    for step in ("review", "sign", "chase", "nowhere"):
        with transaction() as connection, pytest.raises(ReturnRefused):
            return_to(connection, filed.instance_id, filed.ready[0].id, step, None, {}, HANDLERS, NOW)
    assert read_row(filed.instance_id) == before


def test_a_step_costs_one_select_and_one_update(started: Advance) -> None:
    filed = do(started, "file")
    with counting.count() as counted:
        do(filed, "review")
    kinds = [one.split(maxsplit=1)[0] for one in counted.statements]
    assert [one for one in kinds if one in ("SELECT", "UPDATE", "INSERT")] == ["SELECT", "UPDATE"]


def test_a_step_done_by_several_without_its_list_is_a_clear_error(app: Flask) -> None:
    drawing = Drawing().add("startEvent", "begin").user("a").many("vote", "voters", "voter").add("endEvent", "done")
    with transaction() as connection:
        deploy_review(connection, bpmn=make_bpmn(drawing.path("begin a vote done")))
        went = start(connection, "review", {}, NOW)
        for variables in ({}, {"voters": None}, {"voters": True}):
            with pytest.raises(ProcessFault, match="stopped"):
                advance(connection, went.instance_id, went.ready[0].id, variables, {}, NOW)
        assert len(advance(connection, went.instance_id, went.ready[0].id, {"voters": ["x"]}, {}, NOW).ready) == 1
