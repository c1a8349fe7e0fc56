"""Alembic's environment: runs the scripts on the connection that it is given."""

from __future__ import annotations

from alembic import context

import app.audit.models
import app.cases.models
import app.contracts.models
import app.evidence.models
import app.identity.models
import app.ledger.models
import app.occurrences.models
import app.outbox.models
import app.papers.models
import app.processes.models
import app.scores.models
import app.submissions.models
import app.tasks.models  # noqa: F401  # every domain's tables register themselves
from app.db import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
