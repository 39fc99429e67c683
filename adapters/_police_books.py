"""The register's list of what it decided in a span of time, page by page (``csdjdz``, ``sfzsldz``).

The operations are this project's own, in the register's style (docs/matters/newborn.md): ``kssj``
and ``jssj`` in China time to the second, ``yh`` the page; each row tells the total in ``ZS``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from adapters import _police_wire, _question
from adapters._police_wire import Row
from exchange import times
from exchange.errors import Retriable
from exchange.ports import BookEntry, Connector

_TIME = "%Y%m%d%H%M%S"
_STATES = {"0": "applied", "1": "refused"}


def read(
    connector: Connector, since: datetime, until: datetime, call: str = "csdjdz"
) -> Iterator[BookEntry]:
    """Every row of the span, or ``Retriable``: a part of it would make the rest seem missing."""
    seen, page, total = 0, 1, 1
    whole = until + timedelta(seconds=1) if until.microsecond else until  # the wire tells seconds
    while seen < total:
        rows = _page(connector, call, {"kssj": _told(since), "jssj": _told(whole), "yh": str(page)})
        if not rows and page == 1:
            return
        entries = [_entry(row) for row in rows]
        total = _total(rows)
        seen, page = seen + len(rows), page + 1
        yield from (entry for entry in entries if since <= entry.at < whole)


def _told(moment: datetime) -> str:
    return moment.astimezone(times.CHINA).strftime(_TIME)


def _page(connector: Connector, call: str, fields: dict[str, str]) -> list[Row]:
    with _question.asking():
        reply = connector.call(call, {"arg0": _police_wire.request(fields)})
    try:
        rows = _police_wire.answer(reply.value)
    except _police_wire.UnreadableAnswerError:
        raise Retriable("police.unreadable-books") from None
    return [] if [row.code for row in rows] == ["9"] else list(rows)


def _total(rows: list[Row]) -> int:
    """Beyond the last page although rows are still due: the list changed under our hands."""
    told = rows[0].fields.get("ZS", "") if rows else ""
    if not (told.isascii() and told.isdigit()):
        raise Retriable("police.unreadable-books")
    return int(told)


def _entry(row: Row) -> BookEntry:
    try:
        at = datetime.strptime(row.fields["SJ"], _TIME).replace(tzinfo=times.CHINA)
        state = _STATES[row.code]
    except (KeyError, ValueError):
        raise Retriable("police.unreadable-books") from None
    return BookEntry(row.fields.get("POSTID", ""), row.serial, state, at)  # type: ignore[arg-type]
