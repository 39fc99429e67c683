"""Owners and versions of deliveries; how the hub is run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    for name in ("owner", "chain", "version"):
        op.add_column("delivery", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    slow = sa.Column("slow", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("circuit", slow)
    op.execute("UPDATE delivery SET chain = effect")  # until now each was the root of its own
    op.create_index("ix_delivery_chain", "delivery", ["chain"])
    op.create_index("ix_delivery_sent", "delivery", ["system", "operation", "sent_at"])
    op.drop_index("ix_case_item_due", "case_item")
    workable = sa.text("state IN ('ready', 'sent', 'stored', 'unknown')")
    op.create_index(
        "ix_case_item_workable",
        "case_item",
        ["matter", "next_at"],
        sqlite_where=workable,
        postgresql_where=workable,
    )
    op.create_index("ix_document_supersedes", "document", ["supersedes"])
    op.create_index("ix_transfer_document", "transfer", ["document"])
    _table("pace", "system", "next_at")
    _table("leg", "system", "mode", "since", "operator", "reason")
    _incident()
    _proposal()
    _objection()
    _table("doubt", "system", "epoch", "since")
    _reconciliation()


def _table(name: str, key: str, *texts: str, counts: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        sa.Column(key, sa.Text(), nullable=False),
        *(sa.Column(text, sa.Text(), nullable=False) for text in texts),
        *(sa.Column(c, sa.BigInteger(), autoincrement=False, nullable=False) for c in counts),
        sa.PrimaryKeyConstraint(key),
    )


def _incident() -> None:
    told = ("system", "kind", "code", "facts", "opened_at", "told_at")
    _table("incident", "id", *told, "acknowledged_by", "silenced_until", "closed_at")
    op.create_index("ix_incident_open", "incident", ["system", "closed_at"])


def _proposal() -> None:
    proposed = ("action", "target", "reason", "proposed_by", "proposed_at", "proposed_token")
    decided = ("state", "decided_by", "decided_at", "decided_token")
    _table("proposal", "id", *proposed, *decided)


def _objection() -> None:
    about = ("document", "case", "provider", "receiver", "field")
    _table("objection", "id", *about, "opened_at", "due_at", "state", "answer", "closed_at")
    op.create_index("ix_objection_state", "objection", ["state", "due_at"])


def _reconciliation() -> None:
    counts = ("ours", "theirs", "settled", "missing", "foreign")
    _table("reconciliation", "id", "system", "at", "since", "until", counts=counts)
    op.create_index("ix_reconciliation_system", "reconciliation", ["system", "at"])
