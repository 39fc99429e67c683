"""After the loan: loans, what banks tell of them, the daily watch, numbered events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at = ''")


def upgrade() -> None:
    """Forward only; a restore goes back."""
    _loans()
    _told()
    _watches()
    _events()


def _loans() -> None:
    op.create_table(
        "finance_loan",
        *_texts("case", "bank", "number", "request", "letter", "paid_out_on"),
        *_counts("amount_fen"),
        *_texts("due_on", "content", "opened_at", "closed_at"),
        sa.PrimaryKeyConstraint("case"),
        sa.UniqueConstraint("bank", "number", name="uq_finance_loan_number"),
        sa.UniqueConstraint("request", name="uq_finance_loan_request"),
    )
    _index_open("ix_finance_loan_open", "finance_loan")


def _told() -> None:
    op.create_table(
        "finance_loan_told",
        *_texts("case"),
        *_counts("seq"),
        *_texts("number", "name", "day"),
        *_counts("amount_fen"),
        *_texts("payer", "content", "document", "told_at"),
        sa.PrimaryKeyConstraint("case", "seq"),
        sa.UniqueConstraint("case", "number", name="uq_finance_loan_told_number"),
    )
    op.create_index("ix_finance_loan_told_at", "finance_loan_told", ["told_at"])


def _watches() -> None:
    op.create_table(
        "finance_watch",
        *_texts("case", "day", "watch", "code", "closed_at"),
        sa.PrimaryKeyConstraint("case", "day"),
    )
    _index_open("ix_finance_watch_open", "finance_watch")
    op.create_table(
        "finance_watched",
        *_texts("case", "name", "document", "day"),
        sa.PrimaryKeyConstraint("case", "name"),
    )


def _events() -> None:
    op.create_table(
        "finance_event",
        *_texts("bank"),
        *_counts("seq"),
        *_texts("case", "name", "key", "document", "at"),
        sa.PrimaryKeyConstraint("bank", "seq"),
        sa.UniqueConstraint("case", "name", "key", name="uq_finance_event_key"),
    )
    op.create_index("ix_finance_event_at", "finance_event", ["at"])
    op.create_table(
        "finance_event_last",
        *_texts("bank"),
        *_counts("seq"),
        sa.PrimaryKeyConstraint("bank"),
    )


def _index_open(name: str, table: str) -> None:
    op.create_index(name, table, ["case"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(n, sa.BigInteger(), autoincrement=False, nullable=False) for n in names]
