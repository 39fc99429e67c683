"""Datasets, snapshots, and the sealed parts of both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "dataset",
        *_texts("id", "kind", "provider", "source", "as_of", "created_at", "schema", "root"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dataset_source", "dataset", ["kind", "source", "as_of"])
    op.create_table(
        "snapshot",
        *_texts("id", "name", "as_of", "created_at", "digest"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        *_texts("sources"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_snapshot_name", "snapshot", ["name", "as_of"])
    op.create_table(
        "sealed_part",
        *_texts("owner", "role"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("number", "rows")),
        *_texts("digest", "at"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "role", "number"),
    )
    op.create_index("ix_sealed_part_at", "sealed_part", ["at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
