"""The bytes of one parcel as fields that a mapping can read: of one message, or of many.

A record out of a file of many keeps as its raw bytes its own fields, its number and the digest of
the file; the file itself lies where the wire files it away. (Keeping the file with each of its
records would keep it thousands of times.)
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from adapters import _camt_credits, _records
from connectors import json_text
from exchange.errors import Invalid, Rejected
from mappings.encoding import decode

_RECORD = ("file", "record", "fields")
"""What is kept of a record out of a file of many."""
_FILES = (*_records.FORMATS, _camt_credits.FORMAT)
"""Formats of files that may hold many records."""


class Formed(Protocol):
    """What a site says of a stream's bytes (``adapters._feed_source.Meaning``)."""

    @property
    def format(self) -> str:
        """One of ``read``'s, or of ``adapters._records_options.FORMATS``."""

    @property
    def encoding(self) -> str:
        """A label that ``mappings.encoding`` knows."""

    @property
    def layout(self) -> Mapping[str, Any]:
        """Of a file with records."""

    @property
    def records(self) -> str:
        """``one`` or ``many``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message out of a parcel."""

    fields: Any
    raw: bytes
    number: int = 0
    """Which record of its parcel it is, from 1; 0: the only one."""

    @property
    def suffix(self) -> str:
        """What tells it from the others of its parcel."""
        return f"#{self.number}" if self.number else ""


def lacking(formed: Formed) -> str:
    """The code of what the site does not say of a file; empty if nothing is missing."""
    if formed.format == _camt_credits.FORMAT:
        return ""
    if formed.format not in _records.FORMATS:
        return "records.only-one" if formed.records == "many" else ""
    return _records.lacking(formed.format, _records.Layout.of(formed.layout), writing=False)


def pieces(raw: bytes, formed: Formed) -> Sequence[Piece]:
    """The messages in a parcel. ``Invalid`` with all that is wrong with it as a file."""
    if formed.format not in _FILES:
        return [Piece(read(raw, formed.format, formed.encoding), raw)]
    found = _records_of(raw, formed)
    if formed.records == "one":
        if len(found) != 1:
            raise Invalid("records.not-one", count=len(found))
        return [Piece(found[0], raw)]
    digest = hashlib.sha256(raw).hexdigest()
    return [
        Piece(fields, json_text.written(dict(zip(_RECORD, (digest, n, fields), strict=True))), n)
        for n, fields in enumerate(found, 1)
    ]


def _records_of(raw: bytes, formed: Formed) -> Sequence[Mapping[str, Any]]:
    if formed.format == _camt_credits.FORMAT:
        return _camt_credits.read(decode(raw, formed.encoding))
    layout = _records.Layout.of(formed.layout)
    return _records.read(raw, formed.format, layout, formed.encoding)


def kept(raw: bytes, formed: Formed) -> Piece:
    """A message that was kept: one that came alone, or a record out of a file of many.

    ``Invalid`` like ``pieces``; ``Rejected`` for a file of many that was kept whole.
    """
    if formed.records != "many":
        return replace(pieces(raw, formed)[0], raw=raw)
    try:
        record = json_text.read(raw)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, Mapping) or set(record) != set(_RECORD):
        raise Rejected("feed.whole-file")
    number = record["record"] if isinstance(record["record"], int) else 0
    return Piece(record["fields"], raw, number)


def read(raw: bytes, form: str, encoding: str) -> Mapping[str, Any]:
    """The fields. ``form`` is ``json``, ``csv-row`` or ``tsv-row``: a header and one row.

    Raises ``Invalid`` for what is not written like that; a character is never guessed.

    >>> read("编号,姓名\\n01,张小直".encode("gb18030"), "csv-row", "gbk")
    {'编号': '01', '姓名': '张小直'}
    """
    text = decode(raw, encoding)
    if form == "json":
        return _json(text)
    return _row(text, "\t" if form == "tsv-row" else ",")


def _json(text: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json_text.read(text.encode("utf-8"))
    except (ValueError, RecursionError):  # no JSON, a key twice, nested without end
        raise Invalid("feed.not-json", path="/") from None
    return found


def _row(text: str, delimiter: str) -> Mapping[str, Any]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Invalid("feed.not-a-row", path="/", reason="quotation") from None
    if len(rows) != 2:
        raise Invalid("feed.not-a-row", path="/", reason="no header and row")
    header, values = [name.strip() for name in rows[0]], rows[1]
    if len(set(header)) != len(header):
        raise Invalid("feed.not-a-row", path="/", reason="a column twice")
    if len(header) != len(values):
        reason = f"{len(values)} of {len(header)} columns"
        raise Invalid("feed.not-a-row", path="/", reason=reason)
    return dict(zip(header, values, strict=True))
