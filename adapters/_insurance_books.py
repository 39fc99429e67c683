"""What the platform lists for a span of time: enrolments (``9104``), settlements (``9107``), both our own.

In the manner of the published ``3202`` (对明细账): the sender's own serial number, the platform's
reference, and when. ``evtsn`` is the serial number that came with the request: our effect key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters._insurance_settlement import STATES
from exchange import times
from exchange.errors import Retriable
from exchange.ports import BookEntry

PAGE = 100
_TIME = "%Y-%m-%d %H:%M:%S"

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""One page: the question's data → ``output``."""
Entry = Callable[[Any], BookEntry]
"""One line of it."""


def enrolment(row: Any) -> BookEntry:
    """An enrolment is known by the person's number; the platform keeps no refusals."""
    return _entry(row, "psn_no", "applied")


def settlement(row: Any) -> BookEntry:
    """A settlement by its own number; one that waits, or was found not payable, is listed too."""
    state = STATES.get(str(row.get("stt"))) if isinstance(row, dict) else None
    return _entry(row, "setl_id", state)


def read(ask: Ask, entry: Entry, since: datetime, until: datetime) -> Iterator[BookEntry]:
    """Every line of the span, or ``Retriable``: a part would make the rest seem missing."""
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
        yield from (found for found in map(entry, rows) if since <= found.at < whole)


def _told(moment: datetime) -> str:
    return moment.astimezone(times.CHINA).strftime(_TIME)


def _entry(row: Any, reference: str, state: str | None) -> BookEntry:
    try:
        at = datetime.strptime(row["opt_time"], _TIME).replace(tzinfo=times.CHINA)
        if state is None:
            raise ValueError
        return BookEntry(str(row.get("evtsn") or ""), str(row[reference]), state, at)  # type: ignore[arg-type]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Retriable("insurance.unreadable-books") from None
