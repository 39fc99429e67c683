"""Bytes of old wires to text and back, without losing or changing one character.

* Whatever calls itself GBK, GB2312 or CP936 is *read* as GB 18030: real senders put characters
  there that GBK does not have, and GB 18030 is a superset.
* A peer that truly knows only GBK gets strict GBK, or a refusal that names the character.
* GB 18030-2022 moved 18 characters from the private use area to their Unicode place. Python's
  codec still maps the old way; both forms become the new one (dossier D-03).
"""

from __future__ import annotations

import re

from exchange.errors import Invalid

CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode utf-8": "utf-8",
    "gb18030": "gb18030",
    "gb 18030-2000": "gb18030",
    "gb 18030-2022": "gb18030",
    "gbk": "gbk",
    "cp936": "gbk",
    "gb2312": "gbk",
    "ascii": "ascii",
    "us-ascii": "ascii",
}
"""Labels as wires write them (XML declaration, HL7 table 0211), lower case → codec."""

# GB 18030-2022, annex: two-byte position → (old private character, new character).
_MOVED = {
    0xA6D9: ("\ue78d", "\ufe10"),
    0xA6DA: ("\ue78e", "\ufe12"),
    0xA6DB: ("\ue78f", "\ufe11"),
    0xA6DC: ("\ue790", "\ufe13"),
    0xA6DD: ("\ue791", "\ufe14"),
    0xA6DE: ("\ue792", "\ufe15"),
    0xA6DF: ("\ue793", "\ufe16"),
    0xA6EC: ("\ue794", "\ufe17"),
    0xA6ED: ("\ue795", "\ufe18"),
    0xA6F3: ("\ue796", "\ufe19"),
    0xFE59: ("\ue81e", "\u9fb4"),
    0xFE61: ("\ue826", "\u9fb5"),
    0xFE66: ("\ue82b", "\u9fb6"),
    0xFE67: ("\ue82c", "\u9fb7"),
    0xFE6D: ("\ue832", "\u9fb8"),
    0xFE7E: ("\ue843", "\u9fb9"),
    0xFE90: ("\ue854", "\u9fba"),
    0xFEA0: ("\ue864", "\u9fbb"),
}
_NEW_FORM = {ord(old): new for old, new in _MOVED.values()}
_OLD_FORM = re.compile(f"[{''.join(map(chr, _NEW_FORM))}]")
_TWO_BYTES = {new: place.to_bytes(2, "big") for place, (_, new) in _MOVED.items()}


def normal_form(text: str) -> str:
    """``text`` with the 18 moved characters in their GB 18030-2022 form; nothing else changes.

    >>> normal_form("\\ue81e龴") == "\\u9fb4龴"
    True
    """
    return text.translate(_NEW_FORM) if _OLD_FORM.search(text) else text


def codec(label: str) -> str:
    """The codec behind a wire's ``label``; ``Invalid("mapping.unknown-encoding")``.

    >>> codec("GB 18030-2000"), codec("GBK")
    ('gb18030', 'gbk')
    """
    known = CODECS.get(label.strip().lower())
    if known is None:
        raise Invalid("mapping.unknown-encoding", encoding=label[:20])
    return known


def decode(data: bytes, declared: str) -> str:
    """Text of a wire's bytes. Never guesses, never drops: ``Invalid`` names the byte's offset.

    >>> decode("张三㛃".encode("gb18030"), "GBK")
    '张三㛃'
    """
    name = codec(declared)
    try:
        text = data.decode("gb18030" if name == "gbk" else name)
    except UnicodeDecodeError as error:
        raise Invalid("mapping.cannot-decode", encoding=declared[:20], offset=error.start) from None
    return normal_form(text.removeprefix("\ufeff"))


def encode(text: str, declared: str) -> bytes:
    """Bytes for a wire, strictly. ``Invalid`` names the character by code point, and its place.

    >>> encode("张·小", "gbk").hex()
    'd5c5a1a4d0a1'
    """
    name = codec(declared)
    normal = normal_form(text)
    if name == "gb18030":
        return _encode_gb18030(normal)
    try:
        return normal.encode(name)
    except UnicodeEncodeError as error:
        raise _refusal(normal, error.start, declared) from None


def _encode_gb18030(text: str) -> bytes:
    try:
        return b"".join(_TWO_BYTES.get(c) or c.encode("gb18030") for c in text)
    except UnicodeEncodeError:  # a lone surrogate: the only thing that GB 18030 cannot write
        place = next(i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff")
        raise _refusal(text, place, "gb18030") from None


def _refusal(text: str, place: int, declared: str) -> Invalid:
    return Invalid(
        "mapping.cannot-encode",
        character=f"U+{ord(text[place]):04X}",
        position=place + 1,
        encoding=declared[:20],
    )
