"""All tables of the first version."""

from __future__ import annotations

from alembic import op

from app.migrations.scripts import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    run_script(op.get_bind(), revision)
