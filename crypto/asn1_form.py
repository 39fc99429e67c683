"""DER as a tree (X.690): one value, definite lengths in their shortest form, nothing left over.

For what another verifier must read in exactly the same way (``docs/evidence-format.md`` section 7.5):
asn1crypto parses lazily and lets some of it pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asn1crypto import core

from crypto.errors import Malformed

INTEGER, OCTETS, OID, TIME = 0x02, 0x04, 0x06, 0x18
SEQUENCE, SET = 0x30, 0x31
_DEEPEST = 24
_CONSTRUCTED, _LONG_TAG, _LONG_LENGTH = 0x20, 0x1F, 0x80


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag, its content, all of its bytes; and what it is made of, if constructed."""

    tag: int
    body: bytes = field(repr=False)
    raw: bytes = field(repr=False)
    parts: tuple[Node, ...] = ()

    def of(self, tag: int) -> Node:
        """Itself, if it has this tag. ``Malformed`` if not."""
        if self.tag != tag:
            raise wrong()
        return self

    def integer(self) -> int:
        """``Malformed`` unless it is a whole number in its shortest form."""
        body = self.of(INTEGER).body
        long = len(body) > 1 and (body[0] == 0) == (body[1] < 0x80) and body[0] in (0, 0xFF)
        if not body or long:
            raise wrong()
        return int.from_bytes(body, signed=True)

    def oid(self) -> str:
        """An object identifier with dots."""
        body = self.of(OID).body
        if not body or body[-1] & 0x80:
            raise wrong()
        try:
            return str(core.ObjectIdentifier(contents=body).dotted)
        except (ValueError, IndexError):
            raise wrong() from None


def parse(data: bytes) -> Node:
    """The whole of ``data``. ``Malformed`` unless it is one value in DER.

    >>> [part.integer() for part in parse(bytes.fromhex("3006020101020102")).parts]
    [1, 2]
    >>> parse(bytes.fromhex("308103020101"))
    Traceback (most recent call last):
    crypto.errors.Malformed: crypto.not-der: not DER
    """
    node, after = _node(data, 0, len(data), 0)
    if after != len(data):
        raise wrong()
    return node


def _node(data: bytes, at: int, end: int, depth: int) -> tuple[Node, int]:
    start, size = _head(data, at, end)
    after = start + size
    if after > end or depth > _DEEPEST:
        raise wrong()
    parts: list[Node] = []
    inner = start
    while data[at] & _CONSTRUCTED and inner < after:
        part, inner = _node(data, inner, after, depth + 1)
        parts.append(part)
    return Node(data[at], data[start:after], data[at:after], tuple(parts)), after


def _head(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the content begins, and how long it is."""
    if at + 2 > end or data[at] & _LONG_TAG == _LONG_TAG:
        raise wrong()
    size, start = data[at + 1], at + 2
    if size & _LONG_LENGTH:
        width = size & 0x7F
        digits = data[start : min(start + width, end)]
        size = int.from_bytes(digits)
        start += width
        if not 1 <= width <= 4 or len(digits) < width or digits[0] == 0 or size < _LONG_LENGTH:
            raise wrong()
    return start, size


def wrong() -> Malformed:
    """What is raised for anything else."""
    return Malformed("crypto.not-der", "not DER")
