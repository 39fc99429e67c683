"""The ledger's tables refuse to be changed; what others say of its heads has a place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ONCE = {
    "ledger_entry": ("seq",),
    "ledger_tile": ("level", "n"),
    "ledger_head": ("size",),
    "ledger_outside": ("holder", "size"),
}
"""Tables whose rows are written once, with their keys."""
_GROWS = "NEW.size <= OLD.size OR NEW.id <> OLD.id"
_SAYS = "the ledger is written once"


def upgrade() -> None:
    """Forward only; a restore goes back."""
    texts = [sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "head", "seal", "at")]
    op.create_table(
        "ledger_outside",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        *texts,
        sa.Column("since", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("holder", "size"),
    )
    op.create_table(
        "ledger_heard",
        sa.Column("holder", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("at", "code", "since")),
        sa.PrimaryKeyConstraint("holder"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    """``INSERT OR REPLACE`` deletes without asking a delete trigger, so inserting is looked at too."""
    for table, keys in _ONCE.items():
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
        _sqlite_wall(f"{table}_update", f"UPDATE ON {table}")
        _sqlite_wall(f"{table}_delete", f"DELETE ON {table}")
        _sqlite_wall(f"{table}_insert", f"INSERT ON {table} WHEN {there}")
    _sqlite_wall("ledger_tip_update", f"UPDATE ON ledger_tip WHEN {_GROWS}")
    _sqlite_wall("ledger_tip_delete", "DELETE ON ledger_tip")


def _sqlite_wall(name: str, what: str) -> None:
    op.execute(
        f"CREATE TRIGGER wall_{name} BEFORE {what} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    )


def _postgresql() -> None:
    """``ENABLE ALWAYS``: not even a session that plays a replica passes by."""
    op.execute(
        "CREATE FUNCTION ledger_wall() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in _ONCE:
        _postgresql_wall(table, f"{table}_change", "UPDATE OR DELETE", "FOR EACH ROW")
        _postgresql_wall(table, f"{table}_empty", "TRUNCATE", "FOR EACH STATEMENT")
    shrinks = f"FOR EACH ROW WHEN ({_GROWS})"
    _postgresql_wall("ledger_tip", "ledger_tip_update", "UPDATE", shrinks)
    _postgresql_wall("ledger_tip", "ledger_tip_delete", "DELETE", "FOR EACH ROW")
    _postgresql_wall("ledger_tip", "ledger_tip_empty", "TRUNCATE", "FOR EACH STATEMENT")


def _postgresql_wall(table: str, name: str, what: str, how: str) -> None:
    op.execute(
        f"CREATE TRIGGER wall_{name} BEFORE {what} ON {table} {how} EXECUTE FUNCTION ledger_wall()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER wall_{name}")
