"""The database's versions: what they make is what the tables say, and upgrading twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.db import database, metadata, reading, use_database
from app.migrations.operations import is_current, is_empty, upgrade_database
from tests.integration.databases import make_database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_versions_make_the_tables_that_the_code_has(kind: str, tmp_path: Path) -> None:
    with make_database(kind, tmp_path) as url, use_database(url):
        with reading() as connection:
            assert is_empty(connection)
        upgrade_database()
        upgrade_database()
        with database.engine.connect() as connection:
            assert is_current(connection)
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
