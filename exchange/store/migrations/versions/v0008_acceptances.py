"""Joint acceptances and their events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "acceptance",
        *_texts("case", "number", "opened_at", "closed_at"),
        sa.PrimaryKeyConstraint("case"),
        sa.UniqueConstraint("number", name="uq_acceptance_number"),
    )
    still_open = sa.text("closed_at = ''")
    op.create_index(
        "ix_acceptance_open",
        "acceptance",
        ["case"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "acceptance_event",
        *_texts("case"),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *_texts("name", "at", "role", "unit", "told", "document", "told_at"),
        sa.PrimaryKeyConstraint("case", "seq"),
    )
    op.create_index("ix_acceptance_event_document", "acceptance_event", ["document"])
    op.create_index("ix_acceptance_event_told", "acceptance_event", ["told_at"])


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
