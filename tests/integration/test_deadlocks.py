"""Two transactions that wait for each other: the database ends one, which runs once more and finds the other done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db import again_after_deadlock, transaction
from app.identity.models import organisations
from app.identity.operations import add_organisation
from tests.integration.website import NOW


def test_both_of_two_that_wait_for_each_other_get_through(app: Flask) -> None:
    if "postgresql" not in app.config["SQLALCHEMY_DATABASE_URI"]:
        pytest.skip("SQLite has one writer at a time: nobody waits for anybody else's second lock")
    with transaction() as connection:
        ids = [add_organisation(connection, None, code, code, "vendor", NOW).id for code in ("a", "b")]
    met, tries = threading.Barrier(2), [0, 0]

    def lock_both(place: int) -> None:
        with app.app_context():
            again_after_deadlock(lambda: cross(place))

    def cross(place: int) -> None:
        tries[place] += 1
        first, second = (ids, ids[::-1])[place]
        with transaction() as connection:
            connection.execute(update(organisations).where(organisations.c.id == first).values(name=f"{place}"))
            if tries[place] == 1:
                met.wait(10)
            connection.execute(update(organisations).where(organisations.c.id == second).values(name=f"{place}"))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(lock_both, place) for place in (0, 1)]:
            done.result(30)
    assert sorted(tries) == [1, 2]
    with transaction() as connection:
        names = set(connection.execute(select(organisations.c.name).where(organisations.c.id.in_(ids))).scalars())
    assert len(names) == 1
