"""A sample answer out of a vendor's document in the place of a wire: read like a real one, nothing sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from adapters import _generic_place
from adapters._generic_text import Form
from connectors import json_text
from connectors.prolog import first_markup
from exchange.errors import Invalid
from exchange.ports import Connector, Reply

_FILE = "get "
"""A call of the wires of files: its answer is the file's bytes."""


@runtime_checkable
class Understanding(Protocol):
    """A wire that can read an answer which somebody has kept: SOAP, by its WSDL."""

    def understand(self, operation: str, raw: bytes) -> Reply:
        """As if it had come now, with a good status. Nothing is sent."""


@dataclass(frozen=True, slots=True)
class SampleWire:
    """Connector that answers every call with the sample, as the ``real`` wire would have it.

    The sample is a JSON body, a receipt file, a whole envelope, or what stands in the text that
    the first ``unwrap`` reads. Raises ``Invalid generic.sample`` for anything else.
    """

    sample: bytes
    forms: tuple[Form, ...]
    real: Connector

    def call(self, operation: str, body: Any) -> Reply:
        """Whatever was to be sent."""
        if operation.startswith(_FILE):
            return Reply(self.sample, self.sample)
        is_envelope = first_markup(self.sample).rpartition(":")[2] == "envelope"
        if is_envelope and isinstance(self.real, Understanding):
            return self.real.understand(operation, self.sample)
        return Reply(self.sample, self._value(operation))

    def close(self) -> None:
        """Nothing is open."""

    def _value(self, operation: str) -> Any:
        text = _text(self.sample, operation)
        try:
            value = json_text.read(text.encode("utf-8"))
        except (ValueError, RecursionError):
            if not self.forms:
                raise Invalid("generic.sample", operation=operation, reason="no JSON") from None
            return _at(self.forms[0].at, text)
        is_inner = self.forms and self.forms[0].format == "json"
        if is_inner and _generic_place.get(value, self.forms[0].at) is None:
            return _at(self.forms[0].at, text)
        return value


def _at(path: str, text: str) -> Any:
    if not path:
        return text
    tree: dict[str, Any] = {}
    _generic_place.put(tree, path, text)
    return tree


def _text(sample: bytes, operation: str) -> str:
    """As editors in China save it: UTF-8, else GB 18030; what an XML declaration says is no proof.

    Two characters of GBK may be UTF-8 by chance; then they read as Greek, Hebrew or Arabic letters.

    >>> _text("编号".encode("gbk"), "x"), _text("直".encode("gbk"), "x"), _text("\\ufeff直".encode(), "x")
    ('编号', '直', '直')
    """
    marked = sample[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030", "utf-8"):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig" or not _is_chance(text):
            return text
    raise Invalid("generic.sample", operation=operation, reason="no text")


def _is_chance(text: str) -> bool:
    strange = any("\u0370" <= character < "\u0800" for character in text)
    return strange and all(character < "\u0800" for character in text)
