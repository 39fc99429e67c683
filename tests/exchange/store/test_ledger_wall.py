"""The second wall is as the migrations made it, or somebody is told: names alone prove nothing (G7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from exchange.store import ledger_wall
from exchange.store.engine import Connection, Store

STORES = ("sqlite", "postgresql")
pytestmark = pytest.mark.guarantee("G7")

EDIT = "wall_ledger_entry_update", "UPDATE ON ledger_entry"
HOLLOWED = {
    "sqlite": {
        "taken away": ("DROP TRIGGER wall_ledger_tip_update", "wall_ledger_tip_update"),
        "does nothing": (
            f"DROP TRIGGER {EDIT[0]}; CREATE TRIGGER {EDIT[0]} BEFORE {EDIT[1]} BEGIN SELECT 1#END",
            EDIT[0],
        ),
        "only in words": (
            (
                f"DROP TRIGGER {EDIT[0]}; CREATE TRIGGER {EDIT[0]} BEFORE {EDIT[1]}"
                " BEGIN SELECT 'RAISE(ABORT, ''the ledger is written once'')'#END"
            ),
            EDIT[0],
        ),
        "never": (
            (
                "DROP TRIGGER wall_ledger_head_delete; CREATE TRIGGER wall_ledger_head_delete"
                " BEFORE DELETE ON ledger_head WHEN 0"
                " BEGIN SELECT RAISE(ABORT, 'the ledger is written once')#END"
            ),
            "wall_ledger_head_delete",
        ),
        "on another table": (
            (
                "DROP TRIGGER wall_ledger_tile_update; CREATE TRIGGER wall_ledger_tile_update"
                " BEFORE UPDATE ON delivery BEGIN SELECT RAISE(ABORT, 'the ledger is written once')#END"
            ),
            "wall_ledger_tile_update",
        ),
        "one that swallows": (
            (
                "CREATE TRIGGER helpful BEFORE INSERT ON ledger_entry WHEN NEW.kind = 'refusal'"
                " BEGIN SELECT RAISE(IGNORE)#END"
            ),
            "helpful",
        ),
    },
    "postgresql": {
        "taken away": (
            "DROP TRIGGER wall_ledger_tip_update ON ledger_tip",
            "wall_ledger_tip_update",
        ),
        "asleep": (
            "ALTER TABLE ledger_head DISABLE TRIGGER wall_ledger_head_change",
            "wall_ledger_head_change",
        ),
        "not for replicas": (
            "ALTER TABLE ledger_head ENABLE TRIGGER wall_ledger_head_change",
            "wall_ledger_head_change",
        ),
        "does nothing": (
            (
                "CREATE OR REPLACE FUNCTION ledger_wall() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN COALESCE(NEW, OLD)# END $$"
            ),
            "wall_ledger_head_change",
        ),
        "an exception for one": (
            (
                "CREATE OR REPLACE FUNCTION ledger_entry_wall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF current_user = 'postgres' THEN RETURN COALESCE(NEW, OLD)# END IF#"
                " RAISE EXCEPTION 'the ledger is written once' USING ERRCODE = 'restrict_violation'# END $$"
            ),
            "wall_ledger_entry_change",
        ),
        "looks elsewhere": (
            "ALTER FUNCTION ledger_entry_wall() SET search_path = elsewhere",
            "wall_ledger_entry_change",
        ),
        "another function": (
            (
                "CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW# END $$;"
                " DROP TRIGGER wall_ledger_tip_update ON ledger_tip;"
                " CREATE TRIGGER wall_ledger_tip_update BEFORE UPDATE ON ledger_tip FOR EACH ROW"
                " WHEN (NEW.size <= OLD.size OR NEW.id <> OLD.id) EXECUTE FUNCTION idle();"
                " ALTER TABLE ledger_tip ENABLE ALWAYS TRIGGER wall_ledger_tip_update"
            ),
            "wall_ledger_tip_update",
        ),
        "never": (
            (
                "DROP TRIGGER wall_ledger_tip_update ON ledger_tip;"
                " CREATE TRIGGER wall_ledger_tip_update BEFORE UPDATE ON ledger_tip FOR EACH ROW"
                " WHEN (NEW.size < OLD.size AND NEW.id <> OLD.id) EXECUTE FUNCTION ledger_wall();"
                " ALTER TABLE ledger_tip ENABLE ALWAYS TRIGGER wall_ledger_tip_update"
            ),
            "wall_ledger_tip_update",
        ),
        "one that swallows": (
            (
                "CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL# END $$;"
                " CREATE TRIGGER helpful BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION idle()"
            ),
            "helpful",
        ),
        "a rule": (
            "CREATE RULE quiet AS ON INSERT TO ledger_outside DO INSTEAD NOTHING",
            "quiet",
        ),
    },
}
"""What somebody with every right did (``#`` stands for a semicolon within a statement), and which name is told."""


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """What is done in it is taken back: the database is another test's next."""
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        yield connection
        raise ZeroDivisionError


def test_of_a_new_store_nothing_is_told(store: Store) -> None:
    with store.read() as connection:
        assert ledger_wall.breaches(connection) == []


def test_whatever_is_done_to_a_trigger_is_told(store: Store) -> None:
    for name, (statements, told) in HOLLOWED[
        "sqlite" if store.is_embedded else "postgresql"
    ].items():
        with undone(store) as connection:
            for each in statements.split(";"):
                connection.execute(text(each.replace("#", ";")))
            assert told in ledger_wall.breaches(connection), name
    with store.read() as connection:
        assert ledger_wall.breaches(connection) == []


def test_what_was_hollowed_lets_pass_what_the_wall_refused(store: Store) -> None:
    """The attack works: it is no attack on our look at the wall only."""
    kind = "sqlite" if store.is_embedded else "postgresql"
    with undone(store) as connection:
        connection.exec_driver_sql("INSERT INTO ledger_head (size, at, token) VALUES (1, '', '')")
        for each in HOLLOWED[kind]["does nothing" if kind == "postgresql" else "never"][0].split(
            ";"
        ):
            connection.execute(text(each.replace("#", ";")))
        assert connection.exec_driver_sql("DELETE FROM ledger_head").rowcount == 1
