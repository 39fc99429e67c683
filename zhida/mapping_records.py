"""Sample records for a mapping: JSON, YAML, XML or CSV, from a file or standard input.

Read as the adapters read them: nothing guessed, no digit lost, all of a file or nothing of it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from adapters import _records
from connectors import json_text
from exchange.errors import Invalid
from exchange.names import nearest
from mappings import encoding as encodings
from mappings.yaml_file import read_yaml, refuse
from zhida import files

STANDARD_INPUT = "-"
FORMS = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".xml": "xml", ".csv": "csv"}
MOST_BYTES = 10_000_000
_ROOT = re.compile(r"<(?:[\w.-]+:)?([^\W\d][\w.-]*)[\s/>]")
Record = dict[str, Any]


def read(source: str, encoding: str = "utf-8", element: str = "") -> list[Record]:
    """All records. ``element``: of XML, the name of a record's element; empty: the whole is one.

    ``Invalid`` tells what is wrong with the file, ``Fatal`` that it can't be read.
    """
    if source == STANDARD_INPUT:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        return _records_of(raw, _sniffed(raw), "-", (encoding, element))
    path = Path(source)
    raw = files.read(path, MOST_BYTES)
    form = FORMS.get(path.suffix.lower(), "")
    if not form:
        near = nearest(path.suffix.lower(), FORMS)
        raise Invalid("mapping.record-form", file=path.name, nearest=near)
    return _records_of(raw, form, path.name, (encoding, element))


def below(place: Path) -> list[str]:
    """The records' files of a folder, in their order; or the one file."""
    if not place.is_dir():
        return [str(place)]
    found = [each for each in sorted(place.rglob("*")) if each.suffix.lower() in FORMS]
    return [str(each) for each in found if each.is_file() and not each.name.startswith((".", "~"))]


def _sniffed(raw: bytes) -> str:
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return "xml" if start == b"<" else "json" if start in (b"{", b"[") else "yaml"


def _records_of(raw: bytes, form: str, name: str, how: tuple[str, str]) -> list[Record]:
    encoding, element = how
    if form in ("csv", "xml"):
        wanted = element or (_root(raw, encoding) if form == "xml" else "record")
        return _records.read(raw, form, _records.Layout(record=wanted), encoding)
    found = _json(raw, name, encoding) if form == "json" else _yaml(raw, name, encoding)
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(each, dict) for each in listed):
        raise Invalid("mapping.record-object", file=name)
    return listed


def _json(raw: bytes, name: str, encoding: str) -> Any:
    try:
        return json_text.read(raw, encoding)
    except (ValueError, LookupError, RecursionError):
        raise Invalid("mapping.record-json", file=name) from None


def _yaml(raw: bytes, name: str, encoding: str) -> Any:
    found = read_yaml(encodings.decode(raw, encoding))
    refuse(found.problems, name)
    return found.data


def _root(raw: bytes, encoding: str) -> str:
    """The name of the outermost element; what is no XML is refused by its reader."""
    found = _ROOT.search(encodings.decode(raw, encoding))
    return found[1] if found else "record"
