"""What the operators' pages list, whole or in part, is found by an index, however many rows there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = ("ready", "sent", "stored", "unknown", "parked", "invalid", "refused")


def upgrade() -> None:
    """Forward only; a restore goes back."""
    told = sa.text(" OR ".join(f"state = '{state}'" for state in STATES))
    op.create_index("ix_matter_case_state", "matter_case", ["state", "opened_at", "id"])
    op.create_index("ix_matter_case_matter", "matter_case", ["matter", "state", "opened_at", "id"])
    op.create_index(
        "ix_case_item_state",
        "case_item",
        ["state", "updated_at", "case", "item", "code", "matter"],
        sqlite_where=told,
        postgresql_where=told,
    )
    due = sa.text("due_at <> ''")
    op.create_index(
        "ix_case_item_due",
        "case_item",
        ["case", "due_at"],
        sqlite_where=due,
        postgresql_where=due,
    )
    op.create_index("ix_transfer_receiver", "transfer", ["receiver", "at", "id"])
    op.create_index("ix_transfer_provider", "transfer", ["provider", "at", "id"])
