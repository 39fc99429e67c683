"""One file on its way through a gate (网闸): plain ASCII text that says itself what it is.

A gate may rename a file, fold the case of its name, cut the name to 8.3, change line ends, and
look whether the content is what the extension says. So nothing is told by a name, and the content
is text under every extension: one line of JSON (what it is, from whom, its number, the digest and
the size of what follows), then what follows in base64. A file that was cut or damaged is known by
its own digest; with a shared secret the head carries a HMAC, and nobody else can make one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

MOST_PARTS = 36**2 - 1
_LAST = 36**5 - 1
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LINE = 76
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KINDS = ("part", "manifest", "receipt")


class NotOurs(ValueError):
    """No file of this wire, or its head is damaged: nothing can be said of it."""


class Forged(ValueError):
    """Made by somebody who does not know the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a file says of itself."""

    kind: str
    """``part`` of a message, its ``manifest``, or a ``receipt`` for one."""
    channel: str
    sender: str
    """Who made the file."""
    sequence: int
    """Number of the message among those of its sender in this channel, from 1."""
    part: int = 0
    """From 1; 0 for manifest and receipt."""
    parts: int
    message: str
    """Digest of the message's id."""
    size: int
    """Bytes of the whole message."""
    digest: str
    """SHA-256 of the whole message, hex."""
    outcome: str = ""
    """Of a receipt: ``received`` or ``damaged``."""
    content: str
    """SHA-256 of what follows the head, hex."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it came: its head, and what follows, or None: cut or damaged."""

    head: Head
    content: bytes | None


def name(head: Head, extension: str) -> str:
    """A name that no gate has to change: eight lower-case letters and digits, and an extension.

    >>> about = {"channel": "c", "sender": "a", "parts": 1, "message": "", "size": 0, "digest": ""}
    >>> name(Head(kind="part", sequence=37, part=2, content="", **about), "txt")
    'm0001102.txt'
    """
    letter = "d" if head.outcome == "damaged" else "r" if head.kind == "receipt" else "m"
    return f"{letter}{_written(head.sequence, 5)}{_written(head.part, 2)}.{extension}"


def _written(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


def sealed(head: Head, content: bytes, secret: str) -> bytes:
    """The file's bytes: the same for the same head, content and secret."""
    told = asdict(replace(head, content=hashlib.sha256(content).hexdigest()))
    line = {"zhida-gate": 1, **told}
    if secret:
        line["mac"] = _mac(line, secret)
    text = base64.b64encode(content)
    lines = (text[at : at + _LINE] for at in range(0, len(text), _LINE))
    written = json.dumps(line, ensure_ascii=True, sort_keys=True).encode("ascii")
    return b"\n".join((written, *lines)) + b"\n"


def opened(raw: bytes, secret: str) -> Opened:
    """What a file is. Raises ``NotOurs``, ``Forged``."""
    first, _, rest = raw.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    head = _head(first, secret)
    try:
        content = base64.b64decode(b"".join(rest.split()), validate=True)
    except binascii.Error:
        return Opened(head, None)
    whole = hashlib.sha256(content).hexdigest() == head.content
    return Opened(head, content if whole else None)


def _head(line: bytes, secret: str) -> Head:
    try:
        told = orjson.loads(line)
    except ValueError:
        raise NotOurs from None
    if not isinstance(told, dict) or told.pop("zhida-gate", None) != 1:
        raise NotOurs
    mac = told.pop("mac", "")
    if secret and not hmac.compare_digest(
        str(mac).encode(), _mac({"zhida-gate": 1, **told}, secret).encode()
    ):
        raise Forged
    try:
        head = Head(**told)
    except TypeError:
        raise NotOurs from None
    if not _is_sound(head):
        raise NotOurs
    return head


def _is_sound(head: Head) -> bool:
    texts = (head.kind, head.channel, head.sender, head.message, head.digest, head.content)
    numbers = (head.sequence, head.part, head.parts, head.size)
    return (
        all(isinstance(each, str) for each in (*texts, head.outcome))
        and all(type(each) is int and each >= 0 for each in numbers)
        and 1 <= head.sequence <= _LAST
        and head.part <= head.parts <= MOST_PARTS
        and head.kind in _KINDS
        and (head.part > 0) == (head.kind == "part")
        and (head.outcome in ("received", "damaged")) == (head.kind == "receipt")
        and all(_DIGEST.fullmatch(each) for each in (head.message, head.digest, head.content))
    )


def _mac(line: dict[str, Any], secret: str) -> str:
    text = json.dumps(line, ensure_ascii=True, sort_keys=True).encode("ascii")
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
