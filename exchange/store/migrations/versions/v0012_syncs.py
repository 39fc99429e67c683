"""Scheduled syncs: lines, runs, batches, rows that are held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COUNTS = (
    *("read", "applied", "unchanged", "invalid", "quarantined", "refused", "in_flight"),
    *("gone", "deleted", "kept"),
)


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "sync_line",
        *_texts("sync", "target", "paused_at", "contract"),
        _count("rows"),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sync", "target"),
    )
    op.create_table(
        "sync_run",
        *_texts("id", "sync", "target", "kind", "state", "begun_at", "ended_at", "code", "facts"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sync_run_line", "sync_run", ["sync", "target", "begun_at"])
    op.create_table(
        "sync_batch",
        *_texts("id", "run", "sync", "target", "state", "dataset", "at"),
        *map(_count, _COUNTS),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sync_batch_run", "sync_batch", ["run"])
    waits = sa.text("state = 'sent'")
    op.create_index(
        "ix_sync_batch_sent",
        "sync_batch",
        ["sync", "target"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "sync_held",
        *_texts("id", "sync", "target", "run", "kind", "code", "problems", "at"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sync_held_line", "sync_held", ["sync", "target", "code"])


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
