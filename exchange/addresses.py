"""Addresses for a person: a password may stand in them, and what looks odd was typed by somebody.

So nothing is parsed: all before the last ``@`` may be a login (a password may hold ``/``, ``@`` or a
space), and a query may hold a key.
"""

from __future__ import annotations

import re

HIDDEN = "***"
_QUERY = re.compile(r"(://[^\s?#]*)[?#].*", re.DOTALL)
_AFTER_HOST = re.compile(r"[/?#\s].*", re.DOTALL)


def without_login(text: str) -> str:
    """A text that may be an address, or hold one, without login and query.

    >>> without_login("postgresql://zhida:p/w@rd@db/zhida?sslkey=abc")
    'postgresql://***@db/zhida?***'
    >>> without_login("hub:word@ftp.example:21"), without_login("a.b@example")
    ('***@ftp.example:21', 'a.b@example')
    """
    login, mark, rest = text.rpartition("@")
    scheme, slashes, _ = login.partition("://")
    if mark and (slashes or ":" in login):
        text = f"{scheme}://{HIDDEN}@{rest}" if slashes else f"{HIDDEN}@{rest}"
    return _QUERY.sub(rf"\1?{HIDDEN}", text)


def host_and_port(address: str) -> str:
    """Where an address leads: scheme, host and port. A folder stays as it is.

    >>> host_and_port("https://hub:w/rd@his.example:8443/api"), host_and_port("/srv/drop")
    ('https://his.example:8443', '/srv/drop')
    """
    scheme, slashes, rest = address.partition("://")
    if not slashes and "@" not in address:
        return address
    place = (rest if slashes else address).rpartition("@")[2]
    return (scheme if slashes else "") + slashes + _AFTER_HOST.sub("", place)
