"""The register's list of what it decided in a span of time, for those who compare books (对账).

``kssj`` and ``jssj`` are the span (from, to before), China time ``YYYYMMDDhhmmss``; ``yh`` the
page, from 1. Each row of the answer tells in ``ZS`` how many rows the whole span has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.books import Books, Row
from sandbox.moments import in_china, in_utc
from sandbox.police_wire import Record

PAGE = 100
_TIME = "%Y%m%d%H%M%S"
_DECIDED: Mapping[str, str] = {
    "csdj": """
    SELECT at, postid, sid, '0' AS code FROM registrations
    UNION ALL SELECT at, postid, '' AS sid, '1' AS code FROM refusals
    """,
    "sfzsl": "SELECT at, postid, sid, '0' AS code FROM card_applications",
}
"""What was asked for → the rows that tell what was decided."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A span of time, as the books write it, and a page."""

    since: str
    until: str
    page: int


def read(record: dict[str, str]) -> Asked:
    """What a request asks for; ``ValueError`` if it is not well formed."""
    since, until = (in_utc(record.get(name, ""), _TIME) for name in ("kssj", "jssj"))
    page = int(record.get("yh", ""))
    if page < 1:
        raise ValueError(page)
    return Asked(since, until, page)


def page(books: Books, asked: Asked, what: str = "csdj") -> list[Record]:
    """The rows of one page; none beyond the last."""
    span, decided = (asked.since, asked.until), f"FROM ({_DECIDED[what]}) WHERE at >= ? AND at < ?"
    total = books.rows(f"SELECT count(*) AS n {decided}", *span)[0]["n"]
    rows = books.rows(
        f"SELECT * {decided} ORDER BY at, postid, sid LIMIT ? OFFSET ?",
        *(*span, PAGE, (asked.page - 1) * PAGE),
    )
    return [_record(row, total) for row in rows]


def _record(row: Row, total: int) -> Record:
    text = "登记成功" if row["code"] == "0" else "审核不通过"
    fields = {"POSTID": row["postid"], "SJ": in_china(row["at"], _TIME), "ZS": str(total)}
    return {"sid": row["sid"], "code": row["code"], "msg": text}, fields
