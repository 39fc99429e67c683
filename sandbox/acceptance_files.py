"""Material files of the owners at their platform: got by their digest, whole or from where one had stopped.

``GET /open/files/<SM3>``, with ``Range: bytes=N-`` (or ``N-M``): 206 with ``Content-Range``, 416 beyond the
end. Only name and size are in the books; the bytes are made as they are sent (``large_bytes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox import large_bytes
from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import HungUp, Request, Response
from sandbox.json_door import Given

PATH, OPERATION = "/open/files/", "open/files"
SCHEMA = """
CREATE TABLE IF NOT EXISTS files (sm3 TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL);
"""
_BINARY = "application/octet-stream"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Files:
    """The files of one platform."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults
        self.actions = {("POST", "/file"): self._add}

    def _add(self, given: Given) -> Any:
        """An owner puts a file there: ``{"name", "size"}``; its digest and size."""
        name, size = str(given["name"]), int(given["size"])
        told = {"sm3": large_bytes.sm3(name, size), "size": size}
        if not self._books.rows("SELECT 1 FROM files WHERE sm3 = ?", told["sm3"]):
            self._books.insert("files", told | {"name": name})
        return told

    def answer(self, request: Request) -> Response:
        """The file, or the part of it that was asked for."""
        digest = request.path.removeprefix(PATH)
        found = self._books.rows("SELECT * FROM files WHERE sm3 = ?", digest)
        if not found:
            return Response(b"Not Found", 404, "text/plain")
        name, size = found[0]["name"], int(found[0]["size"])
        asked = _RANGE.fullmatch(request.headers.get("range", ""))
        start = int(asked[1]) if asked else 0
        stop = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        told = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
        if asked and not start < stop:
            told["Content-Range"] = f"bytes */{size}"
            return Response(b"", 416, _BINARY, told)
        if asked:
            told["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        parts = self._cut(large_bytes.parts(name, size, start, stop))
        return Response(b"", 206 if asked else 200, _BINARY, told, parts, stop - start)

    def _cut(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """As the line lets it through: the fault ``cut`` ends it after so many bytes."""
        fault = self._faults.take("cut", OPERATION)
        left = int(fault["bytes"]) if fault else None
        for part in parts:
            if left is None:
                yield part
                continue
            yield part[:left]
            if len(part) >= left:
                raise HungUp
            left -= len(part)
