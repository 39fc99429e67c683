"""One disclosure of an SD-JWT (RFC 9901 section 4.2): salt, name, value, and its digest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from crypto import base64url, strict_json
from crypto.errors import Malformed
from crypto.suites import Suite

RESERVED = frozenset({"_sd", "_sd_alg", "..."})
"""Names with a meaning of their own in RFC 9901; no claim may take them."""

Scalar = str | int | bool
_LARGEST = 2**63 - 1
"""What every language's integer holds; longer numbers are identifiers, that is text."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosed leaf, with the very text that its digest covers."""

    text: str
    name: str
    value: Scalar

    def digest(self, suite: Suite) -> str:
        """base64url of the suite's hash over the text as it stands (section 4.2.3)."""
        return base64url.encode(suite.digest(self.text.encode("ascii")))


def make(salt: bytes, name: str, value: Scalar) -> Disclosure:
    """Conceal one leaf. Raises ``Malformed`` for a reserved name or another kind of value."""
    check_leaf(name, value)
    contents = json.dumps([base64url.encode(salt), name, value], ensure_ascii=False)
    return Disclosure(base64url.encode(_utf8(contents)), name, value)


def read(text: str) -> Disclosure:
    """Take one apart. Raises ``Malformed`` unless it is ``[salt, name, leaf]``."""
    contents = strict_json.loads(base64url.decode(text))
    if not isinstance(contents, list) or len(contents) != 3 or not isinstance(contents[0], str):
        raise Malformed("crypto.malformed-disclosure", "not [salt, name, value]")
    _, name, value = contents
    check_leaf(name, value)
    return Disclosure(text, name, value)


def check_leaf(name: Any, value: Any) -> None:
    """Raises ``Malformed`` unless it can be a flat claim: free name, text, integer or boolean."""
    if not isinstance(name, str) or not name:
        raise Malformed("crypto.malformed-disclosure", "a claim's name is text")
    if name in RESERVED:
        raise Malformed("crypto.reserved-name", "a claim may not have this name", name=name)
    if not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > _LARGEST):
        raise Malformed("crypto.leaf-kind", "a leaf is text, a 64-bit integer or a boolean")


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("crypto.lone-surrogate", "text that has no UTF-8 form") from None
