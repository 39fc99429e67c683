"""Every migration only adds (docs/adr/0034): what the release before uses stays as it is.

Each is really run, and the tables are compared with what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from exchange.store import schema
from exchange.store.engine import Store

Shape = dict[str, dict[str, Any]]
REVISIONS = [
    each.revision
    for each in reversed(
        list(ScriptDirectory.from_config(schema._config()).walk_revisions("base", "heads"))
    )
]


def shape(connection: Connection) -> Shape:
    """Table → its columns, its key and what must be unique."""
    seen = inspect(connection)
    return {
        table: {
            "columns": {each["name"]: each for each in seen.get_columns(table)},
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": {
                *(tuple(each["column_names"]) for each in seen.get_unique_constraints(table)),
                *(
                    tuple(each["column_names"])
                    for each in seen.get_indexes(table)
                    if each["unique"]
                ),
            },
        }
        for table in seen.get_table_names()
    }


def taken(before: Shape, after: Shape) -> Iterator[str]:
    """What a program of the release before would miss, or could not write any more."""
    for table, was in before.items():
        if table not in after:
            yield f"{table} is gone"
            continue
        told = after[table]
        if told["key"] != was["key"]:
            yield f"{table} has another key"
        yield from (
            f"{table}: {each} must be unique now" for each in told["unique"] - was["unique"]
        )
        yield from (f"{table}.{each}" for each in _columns(was["columns"], told["columns"]))


def _columns(was: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    for name, column in was.items():
        if name not in told:
            yield f"{name} is gone"
        elif str(told[name]["type"]) != str(column["type"]):
            yield f"{name} is of another type"
        elif column["nullable"] and not told[name]["nullable"]:
            yield f"{name} must not be null now"
    for name in told.keys() - was.keys():
        if not told[name]["nullable"] and told[name]["default"] is None:
            yield f"{name} is new and has no default"


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> list[Shape]:
    """After each migration, the first one included."""
    folder = tmp_path_factory.mktemp("expand")
    config = schema._config()
    found: list[Shape] = []
    with closing(Store(f"sqlite:///{folder}/store.db")) as store:
        for revision in REVISIONS:
            with store.write() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                found.append(shape(connection))
    return found


@pytest.mark.parametrize("place", range(1, len(REVISIONS)), ids=REVISIONS[1:])
def test_it_only_adds(shapes: list[Shape], place: int) -> None:
    assert list(taken(shapes[place - 1], shapes[place])) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP TABLE cursor", "cursor is gone"),
        ("ALTER TABLE cursor DROP COLUMN failures", "cursor.failures is gone"),
        ("ALTER TABLE cursor RENAME COLUMN value TO valeur", "cursor.value is gone"),
        ("CREATE UNIQUE INDEX x ON cursor (value)", "cursor: ('value',) must be unique now"),
        ("ALTER TABLE cursor ADD COLUMN more TEXT", ""),
        ("ALTER TABLE cursor ADD COLUMN more TEXT NOT NULL DEFAULT ''", ""),
        ("CREATE INDEX x ON cursor (value)", ""),
    ],
)
def test_what_takes_something_away_is_found(tmp_path: Path, statement: str, told: str) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/store.db")) as store:
        schema.upgrade(store)
        with store.write() as connection:
            before = shape(connection)
            connection.execute(text(statement))
            found = list(taken(before, shape(connection)))
    assert found[:1] == ([told] if told else [])


def test_a_new_column_without_a_default_and_another_key_are_found() -> None:
    column: Callable[..., dict[str, Any]] = lambda **told: {  # noqa: E731
        "name": "a", "type": "TEXT", "nullable": True, "default": None, **told
    }  # fmt: skip
    before: Shape = {"t": {"columns": {"a": column()}, "key": ["a"], "unique": set()}}
    changed = {"a": column(type="INTEGER"), "b": column(nullable=False)}
    after: Shape = {"t": {"columns": changed, "key": ["b"], "unique": set()}}
    assert list(taken(before, after)) == [
        "t has another key",
        "t.a is of another type",
        "t.b is new and has no default",
    ]
    stricter: Shape = {"t": {**before["t"], "columns": {"a": column(nullable=False)}}}
    assert list(taken(before, stricter)) == ["t.a must not be null now"]
