"""Put files into declared folders of a place, read and list them: whole, once, never over another.

A file is written under a name that no receiver takes (hidden, ``.part``), brought to the disk, and
moved to its own name by a move that never replaces anything. The hidden name follows from name
and content: whoever puts the same file again after a crash, or beside us, writes the same bytes
to the same place, and nothing is left lying about.

The same name with the same bytes is done already; with other bytes it is ``Rejected
files.other-content``. So a call may be made again as long as the receiver has not taken the file
away. If it has, the file would be put twice: therefore a move without an answer is ``Unknown
files.uncertain``. Whose receiver knows a file by its name declares the operation ``natural``.

Operations: ``put NAME`` (``{"name": …, "content": bytes or text}``; text becomes UTF-8),
``get NAME`` (``{"name": …}`` → bytes, or None if there is none), ``list NAME`` (→ names, sizes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from connectors import json_text
from connectors.filing_options import Shelf
from connectors.folder import Cabinet, Entry
from connectors.verbs import spoken
from exchange.errors import Invalid, Problem, Rejected, Retriable, Unknown
from exchange.ports import Reply

VERBS = ("put", "get", "list")
_SAID_NO = frozenset({"sftp.refused", "ftps.busy"})
"""The server has answered that it did not do it."""


class Filing:
    """Connector over the folders of one place; owns the place. Thread-safe: one call at a time."""

    def __init__(self, place: Cabinet, shelves: Mapping[str, Shelf]) -> None:
        self._place, self._shelves = place, dict(shelves)
        self._one_at_a_time = Lock()

    def call(self, operation: str, body: Any) -> Reply:
        """``Reply.value``: ``{"outcome": "put" | "same"}``; bytes or None; a list of
        ``{"name", "size"}``, names in order.
        """
        verb, name = spoken(operation, VERBS, self._shelves)
        act = {"put": self._put, "get": self._get, "list": self._list}[verb]
        with self._one_at_a_time:
            return act(name, self._shelves[name], body)

    def close(self) -> None:
        """Close the place."""
        with self._one_at_a_time:
            self._place.close()

    def _put(self, stream: str, shelf: Shelf, body: Any) -> Reply:
        name, content = file_name(body), _content(body, shelf)
        with self._place.told(shelf.folder):
            outcome = self._once(stream, shelf, name, content)
            if shelf.marker:
                self._once(stream, shelf, name + shelf.marker, b"")
        return _told({"outcome": outcome})

    def _once(self, stream: str, shelf: Shelf, name: str, content: bytes) -> str:
        there = self._read(shelf, name, len(content) + 1)
        if there is None:
            part = shelf.path(hidden(name, content))
            self._place.write(part, content)
            with self._in_doubt(stream):
                if self._shown(stream, part, shelf.path(name)):
                    return "put"
            there = self._read(shelf, name, len(content) + 1)  # somebody was first
            self._place.remove(part)
        if there != content:
            raise Rejected("files.other-content", folder=stream, bytes=len(content))
        return "same"

    def _shown(self, stream: str, part: str, path: str) -> bool:
        try:
            self._place.reveal(part, path)
        except FileExistsError:
            return False
        except FileNotFoundError:  # another worker put the same file and has moved it just now
            if self._entry(path) is None:  # and the receiver has taken it
                raise Unknown("files.uncertain", folder=stream, reason="taken") from None
            return False
        return True

    @contextmanager
    def _in_doubt(self, stream: str) -> Iterator[None]:
        """From the move on the receiver may have the file, whatever we hear of it."""
        try:
            with self._place.told():
                yield
        except Retriable as error:
            if error.code in _SAID_NO:
                raise
            raise Unknown("files.uncertain", folder=stream, reason=error.code) from None

    def _get(self, stream: str, shelf: Shelf, body: Any) -> Reply:
        name = file_name(body)
        with self._place.told(shelf.folder):
            found = self._read(shelf, name, shelf.max_bytes + 1)
        if found is not None and len(found) > shelf.max_bytes:
            raise Rejected("files.too-big-to-read", folder=stream, limit=shelf.max_bytes)
        return Reply(found or b"", found)

    def _list(self, stream: str, shelf: Shelf, body: Any) -> Reply:
        with self._place.told(shelf.folder):
            entries = [each for each in self._place.list(shelf.folder) if _is_shown(each)]
        if len(entries) > shelf.most:
            raise Rejected("files.too-many", folder=stream, limit=shelf.most)
        ordered = sorted(entries, key=lambda each: each.name)
        return _told([{"name": each.name, "size": each.size} for each in ordered])

    def _read(self, shelf: Shelf, name: str, limit: int) -> bytes | None:
        """None if there is no such file; ``FileNotFoundError`` if there is no such folder."""
        try:
            return self._place.read(shelf.path(name), limit)
        except FileNotFoundError:
            self._place.list(shelf.folder)
            return None

    def _entry(self, path: str) -> Entry | None:
        folder, _, name = path.rpartition("/")
        return next((each for each in self._place.list(folder) if each.name == name), None)


def file_name(body: Any) -> str:
    """The name in ``body``. ``Invalid files.name`` for what leads elsewhere, is hidden, is longer
    than 200 bytes (what file systems and gates take with a suffix), or no other system can write.

    >>> file_name({"name": "出院 01.json"})
    '出院 01.json'
    """
    name = body.get("name") if isinstance(body, Mapping) else None
    wrong = (
        not isinstance(name, str)
        or not name
        or name.startswith((".", " ", "~"))
        or name.endswith((".", " "))
        or not name.isprintable()  # surrogates and control characters too
        or not set('/\\:*?"<>|').isdisjoint(name)
    )
    if wrong or len(str(name).encode()) > 200:
        raise Invalid("files.name", path="/name")
    return str(name)


def hidden(name: str, content: bytes) -> str:
    """Under which name a file lies while it is written: the same for the same file.

    >>> hidden("a.json", b"{}")
    '.1b4408187c31eaa4.part'
    """
    digest = hashlib.sha256(hashlib.sha256(name.encode()).digest() + content)
    return f".{digest.hexdigest()[:16]}.part"


def _content(body: Mapping[str, Any], shelf: Shelf) -> bytes:
    told = body.get("content")
    if isinstance(told, str) and not any("\ud800" <= char <= "\udfff" for char in told):
        told = told.encode()
    if not isinstance(told, bytes):
        raise Invalid.of([Problem("files.content", {"path": "/content"})])
    if len(told) > shelf.max_bytes:
        raise Invalid("files.content-too-big", bytes=len(told), limit=shelf.max_bytes)
    return told


def _is_shown(entry: Entry) -> bool:
    return entry.kind == "file" and not entry.name.startswith(".")


def _told(value: Any) -> Reply:
    return Reply(json_text.written(value), value)
