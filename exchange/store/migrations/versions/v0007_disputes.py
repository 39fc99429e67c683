"""Disputes and their events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "dispute",
        *_texts("case", "number", "opened_at", "closed_at", "parties"),
        sa.PrimaryKeyConstraint("case"),
        sa.UniqueConstraint("number", name="uq_dispute_number"),
    )
    op.create_index("ix_dispute_parties", "dispute", ["parties"])
    still_open = sa.text("closed_at = ''")
    op.create_index(
        "ix_dispute_open",
        "dispute",
        ["case"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "dispute_event",
        *_texts("case"),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *_texts("name", "at", "role", "unit", "to", "desk", "document", "told_at"),
        sa.PrimaryKeyConstraint("case", "seq"),
    )
    op.create_index("ix_dispute_event_document", "dispute_event", ["document"])
    op.create_index("ix_dispute_event_told", "dispute_event", ["told_at"])


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
