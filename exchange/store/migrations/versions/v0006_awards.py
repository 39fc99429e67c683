"""Grants: runs of matching, sheets, awards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    told = ("day", "state", "snapshot", "decisions", "policies", "counts", "began_at", "ended_at")
    op.create_table("grant_run", *_texts("id", *told), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_grant_run_began", "grant_run", ["began_at"])
    op.create_table(
        "award_sheet",
        *_texts("id", "kind", "run", "policy", "version"),
        *_counts("number", "total_fen"),
        *_texts("digest", "state", "case", "at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_award_sheet_state", "award_sheet", ["kind", "state"])
    _award()


def _award() -> None:
    op.create_table(
        "award",
        *_texts("id", "run", "list", "batch", "policy", "version", "stage", "firm", "occurrence"),
        *_counts("amount_fen"),
        *_texts("state", "code", "case"),
        *_counts("row"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *_texts("updated_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("list", "batch", "case", "firm"):
        op.create_index(f"ix_award_{name}", "award", [name])
    op.create_index("ix_award_run", "award", ["run", "policy"])
    op.create_index("ix_award_state", "award", ["state", "policy"])
    claims = sa.text("state NOT IN ('screened-out', 'released')")
    op.create_index(
        "uq_award_claim",
        "award",
        ["policy", "stage", "firm", "occurrence"],
        unique=True,
        sqlite_where=claims,
        postgresql_where=claims,
    )


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[object]]:
    kind = sa.BigInteger()
    return [sa.Column(name, kind, autoincrement=False, nullable=False) for name in names]
