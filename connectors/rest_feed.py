"""Messages that a peer tells by page since a cursor (JSON over HTTP), as a feed.

The peer keeps a list that only grows and says with each page where the next one begins; the hub keeps
that cursor with what it has taken in. Nothing is told to the peer when a message is ours: whoever
asks again with the same cursor gets the same again. A page is taken whole, whatever its size: who cut it
would have no cursor for the rest.

Beside the errors of ``rest_call.py`` (all of these change nothing; looking again is harmless)::

    no list at its place                     Fatal      rest.no-rows
    rows, and no further cursor              Fatal      rest.no-next: the same page for ever
    the peer says no, or nothing clear       Retriable  rest.unreadable-page
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from connectors import json_text, rest
from connectors.rest_call import Rest
from connectors.rest_feed_options import OPTIONS, STREAM
from connectors.rest_pages import rows_at, text_at
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.names import nearest
from exchange.ports import Endpoint, Parcel, Reply

__all__ = ["OPTIONS", "RestFeed", "open_feed"]

_DEFAULTS = {n: told["default"] for n, told in STREAM["properties"].items() if "default" in told}


def open_feed(options: Mapping[str, Any], endpoint: Endpoint) -> RestFeed:
    """The lists of the system at the base URL ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    streams = {name: _DEFAULTS | dict(told) for name, told in options["streams"].items()}
    asked = [told["call"].partition("?")[0] for told in streams.values()]
    known = {name: told for name, told in options.items() if name != "streams"}
    known["reads"] = [*known.get("reads", ()), *asked]
    return RestFeed(rest.open_connector(known, endpoint), streams)


class RestFeed:
    """``exchange.ports.Feed`` over one base URL; owns the connector."""

    def __init__(self, connector: Rest, streams: Mapping[str, Mapping[str, Any]]) -> None:
        self._connector, self._streams = connector, dict(streams)

    def receive(
        self, stream: str, cursor: str, *, limit: int, wait: float = 0.0
    ) -> tuple[Sequence[Parcel], str]:
        """The page behind the cursor, and the cursor behind it. Looks a second time after ``wait``."""
        found, after = self._look(stream, cursor, limit)
        if found or not wait:
            return found, after
        time.sleep(wait)
        return self._look(stream, cursor, limit)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """Behind a cursor there is nothing to tell."""
        self._about(stream)

    def close(self) -> None:
        """Close the session."""
        self._connector.close()

    def _look(self, stream: str, cursor: str, limit: int) -> tuple[Sequence[Parcel], str]:
        about = self._about(stream)
        reply = self._ask(stream, about, _question(about, cursor, limit))
        rows = rows_at(reply.value, about)
        after = text_at(reply.value, about["next"])
        if rows and after in ("", cursor):
            raise Fatal("rest.no-next", stream=stream, pointer=about["next"])
        return [_parcel(row) for row in rows], after if rows else cursor

    def _ask(self, stream: str, about: Mapping[str, Any], body: Mapping[str, Any]) -> Reply:
        """Who only lists says nothing of us by a refusal: it is asked again later."""
        try:
            return self._connector.call(about["call"], body)
        except (Rejected, Unknown) as error:
            raise Retriable("rest.unreadable-page", stream=stream, reason=error.code) from None

    def _about(self, stream: str) -> Mapping[str, Any]:
        if stream not in self._streams:
            near = nearest(stream, self._streams)
            raise Fatal("wire.no-stream", stream=stream, nearest=near)
        return self._streams[stream]


def _question(about: Mapping[str, Any], cursor: str, limit: int) -> dict[str, Any]:
    """The start is asked for without a cursor, unless the peer has a word for it."""
    asked = dict(about["constants"])
    since = cursor or about["first"]
    asked |= {about["cursor"]: since} if since else {}
    asked |= {about["size_field"]: min(limit, about["size"])} if about["size_field"] else {}
    return asked


def _parcel(row: Any) -> Parcel:
    """A row is known by what it says; its sender's own number is the stream's to name."""
    raw = json_text.written(row)
    return Parcel(hashlib.sha256(raw).hexdigest(), raw)
