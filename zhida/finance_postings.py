"""A request that is posted again, because its answer was lost, is the same reading, and isn't counted again.

The bank's ``Idempotency-Key`` alone would do for any request under the letter: a posting is named by the key and
by the hub's number of the request, so that one key can't post two.
"""

from __future__ import annotations

from exchange.ports import Record
from exchange.store import finance_rows
from zhida import finance_access
from zhida.hub import Hub


def name(key: str, record: Record) -> str:
    """The reading's id.

    >>> name("k-1", {"id": "DR-0123456789ABCDEF"})
    'k-1:DR-0123456789ABCDEF'
    """
    return f"{key}:{record['id']}"


def is_again(hub: Hub, bank: str, reading: str) -> bool:
    """Was this very posting counted before?"""
    with hub.store.read() as connection:
        row = finance_rows.get_read(connection, bank, reading)
    return row is not None and row.act == finance_access.REQUEST and bool(row.counted_at)
