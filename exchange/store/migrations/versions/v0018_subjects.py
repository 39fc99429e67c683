"""Whom documents are about, by keyed digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back. Documents of before get theirs by ``zhida person index``."""
    names = ("document", "tag", "path")
    op.create_table(
        "document_subject",
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.PrimaryKeyConstraint(*names),
    )
    op.create_index("ix_document_subject_tag", "document_subject", ["tag"])
