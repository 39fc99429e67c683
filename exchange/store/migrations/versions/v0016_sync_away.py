"""Syncs through a gate: batches that are on their way, found by their line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    away = sa.text("state = 'away'")
    op.create_index(
        "ix_sync_batch_away",
        "sync_batch",
        ["sync", "target"],
        sqlite_where=away,
        postgresql_where=away,
    )
