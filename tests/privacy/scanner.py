"""Finds planted texts in bytes, whatever they were wrapped in.

A text may lie there in UTF-8, GBK / GB 18030 or UTF-16 of either order, and around that may be
``\\u`` escapes, percent-encoding, HTML entities, base64 or base64url (beginning anywhere), hex,
gzip, zlib or raw deflate after a zip header: in any order, up to three deep. A disclosure of a
signed document in the clear counts as found too, whatever it discloses.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import sqlite3
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

DEEP = 3
DISCLOSURE = "a disclosure in the clear"
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_DISCLOSURE = re.compile(rb'\["[\w-]{16,}","/[\w/]+",')
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(rb"(?:\\+u[0-9a-fA-F]{4})+")
_PERCENT = re.compile(rb"(?:%[0-9a-fA-F]{2})+")
_ENTITY = re.compile(rb"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-z]+);")
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
_MOST = 50_000_000


class Scanner:
    """Looks for ``canaries`` (name → text)."""

    def __init__(self, canaries: Mapping[str, str]) -> None:
        self._patterns = {
            name: {text.encode(encoding) for encoding in _ENCODINGS}
            for name, text in canaries.items()
        }

    def find(self, data: bytes) -> set[str]:
        """Names of the canaries in ``data``."""
        found: set[str] = set()
        seen: set[int] = set()
        layers = [data]
        for _ in range(DEEP + 1):
            layers = [layer for layer in layers if hash(layer) not in seen]
            seen.update(map(hash, layers))
            found.update(*(self._plain(layer) for layer in layers))
            layers = [inner for layer in layers for inner in unwrapped(layer)]
        return found

    def _plain(self, data: bytes) -> set[str]:
        found = {n for n, patterns in self._patterns.items() if any(p in data for p in patterns)}
        return found | ({DISCLOSURE} if _DISCLOSURE.search(data) else set())

    def find_in(self, paths: Iterable[Path]) -> dict[str, set[str]]:
        """Where they are: path → names. Files' names are looked at too, databases also as SQL."""
        found = {}
        for path in paths:
            names = self.find(str(path).encode()) | self.find(path.read_bytes())
            if path.read_bytes()[:15] == b"SQLite format 3":
                names |= self.find(dump(path))
            if names:
                found[str(path)] = names
        return found


def files_below(*folders: Path) -> list[Path]:
    """Every file of these folders."""
    return sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())


def dump(path: Path) -> bytes:
    """Every value of a SQLite database, one a line, blobs as they are: nothing is split by pages."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        lines = [
            value if isinstance(value, bytes) else str(value).encode()
            for (table,) in names
            for row in database.execute(f'SELECT * FROM "{table}"')
            for value in row
        ]
    database.close()
    return b"\n".join(lines)


def unwrapped(data: bytes) -> Iterator[bytes]:
    """What lies one layer below, by every way of wrapping."""
    for decoded in (_escapes(data), _percent(data), _entities(data)):
        if decoded != data:
            yield decoded
    yield from _base64(data)
    if b"\n" in data:
        yield from _base64(re.sub(rb"\\?\r?\\?\n", b"", data))  # as MIME folds it
    yield from _hex(data)
    yield from _inflated(data)


def _escapes(data: bytes) -> bytes:
    r"""``\u5f20`` (and pairs of surrogates) → UTF-8; one or more backslashes, as nested JSON has."""

    def plain(found: re.Match[bytes]) -> bytes:
        units = bytes.fromhex(re.sub(rb"\\+u", b"", found[0]).decode())
        return units.decode("utf-16-be", "replace").encode()

    return _ESCAPE.sub(plain, data)


def _percent(data: bytes) -> bytes:
    return _PERCENT.sub(lambda found: urllib.parse.unquote_to_bytes(found[0]), data)


def _entities(data: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        return html.unescape(found[0].decode("ascii")).encode("utf-8", "replace")

    return _ENTITY.sub(plain, data)


def _base64(data: bytes) -> Iterator[bytes]:
    """All runs together, once for each offset in the group of four."""
    runs = [run.translate(_STANDARD) for run in _BASE64.findall(data)]
    for offset in range(4 if runs else 0):
        yield b"\n".join(_unbased(run[offset:]) for run in runs)


_STANDARD = bytes.maketrans(b"-_", b"+/")


def _unbased(run: bytes) -> bytes:
    whole = run[: len(run) - (len(run) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _hex(data: bytes) -> Iterator[bytes]:
    runs = _HEX.findall(data)
    if runs:
        yield b"\n".join(binascii.unhexlify(run) for run in runs)
        yield b"\n".join(binascii.unhexlify(run[1:-1]) for run in runs)


def _inflated(data: bytes) -> Iterator[bytes]:
    for found in _PACKED.finditer(data):
        start = found.start()
        window = 47  # zlib or gzip, whichever its header says
        if found[0][:2] == b"PK":
            sizes = data[start + 26 : start + 30]
            start += 30 + int.from_bytes(sizes[:2], "little") + int.from_bytes(sizes[2:], "little")
            window = -15
        try:
            plain = zlib.decompressobj(window).decompress(data[start : start + _MOST], _MOST)
        except zlib.error:
            continue
        if plain:
            yield plain
