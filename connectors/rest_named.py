"""Which of the operations that the options name a call is.

Options name a call as the site writes it, with places for values (``POST /person/{/id}``); what
reaches the wire has the values in them, and percent-encoding where a URL wants it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from requests.utils import requote_uri

_PLACE = re.compile(r"\{[^{}]*\}")
_VALUE = "[^/?&]+"
"""A value in its place is percent-encoded, so it holds none of these."""


def named(operation: str, names: Iterable[str]) -> str:
    """The name of the operation; empty where none of ``names`` is. One without places goes first.

    >>> named("POST /person/7", ["POST /person", "POST /person/{/id}", "POST /{/x}/7"])
    'POST /person/{/id}'
    >>> named("POST /a%7Cb", ["POST /a|b"])
    'POST /a|b'
    """
    known = tuple(names)
    if not known or operation in known:
        return operation if known else ""
    sent = requote_uri(operation)
    for name in sorted(known, key=lambda name: len(_PLACE.findall(name))):
        if _pattern(name).fullmatch(sent):
            return name
    return ""


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str]:
    pieces = [re.escape(requote_uri(piece)) for piece in _PLACE.split(name)]
    return re.compile(_VALUE.join(pieces))
