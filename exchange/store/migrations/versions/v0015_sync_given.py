"""Syncs into what can't be asked (a queue, a folder): what it was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    empty, none = sa.text("''"), sa.text("0")
    op.add_column("sync_line", sa.Column("given", sa.Text(), nullable=False, server_default=empty))
    op.add_column(
        "sync_line",
        sa.Column("given_number", sa.BigInteger(), nullable=False, server_default=none),
    )
    op.create_table(
        "sync_given",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("sync", "target", "tag", "digest")
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sync", "target", "tag"),
    )
