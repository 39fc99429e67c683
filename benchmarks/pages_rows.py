"""Rows of a store that has been at work for years, made by the database itself: ids scattered, times in order.

A quarter of ``rows`` are cases, each with four items, four deliveries, four transfers and four ledger
entries; the youngest fiftieth of the cases is open, the rest is done but for what was refused.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, event

from exchange.store import tables
from exchange.store.engine import Connection, Store

ITEMS = ("birth", "household", "insurance", "reply")
UNITS = ("hospital", "public-security", "medical-insurance", "service-window")
"""Receiver of each item's transfer; what it gets comes from the next of them."""
_FILLED = (
    tables.matter_case,
    tables.case_item,
    tables.delivery,
    tables.transfer,
    tables.ledger_entry,
)
_CHUNK = 250_000
"""Cases of one transaction."""
OPEN = 50
"""Each so-many-th case is open: the youngest."""

_SQLITE = {
    "numbers": "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {last})",
    "from": "n",
    "id": "printf('%08x%024x', (({0}) * 2654435761) % 4294967296, {0})",
    "at": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1700000000 + i * 30, 'unixepoch')",
    "bytes": "CAST({0} AS BLOB)",
}
_POSTGRESQL = {
    "numbers": "",
    "from": "generate_series({first}::bigint, {last}::bigint - 1) AS n(i)",
    "id": "lpad(to_hex((({0}) * 2654435761) % 4294967296), 8, '0') || lpad(to_hex({0}), 24, '0')",
    "at": "to_char(to_timestamp(1700000000 + i * 30) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.\"000000Z\"')",
    "bytes": "convert_to({0}, 'UTF8')",
}
_STATE = """CASE WHEN i < {open} THEN CASE WHEN i % 100 = 7 AND {place} = 1 THEN 'refused' ELSE 'applied' END
 WHEN {place} = 0 THEN 'applied' WHEN {place} > 1 THEN 'waiting' WHEN i % 100 < 60 THEN 'ready'
 WHEN i % 100 < 80 THEN 'stored' WHEN i % 100 < 85 THEN 'sent' WHEN i % 100 < 87 THEN 'unknown'
 WHEN i % 100 < 97 THEN 'parked' ELSE 'invalid' END"""
_CODE = """CASE WHEN i < {open} AND i % 100 = 7 AND {place} = 1 THEN 'police.refused'
 WHEN i < {open} OR {place} <> 1 OR i % 100 < 87 THEN ''
 WHEN i % 100 < 90 THEN 'delivery.unknowable' WHEN i % 100 < 97 THEN 'agreement.expired' ELSE 'mapping.missing' END"""
_DISCLOSED = (
    """["/child/birth_date","/child/name","/child/sex","/mother/id_number","/mother/name"]"""
)


def fill(store: Store, rows: int, definition: str) -> None:
    """``definition``: digest of the matter that the cases go by. Indexes are made afterwards, which is faster."""
    cases = rows // len(ITEMS)
    words = _SQLITE if store.is_embedded else _POSTGRESQL
    if store.is_embedded:
        event.listen(store.engine, "connect", _hurried)
        store.engine.dispose()  # what is open already is not hurried
    made = [index for table in _FILLED for index in table.indexes]
    with store.write() as connection:
        _each(connection, made, "drop")
    for first in range(0, cases, _CHUNK):
        numbers = {"first": first, "last": min(first + _CHUNK, cases)}
        with store.write() as connection:
            for query in _queries(
                words, numbers, open_from=cases - cases // OPEN, digest=definition
            ):
                connection.exec_driver_sql(
                    query.replace("%", "%%") if not store.is_embedded else query
                )
    with store.write() as connection:
        _each(connection, made, "create")
        connection.exec_driver_sql("ANALYZE")


def _hurried(connection: Any, _record: Any) -> None:
    """Made-up rows need not survive a power cut."""
    for pragma in ("synchronous=OFF", "cache_size=-1500000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _each(connection: Connection, made: list[Index], what: str) -> None:
    for index in made:
        getattr(index, what)(connection)


def _queries(
    words: dict[str, str], numbers: dict[str, int], *, open_from: int, digest: str
) -> list[str]:
    """The numbers of a chunk with their ids and time, once; then each table from them."""
    ids = ", ".join(f"{words['id'].format(f'i * 4 + {place}')} AS e{place}" for place in range(4))
    found = [
        f"""CREATE TEMPORARY TABLE chunk AS {words["numbers"].format(**numbers)} SELECT i, {words["id"].format("i")}
        AS c, {words["at"]} AS at, {ids} FROM {words["from"].format(**numbers)}""",
        f"""INSERT INTO matter_case SELECT c, 'newborn', 'identity ' || i, at,
        CASE WHEN i < {open_from} THEN at ELSE '' END, CASE WHEN i >= {open_from} THEN 'open'
        WHEN i % 100 = 7 THEN 'partial' ELSE 'done' END, '{digest}' FROM chunk""",
    ]
    for place, item in enumerate(ITEMS):
        found += _of_item(words, place, item, open_from)
    found.append("INSERT INTO ledger_head SELECT i * 4 + 4, at, 'no head' FROM chunk")
    return [*found, "DROP TABLE chunk"]


def _of_item(words: dict[str, str], place: int, item: str, open_from: int) -> list[str]:
    state, code = (each.format(place=place, open=open_from) for each in (_STATE, _CODE))
    to, by = UNITS[place], UNITS[place - 1]
    body = f"""'{{"at":"' || at || '","case":"' || c || '","kind":"transfer","receiver":"{to}"}}'"""
    return [
        f"""INSERT INTO case_item SELECT c, '{item}', 'newborn', {state}, {code}, '{{}}', e{place}, '',
        at, at FROM chunk""",
        f"""INSERT INTO delivery SELECT e{place}, c, '{item}', 'police', 'register_birth', e{place}, 'applied', 1,
        at, at, '', '', e{place}, at FROM chunk""",
        f"""INSERT INTO transfer SELECT e{place}, c, '{item}', e{place}, 'window-to-police', '{by}', '{to}',
        'newborn-registration', '{_DISCLOSED}', '["/child/weight_g"]', e{place}, at FROM chunk""",
        f"""INSERT INTO ledger_entry SELECT i * 4 + {place}, 'transfer', c, e{place},
        {words["bytes"].format(body)}, {words["bytes"].format(f"e{place}")} FROM chunk""",
    ]
