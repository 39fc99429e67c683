"""Further identities of a case: the numbers of certificates that were issued anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "case_alias",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("matter", "identity", "case")),
        sa.PrimaryKeyConstraint("matter", "identity"),
    )
