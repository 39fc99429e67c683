"""Write a row into a front-end table, once, and look rows up: the calling side of ``tables``.

``insert NAME`` (body: the row) looks at what is there before anybody may call it done:

- a row with the same key and our values is there: ``{"outcome": "same"}``, so that an insert
  may be made again as long as nobody has taken the row away;
- with other values: ``Rejected tables.duplicate``, with the columns (``theirs`` names the columns
  that the other side changes; they don't count);
- what the server made of our row is read back before the commit. Changed (rounded, cut, a
  trigger's work)? Then nothing is kept: ``Rejected tables.changed``.

An insert whose commit was not answered is ``Unknown tables.uncertain``, whatever the keys: the
row may be there, and who reads it may have taken it away already. Probe with ``select``; whom a
second row does not harm declares the operation ``natural``.

``select NAME`` (body: column → value, all equal) gives all such rows, at most ``most``, exactly:
a server that takes ``a`` for ``A`` is not believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, and_, insert, select, true

from connectors import json_text
from connectors.tables_database import Chosen, Database
from connectors.tables_row import written
from connectors.tables_value import fitted, same
from connectors.verbs import spoken
from exchange.errors import Invalid, Rejected, Retriable, Unknown
from exchange.ports import Reply

VERBS = ("insert", "select")


class TablesCalls:
    """Connector over the tables of one database; owns it. Thread-safe."""

    def __init__(self, database: Database, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._database, self._tables = database, dict(tables)
        self._chosen: dict[str, Chosen] = {}
        self._read: dict[str, Chosen] = {}
        self._unique: dict[str, bool] = {}

    def call(self, operation: str, body: Any) -> Reply:
        """``Reply.value``: ``{"outcome": "inserted" | "same"}``, or the list of rows."""
        verb, name = spoken(operation, VERBS, self._tables)
        if not isinstance(body, Mapping):
            raise Invalid("tables.body", path="/")
        return self._insert(name, body) if verb == "insert" else self._select(name, body)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    # --- insert ----------------------------------------------------------------------------------

    def _insert(self, name: str, body: Mapping[str, Any]) -> Reply:
        chosen = self._choose(name)
        values = _fitted(body, chosen)
        missing = [column.name for column in chosen.key if values.get(column.name) is None]
        if missing or not chosen.key:
            raise Invalid("tables.no-key", table=chosen.table.name, column=(missing or ["-"])[0])
        theirs = frozenset(self._tables[name].get("theirs", ()))
        try:
            return self._added(name, chosen, values, theirs)
        except Rejected as error:
            if error.code != "tables.duplicate":
                raise
            with self._database.begin() as connection:
                found = _by_key(connection, chosen, values)
            if found is None:  # another unique value than the key
                raise
            return _compared(chosen, values, found, theirs)

    def _added(
        self, name: str, chosen: Chosen, values: Mapping[str, Any], theirs: frozenset[str]
    ) -> Reply:
        unique, in_doubt = self._is_unique(name, chosen), False
        try:
            with self._database.begin(chosen.table) as connection:
                there = None if unique else _by_key(connection, chosen, values)
                if there is not None:
                    return _compared(chosen, values, there, theirs)
                in_doubt = not self._database.rolls_back
                connection.execute(insert(chosen.table).values(dict(values)))
                _require_as_sent(connection, chosen, values, theirs)
                in_doubt = True  # here comes the commit
        except Retriable as error:
            if not in_doubt:
                raise
            raise Unknown("tables.uncertain", **error.facts) from None
        return _told({"outcome": "inserted"})

    # --- select ----------------------------------------------------------------------------------

    def _select(self, name: str, body: Mapping[str, Any]) -> Reply:
        about = self._tables[name]
        chosen, most = self._seen(name), about["most"]
        values = _fitted(body, chosen)
        asked = {column.name: column for column in (*chosen.columns, *_columns(values, chosen))}
        query = select(*asked.values()).where(_equal(values, chosen)).limit(most + 1)
        with self._database.begin() as connection:
            rows = connection.execute(query.order_by(*chosen.key)).mappings().all()
        if len(rows) > most:
            raise Rejected("tables.too-many", table=chosen.table.name, limit=most)
        found = [
            written(chosen.content(row)) for row in rows if not _different(chosen, values, row)
        ]
        return Reply(b"[" + b",".join(found) + b"]", [json_text.read(row) for row in found])

    def _seen(self, name: str) -> Chosen:
        """Looked up once: to ask for a table's columns costs more than to ask for a row of it."""
        if name not in self._read:
            self._read[name] = self._database.choose(self._tables[name], ())
        return self._read[name]

    def _choose(self, name: str) -> Chosen:
        if name not in self._chosen:
            about = self._tables[name]
            whole = Chosen(self._database.table(about), (), ())
            key = tuple(whole.column(each) for each in about.get("key", ()))
            for each in about.get("theirs", ()):
                whole.column(each)
            self._chosen[name] = Chosen(whole.table, (), key)
        return self._chosen[name]

    def _is_unique(self, name: str, chosen: Chosen) -> bool:
        if name not in self._unique:
            self._unique[name] = self._database.unique(chosen)
        return self._unique[name]


def _fitted(body: Mapping[str, Any], chosen: Chosen) -> dict[str, Any]:
    return fitted(body, {name: chosen.column(name) for name in body})


def _columns(values: Mapping[str, Any], chosen: Chosen) -> Sequence[Column[Any]]:
    return [chosen.column(name) for name in values]


def _equal(values: Mapping[str, Any], chosen: Chosen) -> Any:
    return and_(true(), *(chosen.column(name) == value for name, value in values.items()))


def _by_key(connection: Connection, chosen: Chosen, values: Mapping[str, Any]) -> Any:
    """The row with our key, as the server takes keys for equal; only the columns that we send."""
    key = {column.name: values[column.name] for column in chosen.key}
    query = select(*_columns(values, chosen)).where(_equal(key, chosen)).limit(1)
    return connection.execute(query).mappings().first()


def _require_as_sent(
    connection: Connection, chosen: Chosen, values: Mapping[str, Any], theirs: frozenset[str]
) -> None:
    found = _by_key(connection, chosen, values)
    if found is None:
        raise Rejected("tables.changed", table=chosen.table.name, columns="*")
    if changed := [name for name in _different(chosen, values, found) if name not in theirs]:
        raise Rejected("tables.changed", table=chosen.table.name, columns=", ".join(changed))


def _compared(
    chosen: Chosen, values: Mapping[str, Any], found: Any, theirs: frozenset[str]
) -> Reply:
    differ = [name for name in _different(chosen, values, found) if name not in theirs]
    if differ:
        facts = {"column": ", ".join(differ), "reason": "other values"}
        raise Rejected("tables.duplicate", table=chosen.table.name, **facts)
    return _told({"outcome": "same"})


def _different(chosen: Chosen, values: Mapping[str, Any], found: Any) -> list[str]:
    """Names of the columns in which the row there is not ours."""
    return [
        name
        for name, value in values.items()
        if not same(value, found[name], chosen.column(name).type)
    ]


def _told(value: Any) -> Reply:
    return Reply(json_text.written(value), value)
