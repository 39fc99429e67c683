"""A site's own SELECT as a table to read from: in brackets, in transactions that can't write.

What is asked of a table (pages, counts, keys) is asked around the brackets. The types of its columns are those
that the server tells of an answer without rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, column, event, inspect, text
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError

from connectors import tables_select
from exchange.errors import Fatal

_NAME = "zhida_query"
_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
_Types = Mapping[int, sql.TypeEngine[Any]]
_POSTGRESQL: _Types = {
    16: sql.Boolean(), 19: sql.Text(), 20: sql.BigInteger(), 21: sql.SmallInteger(), 23: sql.Integer(),
    25: sql.Text(), 700: sql.Float(), 701: sql.Float(), 1042: sql.CHAR(), 1043: sql.String(), 1082: sql.Date(),
    1083: sql.Time(), 1114: sql.DateTime(), 1184: sql.DateTime(timezone=True), 1700: sql.Numeric(),
    2950: sql.Uuid(),
}  # fmt: skip
"""By the number of the type in ``pg_type``."""
_MYSQL: _Types = {
    0: sql.Numeric(), 1: sql.SmallInteger(), 2: sql.SmallInteger(), 3: sql.Integer(), 4: sql.Float(), 5: sql.Float(),
    7: sql.DateTime(), 8: sql.BigInteger(), 9: sql.Integer(), 10: sql.Date(), 11: sql.Time(), 12: sql.DateTime(),
    13: sql.SmallInteger(), 15: sql.Text(), 246: sql.Numeric(), 249: sql.Text(), 250: sql.Text(), 251: sql.Text(),
    252: sql.Text(), 253: sql.Text(), 254: sql.CHAR(),
}  # fmt: skip
"""By the number of the type in the protocol."""
_KNOWN: Mapping[str, _Types] = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "mariadb": _MYSQL}


def forbid_writing(engine: Engine) -> None:
    """Every transaction from now on is read only. ``Fatal`` for a server of which we don't know how."""
    dialect = engine.dialect.name
    if dialect not in _READ_ONLY:
        raise Fatal("tables.query-dialect", dialect=dialect)

    def begin(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_READ_ONLY[dialect])
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", begin)


def table(connection: Connection, query: str) -> Any:
    """What a ``SELECT`` of it can be made from. ``Fatal`` for what is none, or has columns without a name."""
    if found := tables_select.wrong(query):
        raise Fatal("tables.query", found=found)
    try:
        types = _types(connection, query)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        said = str(error.orig).splitlines()[0][:200]
        raise Fatal("tables.query-broken", said=said) from None
    repeated = [name for name, count in Counter(name for name, _ in types).items() if count > 1]
    if repeated:
        raise Fatal("tables.query-columns", columns=", ".join(repeated)[:200])
    told = text(query.replace(":", r"\:"))
    return told.columns(*(column(name, kind) for name, kind in types)).subquery(_NAME)


def _types(connection: Connection, query: str) -> list[tuple[str, sql.TypeEngine[Any]]]:
    if connection.dialect.name == "sqlite":
        return _of_view(connection, query)
    known = _KNOWN[connection.dialect.name]
    asked = text(f"SELECT * FROM ({query.replace(':', chr(92) + ':')}) AS {_NAME} WHERE 1 = 0")
    description: Any = connection.execute(asked).cursor.description
    return [(each[0], known.get(each[1], sql.LargeBinary())) for each in description]


def _of_view(connection: Connection, query: str) -> list[tuple[str, sql.TypeEngine[Any]]]:
    """SQLite tells of no answer which types it has; of a view it does. It lives for a moment, in this session."""
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    connection.exec_driver_sql(f"CREATE TEMP VIEW {_NAME} AS {query}")
    told = inspect(connection).get_columns(_NAME, schema="temp")
    connection.exec_driver_sql(f"DROP VIEW temp.{_NAME}")
    connection.exec_driver_sql("PRAGMA query_only = ON")
    plain = sql.String()
    return [(e["name"], plain if isinstance(e["type"], sql.NullType) else e["type"]) for e in told]
