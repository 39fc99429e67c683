"""Bodies of old ledger entries may go, if a signed entry says which; their hashes stay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SAYS = "the ledger is written once"
_SAME = (
    'NEW.seq = OLD.seq AND NEW.kind = OLD.kind AND NEW."case" = OLD."case" AND NEW.ref = OLD.ref'
)
_TOLD = (
    "COALESCE((SELECT 1 FROM ledger_prune p JOIN ledger_entry e ON e.seq = p.entry"
    " WHERE p.first <= OLD.seq AND p.first > OLD.seq - 4096 AND p.last >= OLD.seq"
    " AND e.kind = 'pruned' ORDER BY p.first DESC LIMIT 1), 0) = 1"
)
"""A run is never longer than 4,096 entries (``exchange.pruning.SPAN``), and mostly it is the nearest: so
the index finds it at once.
"""


def upgrade() -> None:
    """Forward only; a restore goes back."""
    op.create_table(
        "ledger_prune",
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("first", "entry"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    """The same name as before, so that who looks whether the wall stands finds it."""
    goes = f"length(NEW.body) = 0 AND NEW.hash IS OLD.hash AND {_SAME} AND {_TOLD}"
    op.execute("DROP TRIGGER wall_ledger_entry_update")
    _sqlite_wall("ledger_entry_update", f"UPDATE ON ledger_entry WHEN NOT COALESCE({goes}, 0)")
    there = "EXISTS (SELECT 1 FROM ledger_prune WHERE first = NEW.first AND entry = NEW.entry)"
    _sqlite_wall("ledger_prune_update", "UPDATE ON ledger_prune")
    _sqlite_wall("ledger_prune_delete", "DELETE ON ledger_prune")
    _sqlite_wall("ledger_prune_insert", f"INSERT ON ledger_prune WHEN {there}")


def _sqlite_wall(name: str, what: str) -> None:
    op.execute(
        f"CREATE TRIGGER wall_{name} BEFORE {what} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    )


def _postgresql() -> None:
    goes = f"NEW.body = '' AND NEW.hash = OLD.hash AND {_SAME} AND {_TOLD}"
    op.execute(
        "CREATE FUNCTION ledger_entry_wall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'UPDATE' THEN"
        f" IF {goes} THEN RETURN NEW; END IF; END IF;"
        f" RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute("DROP TRIGGER wall_ledger_entry_change ON ledger_entry")
    change = ("UPDATE OR DELETE", "FOR EACH ROW")
    _postgresql_wall("ledger_entry", "change", *change, does="ledger_entry_wall")
    _postgresql_wall("ledger_prune", "change", *change)
    _postgresql_wall("ledger_prune", "empty", "TRUNCATE", "FOR EACH STATEMENT")


def _postgresql_wall(
    table: str, name: str, what: str, how: str, *, does: str = "ledger_wall"
) -> None:
    wall = f"wall_{table}_{name}"
    op.execute(f"CREATE TRIGGER {wall} BEFORE {what} ON {table} {how} EXECUTE FUNCTION {does}()")
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {wall}")
