"""Answers in several parts (MTOM, SOAP with attachments): the envelope with its binaries in place.

Stacks with MTOM switched on answer so even where nothing is attached. Each ``xop:Include`` becomes
the base64 that it stands for (XOP 1.0, 3.2), so that zeep reads an envelope like any other. Parts
that nothing points at stay in ``Reply.raw``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from itertools import pairwise
from urllib.parse import unquote

from lxml import etree

from connectors.http import Received

_BLANK = re.compile(rb"\r?\n\r?\n")
_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"


class UnpackableError(ValueError):
    """Not the parts that the header announces, or one that is pointed at is missing."""


@dataclass(frozen=True, slots=True)
class _Part:
    headers: Message
    content: bytes

    @property
    def name(self) -> str:
        return str(self.headers.get("Content-ID", "")).strip().strip("<>")


def unpacked(answer: Received, *, huge: bool = False) -> Received:
    """The answer as if it had come in one part; others unchanged. Raises ``UnpackableError``."""
    told = answer.headers.get("Content-Type", "")
    if not told.lower().lstrip().startswith("multipart/"):
        return answer
    header = Message()
    header["Content-Type"] = told
    parts = _parts(answer.content, str(header.get_param("boundary") or ""))
    start = str(header.get_param("start") or "").strip("<>")
    root = next((part for part in parts if start and part.name == start), parts[0])
    content = _filled(root.content, {part.name: part.content for part in parts}, huge)
    media = str(root.headers.get("Content-Type", ""))
    return Received(answer.status_code, {**answer.headers, "Content-Type": media}, content)


def _parts(content: bytes, boundary: str) -> list[_Part]:
    line = re.escape(boundary.encode("latin-1", "replace"))
    edge = re.compile(rb"(?:\A|\r?\n)--" + line + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    edges = list(edge.finditer(content)) if boundary else []
    if len(edges) < 2 or not edges[-1][1]:
        raise UnpackableError
    return [_part(content[first.end() : second.start()]) for first, second in pairwise(edges)]


def _part(raw: bytes) -> _Part:
    """Headers and content; a part without headers begins with an empty line."""
    found = _BLANK.search(b"\r\n" + raw)
    if found is None:
        raise UnpackableError
    whole = b"\r\n" + raw
    return _Part(message_from_bytes(whole[: found.start()].lstrip()), whole[found.end() :])


def _filled(content: bytes, binaries: Mapping[str, bytes], huge: bool) -> bytes:
    if b"http://www.w3.org/2004/08/xop/include" not in content or b"<!DOCTYPE" in content:
        return content
    try:
        parser = etree.XMLParser(resolve_entities=False, huge_tree=huge)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise UnpackableError from None
    for node in list(root.iter(_INCLUDE)):
        parent, name = node.getparent(), unquote(node.get("href", "").removeprefix("cid:"))
        if parent is None or name not in binaries:
            raise UnpackableError
        parent.remove(node)
        parent.text = base64.b64encode(binaries[name]).decode("ascii")
    return etree.tostring(root)
