"""What the night duty and the figures need: hand-overs, how bad it was when silenced, the last sweep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "duty",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("at", "person", "giver", "until")
        ),
        sa.PrimaryKeyConstraint("at", "person"),
    )
    op.create_table(
        "sweep",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("matter", "begun_at", "ended_at")
        ),
        sa.Column("took_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("matter"),
    )
    op.add_column(
        "incident", sa.Column("silenced_as", sa.Text(), nullable=False, server_default="")
    )
