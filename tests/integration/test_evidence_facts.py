"""Facts as entered: exact, by round and stage, resting on evidence that stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.db import reading, transaction
from app.evidence.models import EnteredFact, facts
from app.evidence.operations import EvidenceRefused, enter_facts, withdraw
from app.evidence.queries import list_facts, list_latest_facts
from app.evidence.store import FileStore
from app.scoring.facts import Value
from tests.integration.test_evidence import (
    ACTOR,
    CASE,
    LATER,
    NOW,
    OTHER_CASE,
    count_rows,
    make_app,
    upload,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with make_app(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


VALUES: dict[str, Value] = {
    "trainings": 12,
    "satisfaction": Decimal("92.50"),
    "share": Decimal("0.000001"),
    "large": Decimal("123456789012345.654321"),
    "whole": Decimal(5),
    "reported": True,
    "punished": False,
    "none": 0,
}


def test_facts_come_back_as_exactly_what_was_entered(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        proof = upload(connection, store)
        entered = {name: EnteredFact(value, "见附件", (proof.id,)) for name, value in VALUES.items()}
        enter_facts(connection, ACTOR, CASE, 1, "filed", entered, NOW)
    with reading() as connection:
        found = list_facts(connection, CASE, 1, "filed")
    assert found == entered
    assert {name: type(one.value) for name, one in found.items()} == {name: type(one) for name, one in VALUES.items()}


def test_facts_entered_again_replace_those_of_the_same_name_round_and_stage(app: Flask) -> None:
    with transaction() as connection:
        enter_facts(connection, ACTOR, CASE, 1, "filed", {"a": EnteredFact(1), "b": EnteredFact(2, "旧")}, NOW)
        enter_facts(connection, ACTOR, CASE, 1, "filed", {"b": EnteredFact(3, "新"), "c": EnteredFact(4)}, LATER)
        enter_facts(connection, ACTOR, CASE, 1, "reviewed", {"a": EnteredFact(10)}, LATER)
        enter_facts(connection, ACTOR, CASE, 2, "filed", {"a": EnteredFact(20)}, LATER)
        enter_facts(connection, ACTOR, OTHER_CASE, 1, "filed", {"a": EnteredFact(30)}, LATER)
        enter_facts(connection, ACTOR, CASE, 1, "filed", {}, LATER)
        found = list_facts(connection, CASE, 1, "filed")
        assert list_facts(connection, CASE, 1, "reviewed") == {"a": EnteredFact(10)}
        assert list_facts(connection, CASE, 3, "filed") == {}
    assert found == {"a": EnteredFact(1), "b": EnteredFact(3, "新"), "c": EnteredFact(4)}
    assert count_rows(facts) == 6


def test_a_fact_rests_only_on_standing_evidence_of_its_case(app: Flask, store: FileStore) -> None:
    with transaction() as connection:
        foreign = upload(connection, store, case_id=OTHER_CASE)
        gone = upload(connection, store)
        withdraw(connection, ACTOR, gone.id, "传错了文件", LATER)
        for ids in ((foreign.id,), (gone.id,), (99,)):
            with pytest.raises(EvidenceRefused, match="no evidence of this case"):
                enter_facts(connection, ACTOR, CASE, 1, "filed", {"a": EnteredFact(1, "", ids)}, NOW)
    assert count_rows(facts) == 0


def test_an_unknown_stage_is_refused_by_the_database(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction() as connection:
        enter_facts(connection, ACTOR, CASE, 1, "guessed", {"a": EnteredFact(1)}, NOW)


def test_the_latest_facts_are_those_of_the_last_round_that_entered_any_at_the_stage(app: Flask) -> None:
    with transaction() as connection:
        assert list_latest_facts(connection, CASE, "filed") == {}
        enter_facts(connection, ACTOR, CASE, 1, "filed", {"a": EnteredFact(1), "b": EnteredFact(2)}, NOW)
        enter_facts(connection, ACTOR, CASE, 2, "filed", {"a": EnteredFact(3)}, NOW)
        enter_facts(connection, ACTOR, CASE, 3, "reviewed", {"a": EnteredFact(4)}, NOW)
        enter_facts(connection, ACTOR, OTHER_CASE, 4, "filed", {"a": EnteredFact(5)}, NOW)
        assert list_latest_facts(connection, CASE, "filed") == {"a": EnteredFact(3)}
        assert list_latest_facts(connection, CASE, "reviewed") == {"a": EnteredFact(4)}
