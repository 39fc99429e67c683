"""The legal periods that run, and incidents that are about one item of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; a restore goes back.

    Of periods that run already only the last day is in the store: the next sweep looks for the
    day on which they began (``zhida.clocks``), and whether they are over.
    """
    names = ("matter", "from_opening", "next_on", "told")
    op.create_table(
        "item_clock",
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.PrimaryKeyConstraint("case", "item"),
    )
    for name, column in (("next", "next_on"), ("told", "told")):
        only = sa.text(f"{column} <> ''")
        index = f"ix_item_clock_{name}"
        op.create_index(index, "item_clock", [column], sqlite_where=only, postgresql_where=only)
    op.add_column("incident", sa.Column("about", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "INSERT INTO item_clock SELECT \"case\", item, matter, '', '2000-01-01', ''"
        " FROM case_item WHERE due_at <> ''"
    )
