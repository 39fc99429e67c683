"""What an answer's bytes are encoded in, whatever its label says.

Only what can be told apart is told: UTF-8 has a form that other text seldom meets by chance, and
of what is not UTF-8 in this country nearly all is GBK or GB 18030.
"""

from __future__ import annotations

import re

from connectors.check_steps import Open
from exchange.errors import Fatal

_XML = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf8": "utf-8"}


def guess(data: bytes) -> str:
    """``ascii``, ``utf-8``, ``utf-16``, ``gb18030`` or ``unknown``.

    >>> [guess(each) for each in (b"a", "张".encode(), "张三".encode("gbk"), bytes([0xFF, 0x41]))]
    ['ascii', 'utf-8', 'gb18030', 'unknown']
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for name in ("ascii", "utf-8", "gb18030"):
        if _reads(data, name):
            return name
    return "unknown"


def judge(data: bytes, content_type: str, peer: str) -> str | Open:
    """Does the label fit the bytes? ``Fatal wire.encoding`` if it does not."""
    labels = [each[1] for each in (_CHARSET.search(content_type),) if each]
    labels += [each[1].decode("ascii") for each in (_XML.match(data),) if each]
    found = guess(data)
    if not data.strip():
        return Open("应答没有正文")
    if found == "ascii":
        return Open("应答只有 ASCII 字符，看不出编码")
    told = labels or ["utf-8"]
    for label in told:
        if _SAME.get(label.lower(), label.lower()) != found:
            raise Fatal("wire.encoding", peer=peer, label=label[:20], found=found)
    return found


def _reads(data: bytes, name: str) -> bool:
    """A sample may end within a character: up to three bytes at its end are let be."""
    try:
        data.decode(name)
    except UnicodeDecodeError as error:
        cut = error.reason.startswith(("unexpected end", "incomplete"))
        return name != "ascii" and cut and error.start >= len(data) - 3
    return True
