"""``GET /files/{claim}``: a large file for whom an agreement allows it, whole or a part of it.

Before the first byte leaves, the ledger has who gets how much of which claim; once for a request, not
for a chunk. An agreement that ends meanwhile ends it: the reader sees a cut, and is refused when it comes
back. What is not here yet is fetched from its holder, and asked for again (503, Retry-After).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain

from exchange import byte_range
from exchange.byte_range import Part
from exchange.errors import Retriable
from exchange.ledger import Entry
from zhida import file_claims
from zhida.file_claims import Known
from zhida.file_fetching import Fetching
from zhida.file_permit import Permit
from zhida.hub import Hub
from zhida.serve_file import Settings
from zhida.serve_route import Call, Route, Told

_AT_ONCE = 16
"""Files that are handed out at the same time: each holds a few chunks in memory."""
_COME_BACK = 20
_log = logging.getLogger(__name__)


def routes(hub: Hub, settings: Settings) -> tuple[Route, ...]:
    """The two routes, over one desk."""
    del settings
    desk = FileDesk(hub)
    told = "/files/{claim}"
    return (
        Route("GET", told, "files", desk.give),
        Route("HEAD", told, "files", partial(desk.give, head=True)),
    )


class FileDesk:
    """Hands out files. Thread-safe."""

    def __init__(self, hub: Hub, *, at_once: int = _AT_ONCE) -> None:
        self._hub = hub
        self._slots = threading.BoundedSemaphore(at_once)
        self._fetching = Fetching(hub)

    def give(self, call: Call, *, head: bool = False) -> Told:
        """The file, or the part that is asked for."""
        known = file_claims.exact(self._hub, call.path["claim"])
        permit = Permit(self._hub, known, call.client.unit)
        told = etag(known)
        headers = {"ETag": told, "Accept-Ranges": "bytes", **_SAFE}
        if told in _tags(call.headers.get("if-none-match", "")):
            return Told(None, 304, headers)
        if not self._hub.files.has(known.tag):
            self._fetching.begin(known)
            raise Retriable("file.not-here", retry_after=_COME_BACK)
        size = known.claim.bytes
        wanted = call.headers.get("range", "") if _unchanged(call, told) else ""
        asked = None if head else byte_range.asked(wanted, size)
        part = asked or Part(0, size)
        note = None if head else partial(self._note, call, known, permit)
        opened = FileStream(self._hub, known, part, slots=self._slots, given=Given(permit, note))
        media = known.claim.media_type
        if asked is None:
            return Told(None, 200, headers, opened, media)
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        return Told(None, 206, headers, opened, media)

    def _note(self, call: Call, known: Known, permit: Permit, part: Part) -> None:
        details = {
            "client": call.client.name,
            "unit": call.client.unit,
            "request": call.id,
            "agreement": permit.agreement.id,
            "from": part.start,
            "bytes": part.size,
            "whole": part.size == known.claim.bytes,
        }
        self._hub.ledger.commit(lambda _: [Entry("file-read", known.claim.id, "", details)])

    def wait(self) -> None:
        """Until what is being fetched has come in, or has not."""
        self._fetching.wait()


@dataclass(frozen=True, slots=True)
class Given:
    """By what a file is handed out, and where that is noted."""

    permit: Permit
    note: Callable[[Part], None] | None
    """Told the part that leaves under the permit's agreement; None where nothing leaves."""


class FileStream:
    """A part of a file as a body (``connectors.http_message.Stream``).

    It has its place among those that are handed out, and the first chunk open, before anything is
    answered: so what can't be given is refused with its reason, and not by a cut.
    """

    def __init__(
        self,
        hub: Hub,
        known: Known,
        part: Part,
        *,
        slots: threading.BoundedSemaphore,
        given: Given,
    ) -> None:
        self.size, self._part, self._given = part.size, part, given
        self._sent, self._claim, self._held = 0, known.claim.id, ExitStack()
        try:
            self._take_slot(slots)
            reader = self._held.enter_context(hub.files.reading(known.tag, known.claim.bytes))
            self._rest = reader.read(part)
            self._first = next(self._rest, b"")
            if given.note is not None:
                given.note(part)
        except BaseException:
            self._held.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """Chunk by chunk. ``Forbidden`` in the middle, when who reads it may not have it any more."""
        first, self._first = self._first, b""
        for chunk in chain((first,), self._rest):
            if self._given.permit.renewed(len(chunk)) and self._given.note is not None:
                self._given.note(Part(self._part.start + self._sent, self._part.stop))
            self._sent += len(chunk)
            yield chunk

    def close(self) -> None:
        """The file and the place."""
        self._held.close()
        _log.info("file claim=%s bytes=%d of=%d", self._claim, self._sent, self.size)

    def _take_slot(self, slots: threading.BoundedSemaphore) -> None:
        if not slots.acquire(blocking=False):
            raise Retriable("file.too-many", retry_after=_COME_BACK)
        self._held.callback(slots.release)


_SAFE = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
"""A file of somebody else's is never a page of ours."""


def etag(known: Known) -> str:
    """The digest as a strong entity tag: ``"sha256-9f86…"``."""
    name, value = known.claim.seal
    return f'"{name}-{value}"'


def _tags(header: str) -> list[str]:
    return [each.strip().removeprefix("W/") for each in header.split(",")]


def _unchanged(call: Call, told: str) -> bool:
    """``If-Range``: a part only of what the caller has the beginning of (strong comparison)."""
    return call.headers.get("if-range", told).strip() == told
