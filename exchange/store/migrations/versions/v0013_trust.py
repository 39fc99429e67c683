"""Certificates that two operators have let in, revocation lists, and how their sources are doing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "certificate", *_texts("fingerprint", "pem"), sa.PrimaryKeyConstraint("fingerprint")
    )
    op.create_table(
        "revocation_list",
        *_texts("issuer"),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        *_texts("digest", "this_update", "next_update", "taken_at"),
        sa.PrimaryKeyConstraint("issuer"),
    )
    op.create_table(
        "revocation_source",
        *_texts("name", "next_at", "failing_since", "code"),
        sa.PrimaryKeyConstraint("name"),
    )


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
