"""The bytes of a text file as lines that can be decoded, and what else its first bytes tell."""

from __future__ import annotations

from exchange.errors import Fact, Invalid, Problem
from mappings import encoding as encodings

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"


def kind_of(raw: bytes) -> str:
    """What the first bytes say: ``xlsx``, ``xls`` (or an encrypted file), ``utf-16``, ``html``,
    or empty: a text of its own kind.

    >>> kind_of(b"PK\\x03\\x04..."), kind_of("编号".encode("utf-16")), kind_of(b"a,b")
    ('xlsx', 'utf-16', '')
    """
    if raw.startswith(_OLE):
        return "xls"
    if raw.startswith(_ZIP):
        return "xlsx"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "html" if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")) else ""


def lines(raw: bytes) -> list[bytes]:
    """The lines without their ends and without a BOM; the bytes of line ends stand for nothing
    else in UTF-8 and GB 18030 (``connectors.rows``).

    >>> lines(b"a\\r\\nb\\n")
    [b'a', b'b']
    """
    _require_text(raw)
    return raw.removeprefix(b"\xef\xbb\xbf").splitlines()


def text(raw: bytes, encoding: str) -> str:
    """The whole text. ``Invalid`` tells every line that cannot be decoded, and the byte in it; of a
    file that is in UTF-8 as a whole just that.
    """
    _require_text(raw)
    try:
        return encodings.decode(raw, encoding)
    except Invalid as error:
        if error.code != "mapping.cannot-decode":
            raise
    if _is_utf8(raw):
        raise Invalid("records.other-encoding", encoding=encoding[:20], found="utf-8")
    raise Invalid.of(
        problem
        for number, line in enumerate(raw.splitlines(), 1)
        if (problem := _undecodable(line, encoding, number)) is not None
    )


def _is_utf8(raw: bytes) -> bool:
    """Text in UTF-8 looks like nothing else; an old encoding hardly ever passes for it."""
    try:
        return not raw.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _undecodable(line: bytes, encoding: str, number: int) -> Problem | None:
    try:
        encodings.decode(line, encoding)
    except Invalid as error:
        byte = int(error.facts["offset"]) + 1
        facts: dict[str, Fact] = {"line": number, "byte": byte, "encoding": encoding[:20]}
        return Problem("records.cannot-decode", facts)
    return None


def _require_text(raw: bytes) -> None:
    if kind := kind_of(raw):
        raise Invalid("records.not-text", kind=kind)
