"""The bytes of one parcel as fields that a mapping can read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from connectors import json_text
from exchange.errors import Invalid
from mappings.encoding import decode


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
