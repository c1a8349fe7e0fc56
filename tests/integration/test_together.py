"""Writes sent in one go: all of them or none, and an error is the database's own."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.db import reading, together, transaction
from app.identity.models import organisations

NOW = dt.datetime(2026, 2, 2, 1, tzinfo=dt.UTC)
ADD = insert(organisations).inline()


def make(code: str, kind: str = "vendor") -> dict[str, object]:
    return {"code": code, "name": code, "kind": kind, "created_at": NOW}


def count() -> int:
    with reading() as connection:
        return connection.execute(select(func.count()).select_from(organisations)).scalar_one()


def test_writes_together_are_all_there_in_their_order(app: Flask) -> None:
    with transaction() as connection:
        with together(connection):
            connection.execute(ADD, make("a"))
            connection.execute(ADD, [make("b"), make("c")])
        codes = select(organisations.c.code).order_by(organisations.c.id)
        assert list(connection.execute(codes).scalars()) == ["a", "b", "c"]
    assert count() == 3


def test_one_that_is_refused_takes_all_with_it(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction() as connection, together(connection):
        connection.execute(ADD, make("a"))
        connection.execute(ADD, make("a"))
        connection.execute(ADD, make("b"))
    assert count() == 0
    with transaction() as connection, together(connection):
        connection.execute(ADD, make("a"))
    assert count() == 1


def test_an_error_of_ours_among_them_takes_all_with_it(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as connection, together(connection):
        connection.execute(ADD, make("a"))
        raise ZeroDivisionError
    assert count() == 0
