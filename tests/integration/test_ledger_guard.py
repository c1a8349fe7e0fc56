"""The ledger only grows: the database refuses changes; where somebody got past it, nothing more is posted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit.guards import make_guard_removals
from app.cases.queries import find_incident_of_case
from app.casework.accounts import LedgerDiffers, read_account
from app.casework.complete_task import complete_task
from app.db import reading, transaction
from app.ledger.models import GUARDED, GUARDS, ledger_entries, ledger_events
from app.ledger.operations import NewPayment, add_payment
from app.ledger.queries import list_entries, list_events
from tests.integration.quarters import NOW, Quarters, lose
from tests.integration.simulating import HONGSHAN


def approve_one() -> Quarters:
    """Two quarters that lost everything: one is approved, the other waits for its signature."""
    quarters = Quarters()
    for number in (1, 2):
        quarters.open(f"Y1Q{number}", lose(HONGSHAN, f"Q{number}"))
    quarters.drive("Y1Q1")
    quarters.drive("Y1Q2", until="approve")
    paid = NewPayment(Decimal(1), NOW.date(), "记-1")
    with transaction() as connection:
        add_payment(connection, quarters.get_case("Y1Q1").id, paid, quarters.cast.find_by_role("finance", "").id, NOW)
    return quarters


def count_rows() -> list[int]:
    with reading() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in GUARDED]


def require_guarded() -> None:
    """Hold that no row of the ledger can be changed or deleted."""
    before = count_rows()
    for table in GUARDED:
        for statement in (update(table).values(id=table.c.id + 100), delete(table)):
            with pytest.raises(DBAPIError, match=f"{table.name} is append-only"), transaction() as connection:
                connection.execute(statement)
    assert count_rows() == before
    assert min(before) > 0


def test_the_database_refuses_to_change_or_delete_what_was_posted(app: Flask) -> None:
    approve_one()
    require_guarded()
    with transaction() as connection:
        remove_guards(connection)
        for dialect, statement in GUARDS:
            if dialect == connection.dialect.name:
                connection.execute(text(statement))
    require_guarded()


def remove_guards(connection: Connection) -> None:
    for table in GUARDED:
        for statement in make_guard_removals(table.name)[connection.dialect.name]:
            connection.execute(text(statement))


def forgive_a_point(connection: Connection) -> None:
    connection.execute(
        update(ledger_entries).where(ledger_entries.c.place == 0).values(points=ledger_entries.c.points - Decimal(1))
    )


def delete_the_last(connection: Connection) -> None:
    last = select(func.max(ledger_entries.c.place)).scalar_subquery()
    connection.execute(delete(ledger_entries).where(ledger_entries.c.place == last))


def add_one(connection: Connection) -> None:
    columns = [column for column in ledger_entries.columns if column.name != "id"]
    row = dict(connection.execute(select(*columns).where(ledger_entries.c.place == 0)).mappings().one())
    place = select(func.max(ledger_entries.c.place) + 1).scalar_subquery()
    connection.execute(insert(ledger_entries).values({**row, "place": place}))


def change_what_bound_it(connection: Connection) -> None:
    event = connection.execute(select(ledger_events.c.id, ledger_events.c.data).order_by(ledger_events.c.id)).first()
    assert event is not None
    facts = {**event.data["facts"], "mentors": 6}
    connection.execute(
        update(ledger_events).where(ledger_events.c.id == event.id).values(data={**event.data, "facts": facts})
    )


TAMPERINGS = [forgive_a_point, delete_the_last, add_one, change_what_bound_it]


def test_no_signature_is_taken_on_a_ledger_that_was_tampered_with(app: Flask) -> None:
    quarters = approve_one()
    (task,), before = quarters.list_tasks(quarters.get_case("Y1Q2")), count_rows()
    doer = quarters.cast.find_by_role(task.role).on(NOW)
    for change in TAMPERINGS:
        with pytest.raises(LedgerDiffers, match=quarters.contract.code), transaction() as connection:
            remove_guards(connection)
            change(connection)
            complete_task(connection, doer, task.id, {}, NOW)
    assert count_rows() == before
    assert quarters.drive("Y1Q2", until="second_sign") == ["second_sign"]


def test_nothing_is_posted_after_a_second_signature_on_a_ledger_that_was_tampered_with(app: Flask) -> None:
    quarters = approve_one()
    assert quarters.drive("Y1Q2", until="second_sign") == ["second_sign"]
    with reading() as connection:
        entries, events = list_entries(connection, 1), list_events(connection, 1)
    with transaction() as connection:
        remove_guards(connection)
        add_one(connection)
    with reading() as connection, pytest.raises(LedgerDiffers):
        read_account(connection, quarters.contract)
    assert quarters.drive("Y1Q2") == []
    case = quarters.get_case("Y1Q2")
    with reading() as connection:
        incident = find_incident_of_case(connection, case.id)
        assert incident is not None
        assert (incident.operation, "LedgerDiffers" in incident.message) == ("post_consequences", True)
        assert list_entries(connection, 1)[:-1] == entries
        assert list_events(connection, 1) == events
    assert (case.closed_at, quarters.list_proposals()) == (None, [])
