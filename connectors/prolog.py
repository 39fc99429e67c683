"""What an answer is, judged by its first markup and before any parser touches it.

XML parsers act on a DOCTYPE while they read it (entities, external files), so it is refused by
looking at bytes. No decoding is needed: ``<`` (0x3C) and ``!`` stand only for themselves in UTF-8,
GBK and GB 18030 (trail bytes there are 0x30-0x39 and 0x40-0xFE). UTF-16 has no markup in this
sense and is not taken.
"""

from __future__ import annotations

import re

_SKIPPED = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<(!doctype\s+html\b|!doctype|[a-z_][\w.:-]*)", re.IGNORECASE)
_PASSWORD = re.compile(rb"type\s*=\s*[\"']?password", re.IGNORECASE)


def first_markup(raw: bytes) -> str:
    """Name of the root element in lower case, ``html``, ``!doctype``, or empty: no markup.

    >>> first_markup(b'<?xml version="1.0"?><soap:Envelope/>')
    'soap:envelope'
    >>> first_markup(b"<!DOCTYPE html><html>"), first_markup(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>")
    ('html', '!doctype')
    >>> first_markup(b'{"code": 0}')
    ''
    """
    at = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while skipped := _SKIPPED.match(raw, at):
        at = skipped.end()
    root = _ROOT.match(raw, at)
    if root is None:
        return ""
    name = root[1].lower().decode("latin-1")
    return "html" if name.split()[1:] == ["html"] else name


def plain_name(told: str) -> str:
    """What a peer calls something, fit to be a fact: ASCII names only, 40 characters at most.

    A peer could put anything into a fault's code or a media type, a person's name too; facts
    reach logs.

    >>> plain_name("Client.张三 320117"), plain_name("text/html")
    ('Client.320117', 'text/html')
    """
    return re.sub(r"[^A-Za-z0-9!/.+_-]", "", told)[:40]


def is_login_page(raw: bytes) -> bool:
    """True for an HTML page that asks for a password: the session is gone, nothing was done.

    >>> is_login_page(b'<html><input name="p" type="password"></html>')
    True
    >>> is_login_page(b"<html><h1>500</h1></html>")
    False
    """
    return first_markup(raw) == "html" and _PASSWORD.search(raw) is not None
