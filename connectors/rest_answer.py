"""What an HTTP answer says it is, and the JSON or the text in it."""

from __future__ import annotations

from email.message import Message
from typing import Any

from connectors import charsets, json_text
from connectors.reading import Answered
from exchange import pointer


def media_of(content_type: str) -> tuple[str, str]:
    """Media type in lower case and charset.

    >>> media_of('Application/JSON;charset="GBK"')
    ('application/json', 'GBK')
    """
    header = Message()
    header["Content-Type"] = content_type or "application/octet-stream"
    return header.get_content_type(), str(header.get_param("charset") or "utf-8")


def text_of(answer: Answered, charset: str) -> str:
    """The whole body as text, in its declared charset or else in ours for this peer.

    Raises ``LookupError`` for a charset that is none of ours, ``ValueError`` for other bytes.
    """
    header = Message()
    header["Content-Type"] = answer.headers.get("Content-Type", "")
    label = str(header.get_param("charset") or charset)
    return answer.content.decode(charsets.known(label))


def value_of(answer: Answered) -> Any:
    """The answer's JSON whatever it calls itself, or None where there is none."""
    try:
        return json_text.read(answer.content, media_of(answer.headers.get("Content-Type", ""))[1])
    except (ValueError, LookupError, RecursionError):
        return None


def at(value: Any, place: str) -> str:
    """The text or whole number at a JSON pointer, as text; empty where there is none.

    >>> at({"data": {"token": "t1", "n": 7}}, "/data/token"), at({"n": 7}, "/n"), at([], "/x")
    ('t1', '7', '')
    """
    found = pointer.get(value, place)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
