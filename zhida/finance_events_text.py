"""A batch of events as two files: a list of fixed width in GBK, and what is signed, a JSON a line in UTF-8.

The same events make the same bytes: nothing of the moment of writing stands in them. The name tells bank, day and
first and last number.
"""

from __future__ import annotations

import hashlib

from exchange.ports import Record
from zhida import finance_layout
from zhida.finance_layout import EVENTS, Value, day
from zhida.finance_push_batch import Batch, Told

_HEAD, _ROW, _END = EVENTS


def stem(batch: Batch) -> str:
    """The files' name before its dot."""
    first, last = batch.told[0].row, batch.told[-1].row
    return f"EVENTS_{first.bank}_{batch.day:%Y%m%d}_{first.seq:010d}-{last.seq:010d}"


def signed(batch: Batch) -> bytes:
    """Each event as a bank that asks gets it."""
    return b"".join(each.body + b"\n" for each in batch.told)


def listed(batch: Batch) -> bytes:
    """Head, a line for each event, end with the sum of the numbers."""
    numbers = [each.row.seq for each in batch.told]
    lines = [finance_layout.written(_HEAD, _head(batch, numbers))]
    lines += [finance_layout.written(_ROW, _row(each)) for each in batch.told]
    return finance_layout.closed(lines, _END, {"count": len(numbers), "sum": sum(numbers)})


def _head(batch: Batch, numbers: list[int]) -> dict[str, Value]:
    told: dict[str, Value] = {"form": "ZHIDA1", "kind": "EVENTS", "bank": batch.told[0].row.bank}
    told |= {"day": f"{batch.day:%Y%m%d}", "count": len(numbers)}
    return told | {"first": numbers[0], "last": numbers[-1]}


def _row(told: Told) -> dict[str, Value]:
    """What an agreement withholds is left empty."""
    record: Record = told.moved.record
    words = {name: str(record.get(name, "")) for name in ("loan", "at", "title", "id")}
    return {
        "seq": told.row.seq,
        "event": told.row.name,
        "on": day(str(record.get("on", "0"))),
        "signed_sha256": hashlib.sha256(told.moved.presentation.encode()).hexdigest(),
        **words,
    }
