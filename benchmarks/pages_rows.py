"""Rows of a store that has been at work for years, made by the database itself: ids scattered, times in order.

A quarter of ``rows`` are cases, each with four items, four deliveries, four transfers and four ledger
entries; the youngest fiftieth of the cases is open, the rest is done but for what was refused.
"""

from __future__ import annotations

from sqlalchemy import Index, text

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
    "numbers": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :last)",
    "from": "n",
    "id": "printf('%08x%024x', (({0}) * 2654435761) % 4294967296, {0})",
    "at": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', 1700000000 + ({0}) * 30, 'unixepoch')",
    "bytes": "CAST({0} AS BLOB)",
}
_POSTGRESQL = {
    "numbers": "",
    "from": "generate_series(CAST(:first AS bigint), CAST(:last AS bigint) - 1) AS n(i)",
    "id": "lpad(to_hex((({0}) * 2654435761) % 4294967296), 8, '0') || lpad(to_hex({0}), 24, '0')",
    "at": "to_char(to_timestamp(1700000000 + ({0}) * 30) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.\"000000Z\"')",
    "bytes": "convert_to({0}, 'UTF8')",
}
_STATE = """CASE WHEN i < :open THEN CASE WHEN i % 100 = 7 AND {place} = 1 THEN 'refused' ELSE 'applied' END
 WHEN {place} = 0 THEN 'applied' WHEN {place} > 1 THEN 'waiting' WHEN i % 100 < 60 THEN 'ready'
 WHEN i % 100 < 80 THEN 'stored' WHEN i % 100 < 85 THEN 'sent' WHEN i % 100 < 87 THEN 'unknown'
 WHEN i % 100 < 97 THEN 'parked' ELSE 'invalid' END"""
_CODE = """CASE WHEN i < :open AND i % 100 = 7 AND {place} = 1 THEN 'police.refused'
 WHEN i < :open OR {place} <> 1 OR i % 100 < 87 THEN ''
 WHEN i % 100 < 90 THEN 'delivery.unknowable' WHEN i % 100 < 97 THEN 'agreement.expired' ELSE 'mapping.missing' END"""
_DISCLOSED = (
    """["/child/birth_date","/child/name","/child/sex","/mother/id_number","/mother/name"]"""
)


def fill(store: Store, rows: int, definition: str) -> None:
    """``definition``: digest of the matter that the cases go by. Indexes are made afterwards, which is faster."""
    cases = rows // len(ITEMS)
    words = _SQLITE if store.is_embedded else _POSTGRESQL
    made = [index for table in _FILLED for index in table.indexes]
    with store.write() as connection:
        _each(connection, made, "drop")
    for first in range(0, cases, _CHUNK):
        told = {"first": first, "last": min(first + _CHUNK, cases), "open": cases - cases // OPEN}
        with store.write() as connection:
            for query in _queries(words, definition):
                wanted = {name: told[name] for name in told if f":{name}" in query}
                connection.execute(text(query), wanted)
    with store.write() as connection:
        _each(connection, made, "create")
        connection.exec_driver_sql("ANALYZE")


def _each(connection: Connection, made: list[Index], what: str) -> None:
    for index in made:
        getattr(index, what)(connection)


def _queries(words: dict[str, str], definition: str) -> list[str]:
    case, at = words["id"].format("i"), words["at"].format("i")
    found = [
        f"""INSERT INTO matter_case SELECT {case}, 'newborn', 'identity ' || i, {at},
        CASE WHEN i < :open THEN {at} ELSE '' END,
        CASE WHEN i >= :open THEN 'open' WHEN i % 100 = 7 THEN 'partial' ELSE 'done' END, '{definition}'"""
    ]
    for place, item in enumerate(ITEMS):
        one = words["id"].format(f"i * 4 + {place}")
        state, code = _STATE.format(place=place), _CODE.format(place=place)
        found += [
            f"INSERT INTO case_item SELECT {case}, '{item}', 'newborn', {state}, {code}, '{{}}', {one}, '', {at}, {at}",
            f"""INSERT INTO delivery SELECT {one}, {case}, '{item}', 'police', 'register_birth', {one}, 'applied', 1,
            {at}, {at}, '', '', {one}, {at}""",
            f"""INSERT INTO transfer SELECT {one}, {case}, '{item}', {one}, 'window-to-police', '{UNITS[place - 1]}',
            '{UNITS[place]}', 'newborn-registration', '{_DISCLOSED}', '["/child/weight_g"]', {one}, {at}""",
        ]
        body = f"""'{{"at":"' || {at} || '","case":"' || {case} || '","kind":"transfer","receiver":"{UNITS[place]}"}}'"""
        found.append(
            f"INSERT INTO ledger_entry SELECT i * 4 + {place}, 'transfer', {case}, {one}, "
            f"{words['bytes'].format(body)}, {words['bytes'].format(one)}"
        )
    heads = f"INSERT INTO ledger_head SELECT i * 4 + 4, {at}, 'no head'"
    return [f"{_into(query, words)} FROM {words['from']}" for query in [*found, heads]]


def _into(query: str, words: dict[str, str]) -> str:
    """Where a database wants the numbers that are counted: SQLite before the SELECT."""
    head, _, rest = query.partition(" SELECT ")
    return f"{head} {words['numbers']} SELECT {rest}".replace("  ", " ")
