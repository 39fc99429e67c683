"""What the insurance platform lists for a span of time, page by page, after the published 3202."""

from __future__ import annotations

from typing import Any

from sandbox.books import Books
from sandbox.insurance_envelope import Refused
from sandbox.moments import in_china, in_utc

_TIME = "%Y-%m-%d %H:%M:%S"


def page(books: Books, select: str, data: dict[str, Any]) -> dict[str, Any]:
    """A page of a span of China time: from ``begntime`` to before ``endtime``.

    ``select`` names columns (``at`` among them) and table.
    """
    try:
        span = [in_utc(str(data.get(name)), _TIME) for name in ("begntime", "endtime")]
        number, size = int(data["page_num"]), int(data["page_size"])
    except (KeyError, TypeError, ValueError):
        raise Refused("begntime、endtime或分页参数不符合要求") from None
    rows = books.rows(f"{select} WHERE at >= ? AND at < ? ORDER BY id", *span)
    part = rows[(number - 1) * size : number * size]
    told = [{**row, "opt_time": in_china(row.pop("at"), _TIME)} for row in part]
    return {"total": len(rows), "detail": told}
