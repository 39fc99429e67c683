"""Order finance: letters, readings, claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back."""
    _letters()
    _reads()
    _claims()


def _letters() -> None:
    op.create_table(
        "finance_letter",
        *_texts("id", "number", "bank", "grantor_uscc", "order_print", "purpose", "datasets"),
        *_texts("data_from", "data_until", "valid_from", "valid_until"),
        *_counts("max_uses", "uses"),
        *_texts("content", "document", "taken_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_finance_letter_bank", "finance_letter", ["bank", "valid_until"])
    op.create_table(
        "finance_revocation",
        *_texts("letter", "at", "by", "document"),
        sa.PrimaryKeyConstraint("letter"),
    )


def _reads() -> None:
    op.create_table(
        "finance_read",
        *_texts("bank", "id", "act", "letter", "asked", "case", "at", "code", "facts"),
        *_texts("counted_at"),
        sa.PrimaryKeyConstraint("bank", "id"),
    )
    op.create_index("ix_finance_read_at", "finance_read", ["at"])
    op.create_index("ix_finance_read_letter", "finance_read", ["letter", "at"])
    op.create_table(
        "finance_quota",
        *_texts("bank", "act", "day"),
        *_counts("used"),
        sa.PrimaryKeyConstraint("bank", "act", "day"),
    )


def _claims() -> None:
    op.create_table("finance_print", *_texts("print"), sa.PrimaryKeyConstraint("print"))
    op.create_table(
        "finance_claim",
        *_texts("case", "bank", "order_print", "line"),
        *_counts("amount_fen", "value_known"),
        *_texts("state", "why", "since", "changed_at"),
        *_counts("seq"),
        *_texts("buyer_print"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("ix_finance_claim_order", "finance_claim", ["order_print", "state"])
    op.create_index("ix_finance_claim_buyer", "finance_claim", ["buyer_print", "state"])
    op.create_table(
        "finance_claim_invoice",
        *_texts("print", "case"),
        sa.PrimaryKeyConstraint("print", "case"),
    )
    op.create_index("ix_finance_claim_invoice_case", "finance_claim_invoice", ["case"])


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(n, sa.BigInteger(), autoincrement=False, nullable=False) for n in names]
