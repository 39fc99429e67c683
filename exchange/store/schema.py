"""Bring a store's database to the present schema, and tell how far it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from exchange.errors import Fatal
from exchange.store.engine import Store

_ALONE = text("SELECT pg_advisory_xact_lock(7239130)")
"""Two that upgrade at once do it one after the other; the number is ours, without a meaning."""


def upgrade(store: Store) -> None:
    """Run every migration that the database lacks. Safe to repeat; one transaction."""
    config = _config()
    with store.write() as connection:
        if not store.is_embedded:  # an embedded store has one writer anyway
            connection.execute(_ALONE)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(store: Store) -> None:
    """``Fatal`` with the remedy unless the database has exactly our schema."""
    with store.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise Fatal("store.schema", found=found or "-", wanted=wanted or "-")


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
