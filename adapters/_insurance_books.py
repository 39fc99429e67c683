"""Enrolments as the platform lists them for a span of time (``9104``, this project's own).

In the manner of the published ``3202`` (对明细账): the sender's own serial number, the platform's
reference, and when. ``evtsn`` is the serial number that came with the enrolment: our effect key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from exchange import times
from exchange.errors import Retriable
from exchange.ports import BookEntry

PAGE = 100
_TIME = "%Y-%m-%d %H:%M:%S"

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""One page: the question's data → ``output``."""


def read(ask: Ask, since: datetime, until: datetime) -> Iterator[BookEntry]:
    """Every enrolment of the span, or ``Retriable``: a part would make the rest seem missing."""
    seen, page, total = 0, 1, 1
    whole = until + timedelta(seconds=1) if until.microsecond else until  # the wire tells seconds
    span = {"begntime": _told(since), "endtime": _told(whole)}
    while seen < total:
        output = ask({**span, "page_num": str(page), "page_size": str(PAGE)})
        rows = output.get("detail")
        if not isinstance(rows, list) or not str(output.get("total")).isdigit():
            raise Retriable("insurance.unreadable-books")
        total = int(output["total"])
        if not rows and seen < total:
            raise Retriable("insurance.unreadable-books")
        seen, page = seen + len(rows), page + 1
        yield from (entry for entry in map(_entry, rows) if since <= entry.at < whole)


def _told(moment: datetime) -> str:
    return moment.astimezone(times.CHINA).strftime(_TIME)


def _entry(row: Any) -> BookEntry:
    try:
        at = datetime.strptime(row["opt_time"], _TIME).replace(tzinfo=times.CHINA)
        return BookEntry(str(row.get("evtsn") or ""), str(row["psn_no"]), "applied", at)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Retriable("insurance.unreadable-books") from None
