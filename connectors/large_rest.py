"""Large files over HTTP: a GET a file, with a range where some of it is here already.

A peer that knows no ranges sends the whole again, and what is here is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import quote

from connectors import tls
from connectors.http import MAX_BYTES, Line, Received, open_session, through
from connectors.http_stream import Streaming, ranged, streaming
from connectors.large import Pieces, Seen, checked
from connectors.reading import Reading
from connectors.rest_auth import Counter, signing
from connectors.rest_body import Writing
from connectors.rest_desk import Desk
from connectors.rest_lease import Leasing
from connectors.rest_options import completed, reading_of
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Endpoint


def open_place(options: Mapping[str, Any], endpoint: Endpoint, folder: str) -> RestFiles:
    """``options`` have passed ``connectors.rest.OPTIONS``; ``folder``: ``/files/{name}/content``."""
    known = completed(options)
    session = open_session(
        tls=tls.of_endpoint(endpoint, check_hostname=known["check_hostname"]),
        proxy=through(known["proxy"], endpoint),
    )
    over = Line(session, seconds=known["timeout_s"], max_bytes=MAX_BYTES, own=True)
    writing = Writing(**{name: known[name] for name in Writing.__dataclass_fields__})
    desk = Desk(over, endpoint.address, writing.headers)
    auth = signing(known, Counter(endpoint, desk, writing))
    url = endpoint.address.rstrip("/") + folder
    return RestFiles(url, session, auth, seconds=known["timeout_s"], reading=reading_of(known))


class RestFiles:
    """``connectors.large.Place`` behind a URL with ``{name}`` in it."""

    def __init__(
        self, url: str, session: Any, auth: Leasing, *, seconds: float, reading: Reading
    ) -> None:
        self._url, self._session, self._auth = url, session, auth
        self._seconds, self._reading = seconds, reading

    def seen(self, name: str) -> Seen | None:
        """One byte is asked for: not every server answers HEAD, or answers it truly."""
        with self._asked(name, {"Range": "bytes=0-0"}) as found:
            if found.status in (404, 410):
                return None
            self._require_good(found)
            headers = found.headers
            mark = headers.get("ETag") or headers.get("Last-Modified") or "-"
            return Seen(found.total, mark)

    def read(self, name: str, offset: int) -> Pieces:
        """From ``offset`` on."""
        with self._asked(name, ranged(offset)) as found:
            self._require_good(found)
            if found.start > offset:
                raise Rejected("large.no-length", peer=found.peer)
            yield from found.pieces(offset)

    def told(self) -> AbstractContextManager[None]:
        """Each request tells for itself."""
        return nullcontext()

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    @contextmanager
    def _asked(self, name: str, headers: Mapping[str, str]) -> Iterator[Streaming]:
        parts = "/".join(quote(part, safe="") for part in checked(name).split("/"))
        url, lease = self._url.replace("{name}", parts), self._auth.lease()
        with streaming(
            self._session, url, seconds=self._seconds, auth=lease.sign, headers=headers
        ) as found:
            if found.status == 401:
                lease.drop()
            yield found

    def _require_good(self, found: Streaming) -> None:
        """Our table of statuses, as for any other call."""
        if found.status in (200, 206):
            return
        answer = Received(found.status, found.headers, found.small())
        error = self._reading.error(answer, peer=found.peer, operation="GET")
        if isinstance(error, Unknown):  # a GET changes nothing: it may be asked for again
            raise Retriable(error.code, **error.facts)
        raise error or Rejected("large.no-length", peer=found.peer)
