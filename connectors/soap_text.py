"""The encoding of envelopes: what we send, and what an answer says of itself or hides.

An answer tells its encoding in its XML declaration, or else in the HTTP header (the declaration
goes first, for servlet containers put their default into the header). What is labelled GB2312 or
GBK is read as GB 18030, which holds both. What lies about itself is never guessed at: a text cut
in the middle of a character would turn the whole answer into wrong ones. The site says it.
"""

from __future__ import annotations

import re

from connectors import charsets
from connectors.http import Received

_DECLARED = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*\?>"
)
_PROLOG = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>)?")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class UndecodableError(ValueError):
    """The bytes are not in the encoding that they are said to be in; ``args[0]`` is its name."""


def encoding_of(answer: Received, said: str = "") -> str:
    """Codec of an answer, lower case: what the site says, or what the answer does.

    >>> encoding_of(Received(200, {"Content-Type": "text/xml; charset=GBK"}, b"<a/>"))
    'gb18030'
    >>> encoding_of(Received(200, {}, b'<?xml version="1.0" encoding="latin-1"?><a/>'))
    'latin-1'
    """
    return charsets.codec(said or _told(answer))


def _told(answer: Received) -> str:
    declared = _DECLARED.match(answer.content)
    if declared:
        return declared[1].decode("ascii", "replace").lower()
    header = _CHARSET.search(answer.headers.get("Content-Type", ""))
    named = header[1].lower() if header else ""
    return named if named in charsets.CHINESE else ""


def as_utf8(answer: Received, said: str = "", *, tolerant: bool = False) -> bytes:
    """The answer in UTF-8; unchanged if it is that already. Raises ``UndecodableError``.

    ``tolerant`` is for faults: their code is ASCII and their words are for a person only, so a
    message in the server's own encoding doesn't hide that the server said no.
    """
    codec, content = encoding_of(answer, said), answer.content
    try:
        text = content.decode(charsets.known(codec))
    except (UnicodeError, LookupError):
        if not tolerant:
            raise UndecodableError(codec) from None
        text = content.decode("utf-8" if codec == "gb18030" else "gb18030", "replace")
    else:
        if codec == "utf-8" and not (said and _DECLARED.match(content)):
            return content
    return _PROLOG.sub("", text, count=1).encode("utf-8")


def declared(message: str, encoding: str) -> bytes:
    """The bytes of an envelope. Raises ``UnicodeEncodeError`` for what ``encoding`` cannot hold.

    >>> declared("<a>直</a>", "gbk").decode("gbk")
    '<?xml version="1.0" encoding="GBK"?>\\n<a>直</a>'
    """
    return f'<?xml version="1.0" encoding="{encoding.upper()}"?>\n{message}'.encode(encoding)
