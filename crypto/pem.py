"""PEM armour (RFC 7468): one block a file, nothing else in it but comments before it."""

from __future__ import annotations

import base64
import binascii
import re

from crypto.errors import Malformed

_BLOCK = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END \1-----"
)


def armor(label: str, der: bytes) -> bytes:
    """DER as PEM text with a line end.

    >>> armor("X", b"abc")
    b'-----BEGIN X-----\\nYWJj\\n-----END X-----\\n'
    """
    text = base64.b64encode(der)
    lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    name = label.encode("ascii")
    return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (name, lines, name)


def blocks(text: bytes) -> list[tuple[str, bytes]]:
    """Label and DER of every block; text between blocks is ignored. Raises ``Malformed``."""
    return [(label.decode("ascii"), _decoded(body)) for label, body in _BLOCK.findall(text)]


def unarmor(text: bytes) -> tuple[str, bytes]:
    """Label and DER of the only block. Raises ``Malformed``.

    >>> unarmor(armor("X", b"abc"))
    ('X', b'abc')
    """
    found = blocks(text)
    if len(found) != 1 or text.count(b"-----BEGIN ") != 1:
        raise Malformed("crypto.malformed-pem", "not exactly one PEM block", blocks=len(found))
    return found[0]


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"\s", b"", body), validate=True)
    except binascii.Error:
        raise Malformed("crypto.malformed-pem", "a PEM block is not base64") from None
