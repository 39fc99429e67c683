"""Pushed feeds of order finance: how far each bank has got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "finance_push",
        *_texts("bank"),
        *_counts("seq", "until"),
        *_texts("books", "taken_at", "tried_at", "code"),
        sa.PrimaryKeyConstraint("bank"),
    )


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(n, sa.BigInteger(), autoincrement=False, nullable=False) for n in names]
