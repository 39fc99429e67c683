"""One HTTP answer in pieces, for what is too big to be held: resumed where it broke off.

Errors as in ``connectors.http``; a GET changes nothing, so what would be *unknown* there may be asked
for again here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from connectors.http import CONNECT_SECONDS, peer_of
from connectors.http_errors import Auth, before_sending, ours
from exchange.errors import Rejected, Retriable, Unknown

PIECE = 65_536
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Streaming:
    """An answer whose head is here, and whose body is still to come."""

    status: int
    headers: Mapping[str, str]
    peer: str
    _response: requests.Response = field(repr=False)

    @property
    def start(self) -> int:
        """At which byte of the whole its body begins. ``Rejected`` for a range that makes no sense."""
        return self._range()[0] if self.status == 206 else 0

    @property
    def total(self) -> int:
        """Bytes of the whole."""
        if self.status == 206:
            return self._range()[1]
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise Rejected("large.no-length", peer=self.peer)
        return int(length)

    def small(self, most: int = 100_000) -> bytes:
        """The beginning of a body that tells what is wrong."""
        with _told(self.peer):
            return bytes(self._response.raw.read(most, decode_content=True))

    def pieces(self, offset: int = 0) -> Iterator[bytes]:
        """The body from byte ``offset`` of the whole on: what comes before is passed over."""
        skip, left = offset - self.start, self._announced()
        while piece := self._piece():
            left -= len(piece)
            if skip < len(piece):
                yield piece[max(0, skip) :]
            skip = max(0, skip - len(piece))
        if left > 0:
            raise Retriable("wire.cut-answer", peer=self.peer)

    def _announced(self) -> int:
        length = self.headers.get("Content-Length", "0")
        return int(length) if length.isascii() and length.isdigit() else 0

    def _piece(self) -> bytes:
        with _told(self.peer):
            return bytes(self._response.raw.read1(PIECE, decode_content=False))

    def _range(self) -> tuple[int, int]:
        found = _RANGE.fullmatch(self.headers.get("Content-Range", ""))
        if found is None:
            raise Rejected("large.no-length", peer=self.peer)
        return int(found[1]), int(found[3])


@contextmanager
def streaming(
    session: requests.Session, url: str, *, seconds: float, auth: Auth | None = None, **more: Any
) -> Iterator[Streaming]:
    """One GET. ``seconds``: the longest silence. ``more``: ``headers``."""
    peer = peer_of(url)
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", **more.pop("headers", {})}
    signed = before_sending(auth, peer) if auth else None
    with _told(peer):
        response = session.get(
            url,
            headers=headers,
            auth=signed,
            timeout=(min(CONNECT_SECONDS, seconds), seconds),
            allow_redirects=False,
            stream=True,
            **more,
        )
    with response:
        yield Streaming(response.status_code, response.headers, peer, response)


def ranged(offset: int) -> dict[str, str]:
    """The header that asks for what comes after ``offset`` bytes.

    >>> ranged(0), ranged(5)
    ({}, {'Range': 'bytes=5-'})
    """
    return {"Range": f"bytes={offset}-"} if offset else {}


@contextmanager
def _told(peer: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        found = ours(error, peer)
        if isinstance(found, Unknown):
            raise Retriable(found.code, **found.facts) from None
        raise found from None
