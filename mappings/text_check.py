"""Does a text fit its target unchanged: its characters, its encoding, its length. Never cuts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange.errors import Invalid
from mappings.encoding import codec, encode
from mappings.faults import Fault
from mappings.plain_text import first_bad


def text_check(
    *,
    trim: bool = False,
    encoding: str = "",
    max_bytes: int = 0,
    max_chars: int = 0,
    max_utf16: int = 0,
) -> Callable[[Any], Any]:
    """A function that gives back the text, or raises ``Fault``; what is not text passes.

    Bytes are counted in ``encoding`` (UTF-8 when none is given), ``max_chars`` in code points,
    ``max_utf16`` in units of UTF-16, as NVARCHAR2 of Oracle, nvarchar of SQL Server, Java and C#
    count: a rare character of a name (𬀩) is two.

    >>> text_check(encoding="gbk", max_bytes=6)("张小直")
    '张小直'
    """
    fits = _measure(encoding or "utf-8", max_bytes)

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip() if trim else value
        # Two C calls settle nearly every value; isprintable() alone lets U+FFFD through.
        if not text.isprintable() or "\ufffd" in text:
            _refuse_bad(text)
        fits(text)
        if max_chars and len(text) > max_chars:
            raise Fault("mapping.too-long", limit=max_chars, length=len(text), unit="characters")
        if max_utf16 and (units := utf16_units(text)) > max_utf16:
            raise Fault("mapping.too-long", limit=max_utf16, length=units, unit="UTF-16 units")
        return text

    return check


def utf16_units(text: str) -> int:
    """Length in units of UTF-16.

    >>> utf16_units("李𬀩")
    3
    """
    return len(text) + sum(character > "\uffff" for character in text)


def _measure(wire: str, limit: int) -> Callable[[str], None]:
    # GB 18030 has a table of its own before Python's codec (mappings/encoding.py).
    direct = "" if codec(wire) == "gb18030" else codec(wire)

    def fits(text: str) -> None:
        length = len(text) if text.isascii() else _length(text, wire, direct)
        if limit and length > limit:
            raise Fault("mapping.too-long", limit=limit, length=length, unit=f"{wire} bytes")

    return fits


def _length(text: str, wire: str, direct: str) -> int:
    if direct:
        try:
            return len(text.encode(direct))
        except UnicodeEncodeError:
            pass  # encode() below names the character
    try:
        return len(encode(text, wire))
    except Invalid as error:
        raise Fault.of(error) from None


def _refuse_bad(text: str) -> None:
    place = first_bad(text)
    if place >= 0:
        code_point = f"U+{ord(text[place]):04X}"
        raise Fault("mapping.not-plain-text", character=code_point, position=place + 1)
